"""What the optimized integrations add to a response: the metadata of its HTTP transport."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

_JSON = "application/x-amz-json-1.0"


def with_metadata(
    service: str, result: Mapping[str, Any], body: bytes, now: float, **more: str
) -> dict[str, Any]:
    """A result with SdkHttpMetadata and SdkResponseMetadata, its members in order.

    Args:
        service: As in the resource: `sqs`.
        body: What the service sent.
        more: Headers beyond those that every response of the service has, `_` for `-`.
    """
    request_id = str(uuid.uuid4())
    own = {name.replace("_", "-"): value for name, value in more.items()}
    headers = {**_headers(service, body, now, request_id), **own}
    metadata = {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }
    return dict(sorted({**result, **metadata}.items()))


def _headers(service: str, body: bytes, now: float, request_id: str) -> dict[str, str]:
    common = {
        "Content-Length": str(len(body)),
        "Date": formatdate(now, usegmt=True),
        "x-amzn-RequestId": request_id,
    }
    match service:
        case "dynamodb":
            return {
                "Connection": "keep-alive",
                "Content-Type": _JSON,
                "Server": "Server",
                "x-amz-crc32": str(zlib.crc32(body)),
                **common,
            }
        case "lambda":
            trace = f"root=1-{int(now):08x}-{uuid.uuid4().hex[:24]};sampled=0"
            return {
                "Connection": "keep-alive",
                "Content-Type": "application/json",
                "X-Amzn-Trace-Id": trace,
                "x-amzn-Remapped-Content-Length": "0",
                **common,
            }
        case "sns":
            return {"connection": "keep-alive", "Content-Type": "text/xml", **common}
        case "sagemaker":
            return {"Content-Type": "application/x-amz-json-1.1", **common}
    return {"connection": "keep-alive", "Content-Type": _JSON, **common}
