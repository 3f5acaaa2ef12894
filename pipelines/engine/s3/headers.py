"""What a request's headers say about an object, and an object's about itself."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping

from pipelines.engine.s3.values import Attributes, Condition, StoredObject
from pipelines.engine.wire.http import Request
from pipelines.engine.wire.service import ServiceError

_KEPT = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)


def attributes_of(request: Request, checksums: Mapping[str, str]) -> Attributes:
    """What a writer says about the object in a request's headers."""
    headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
    # `aws-chunked` is how the body travelled, not what the object is.
    encodings = [part.strip() for part in headers.pop("content-encoding", "").split(",")]
    if encodings := [part for part in encodings if part not in ("", "aws-chunked")]:
        headers["content-encoding"] = ",".join(encodings)
    metadata = {
        name.removeprefix("x-amz-meta-"): value
        for name, value in request.headers.items()
        if name.startswith("x-amz-meta-")
    }
    content_type = request.headers.get("content-type") or Attributes().content_type
    return Attributes(content_type, headers, metadata, checksums)


def condition_of(request: Request) -> Condition:
    """What a writer wants to hold.

    Raises:
        ServiceError: NotImplemented, for an If-None-Match other than `*` (as on S3).
    """
    unless = request.headers.get("if-none-match")
    if unless not in (None, "*"):
        raise ServiceError("NotImplemented", "A write takes If-None-Match: * only.", status=501)
    etag = request.headers.get("if-match")
    return Condition(etag=etag and etag.strip('"'), absent=unless == "*")


def checksum_headers(checksums: Mapping[str, str]) -> dict[str, str]:
    """`x-amz-checksum-…` for each checksum, and whether it is of the parts or of the whole."""
    headers = {f"x-amz-checksum-{name.lower()}": value for name, value in checksums.items()}
    if headers:
        composite = any("-" in value for value in headers.values())
        headers["x-amz-checksum-type"] = "COMPOSITE" if composite else "FULL_OBJECT"
    return headers


def select(request: Request, stored: StoredObject) -> tuple[int, dict[str, str], int, int]:
    """What a reader gets: status, headers, the first byte and the number of bytes.

    Raises:
        ServiceError: PreconditionFailed, InvalidRange.
    """
    headers = _described(request, stored)
    status = _preconditions(request, stored)
    if status == 304:
        return 304, {name: headers[name] for name in ("ETag", "Last-Modified")}, 0, 0
    first, count = 0, stored.size
    wanted = _range(request.headers.get("range", ""), stored.size)
    if wanted is not None:
        first, count = wanted
        status = 206
        headers["Content-Range"] = f"bytes {first}-{first + count - 1}/{stored.size}"
    elif request.headers.get("x-amz-checksum-mode") == "ENABLED":
        headers |= checksum_headers(stored.attributes.checksums)
    headers["Content-Length"] = str(count)
    return status, headers, first, count


def _described(request: Request, stored: StoredObject) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Type": stored.attributes.content_type,
        "ETag": f'"{stored.etag}"',
        "Last-Modified": email.utils.formatdate(stored.modified, usegmt=True),
        **{name.title(): value for name, value in stored.attributes.headers.items()},
        **{f"x-amz-meta-{name}": value for name, value in stored.attributes.metadata.items()},
    }
    for name, value in request.query.items():
        if name.startswith("response-"):
            headers[name.removeprefix("response-").title()] = value
    return headers


def _preconditions(request: Request, stored: StoredObject) -> int:
    """200, or 304; the two ETag conditions win over the two times, as RFC 9110 has it."""
    headers = request.headers
    # HTTP's times are whole seconds.
    modified = int(stored.modified)
    if "if-match" in headers:
        if not _names(headers["if-match"], stored.etag):
            raise ServiceError("PreconditionFailed", "If-Match did not hold.", status=412)
    elif "if-unmodified-since" in headers and modified > _time(headers["if-unmodified-since"]):
        raise ServiceError("PreconditionFailed", "If-Unmodified-Since did not hold.", status=412)
    if "if-none-match" in headers:
        return 304 if _names(headers["if-none-match"], stored.etag) else 200
    if "if-modified-since" in headers and modified <= _time(headers["if-modified-since"]):
        return 304
    return 200


def _names(field: str, etag: str) -> bool:
    return field.strip() == "*" or etag in [part.strip().strip('"') for part in field.split(",")]


def _time(text: str) -> float:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except ValueError:
        raise ServiceError("InvalidArgument", f"{text!r} is not a time of HTTP's.") from None


def _range(text: str, size: int) -> tuple[int, int] | None:
    """(first byte, number of bytes); None for the whole object, as for any odd Range on S3.

    >>> _range("bytes=2-3", 10), _range("bytes=8-", 10), _range("bytes=-3", 10)
    ((2, 2), (8, 2), (7, 3))
    """
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", text)
    if match is None or match[0] == "bytes=-":
        return None
    if match[1]:
        first = int(match[1])
        last = min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < first:
            return None
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    if first >= size or last < first:
        raise ServiceError(
            "InvalidRange", f"{text} is not within the object's {size} bytes.", status=416
        )
    return first, last - first + 1


def copied_range(request: Request, size: int) -> tuple[int, int]:
    """The first byte and the number of bytes that an UploadPartCopy takes of its source."""
    wanted = _range(request.headers.get("x-amz-copy-source-range", ""), size)
    return wanted or (0, size)
