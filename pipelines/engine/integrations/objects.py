"""S3 through the AWS SDK integrations, on the engine's own object store."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.asl.errors import DATA_LIMIT_EXCEEDED
from pipelines.asl.interpreter import TaskFailed
from pipelines.asl.json_text import MAX_PAYLOAD_BYTES
from pipelines.engine.allow_list import KEPT, RECORDED, Supported
from pipelines.engine.s3.keys import digest
from pipelines.engine.s3.listing import page
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.s3.values import Attributes, StoredObject
from pipelines.engine.wire.service import ServiceError

Request = Mapping[str, Any]
_MOST = 1000
_WORDS = {
    "NoSuchBucket": "The specified bucket does not exist",
    "NoSuchKey": "The specified key does not exist.",
}
"""S3's own, which the store words for a person."""
_OBJECT = {"Bucket": KEPT, "Key": KEPT}
_TAKEN = {
    "CopyObject": Supported({**_OBJECT, "CopySource": KEPT}),
    "DeleteObject": Supported(_OBJECT),
    "GetObject": Supported(_OBJECT),
    "HeadObject": Supported(_OBJECT),
    "ListObjectsV2": Supported(
        {
            "Bucket": KEPT,
            "ContinuationToken": KEPT,
            "Delimiter": KEPT,
            "MaxKeys": KEPT,
            "Prefix": KEPT,
            "StartAfter": KEPT,
        }
    ),
    "PutObject": Supported(
        {
            **_OBJECT,
            "Body": KEPT,
            "ContentType": KEPT,
            "Metadata": KEPT,
            "SSEKMSKeyId": RECORDED,
            "ServerSideEncryption": RECORDED,
        }
    ),
}
"""What is taken of each request; the rest is refused, not ignored."""


class Objects:
    """Operations on objects, as parsed requests and responses."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "CopyObject": self._copy,
            "DeleteObject": self._delete,
            "GetObject": self._get,
            "HeadObject": self._head,
            "ListObjectsV2": self._list,
            "PutObject": self._put,
        }

    def supports(self, operation: str) -> str | None:
        """None if states can call this operation, else why not."""
        if operation in self._operations:
            return None
        return f"of S3 the local engine calls {', '.join(sorted(self._operations))} only"

    def call(self, operation: str, request: Request) -> dict[str, Any]:
        """The response to a request.

        Raises:
            ServiceError: S3's own, or NotImplemented for a member that would be ignored.
            TaskFailed: States.DataLimitExceeded, for an object that is no state's result.
        """
        _TAKEN[operation].require(request, "NotImplemented")
        try:
            return self._operations[operation](request)
        except ServiceError as error:
            message = _WORDS.get(error.code, error.message)
            raise ServiceError(error.code, message, status=error.status) from error

    def _get(self, request: Request) -> dict[str, Any]:
        bucket, key = request["Bucket"], request["Key"]
        stored, body = self._store.open(bucket, key)
        with body:
            if stored.size > MAX_PAYLOAD_BYTES:
                raise TaskFailed(
                    DATA_LIMIT_EXCEEDED,
                    f"s3://{bucket}/{key} has {stored.size} bytes; "
                    f"a result has at most {MAX_PAYLOAD_BYTES}.",
                )
            return {**_described(stored), "Body": body.read()}

    def _head(self, request: Request) -> dict[str, Any]:
        return _described(self._store.head(request["Bucket"], request["Key"]))

    def _put(self, request: Request) -> dict[str, Any]:
        body: bytes = request.get("Body", b"")
        attributes = Attributes(
            content_type=request.get("ContentType", "binary/octet-stream"),
            metadata=dict(request.get("Metadata", {})),
        )
        new = self._store.new_path()
        new.write_bytes(body)
        stored = self._store.commit(request["Bucket"], request["Key"], new, digest(new), attributes)
        return {
            "ChecksumCRC32": base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode("ascii"),
            "ChecksumType": "FULL_OBJECT",
            "ETag": f'"{stored.etag}"',
            "ServerSideEncryption": "AES256",
        }

    def _copy(self, request: Request) -> dict[str, Any]:
        bucket, _, key = request["CopySource"].lstrip("/").partition("/")
        source, body = self._store.open(bucket, key)
        new = self._store.new_path()
        with body, new.open("wb") as file:
            while piece := body.read(1 << 20):
                file.write(piece)
        stored = self._store.commit(
            request["Bucket"], request["Key"], new, source.etag, source.attributes
        )
        copied = {"ETag": f'"{stored.etag}"', "LastModified": stored.modified}
        return {"CopyObjectResult": copied, "ServerSideEncryption": "AES256"}

    def _delete(self, request: Request) -> dict[str, Any]:
        self._store.delete(request["Bucket"], request["Key"])
        return {}

    def _list(self, request: Request) -> dict[str, Any]:
        limit = min(request.get("MaxKeys", _MOST), _MOST)
        after = request.get("ContinuationToken", request.get("StartAfter", ""))
        found = page(
            self._store,
            request["Bucket"],
            prefix=request.get("Prefix", ""),
            delimiter=request.get("Delimiter", ""),
            after=after,
            limit=limit,
        )
        told = {name: request[name] for name in ("Delimiter", "StartAfter") if name in request}
        return {
            **told,
            "Name": request["Bucket"],
            "Prefix": request.get("Prefix", ""),
            "MaxKeys": limit,
            "KeyCount": len(found.objects) + len(found.prefixes),
            "IsTruncated": found.truncated,
            "NextContinuationToken": found.last if found.truncated else None,
            "Contents": [
                {
                    "Key": each.key,
                    "LastModified": each.modified,
                    "ETag": f'"{each.etag}"',
                    "Size": each.size,
                    "StorageClass": "STANDARD",
                }
                for each in found.objects
            ],
            "CommonPrefixes": [{"Prefix": each} for each in found.prefixes],
        }


def _described(stored: StoredObject) -> dict[str, Any]:
    return {
        "AcceptRanges": "bytes",
        "ContentLength": stored.size,
        "ContentType": stored.attributes.content_type,
        "ETag": f'"{stored.etag}"',
        "LastModified": stored.modified,
        "Metadata": dict(stored.attributes.metadata),
        "ServerSideEncryption": "AES256",
    }
