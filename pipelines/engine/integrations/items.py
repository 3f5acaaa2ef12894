"""What a Distributed Map reads and writes: objects of the engine's own store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pipelines.asl.errors import StateError
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

READERS = frozenset({"getObject", "listObjectsV2"})
WRITER = "putObject"
_CHUNK = 1 << 20
_WORDS = {
    "NoSuchBucket": "The specified bucket does not exist",
    "NoSuchKey": "The specified key does not exist.",
}
T = TypeVar("T")


class StoredItems:
    """Reads and writes as S3 does, and fails as it does."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def read(self, request: Mapping[str, Any]) -> Iterable[bytes]:
        """The bytes of an object, in pieces."""
        _require_only(request, {"Bucket", "Key"})
        bucket, key = str(request.get("Bucket", "")), str(request.get("Key", ""))
        _, file = _tried(lambda: self._objects.open(bucket, key))
        with file:
            while piece := file.read(_CHUNK):
                yield piece

    def list(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """All objects of a bucket with a prefix, in S3's order."""
        _require_only(request, {"Bucket", "Prefix", "MaxKeys", "StartAfter"})
        bucket = str(request.get("Bucket", ""))
        _tried(lambda: self._objects.bucket_region(bucket))
        prefix, after = str(request.get("Prefix", "")), str(request.get("StartAfter", ""))
        for each in self._objects.list(bucket, prefix, after):
            yield {
                "ETag": f'"{each.etag}"',
                "Key": each.key,
                "LastModified": each.modified,
                "Size": each.size,
                "StorageClass": "STANDARD",
            }

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object."""
        _tried(lambda: self._write(bucket, key, body))

    def _write(self, bucket: str, key: str, body: bytes) -> None:
        new = self._objects.new_path()
        new.write_bytes(body)
        self._objects.put_file(bucket, key, new, move=True, content_type="application/json")


def _require_only(request: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(request.keys() - known)
    if unknown:
        raise StateError("S3.S3Exception", f"The local engine does not take {unknown[0]} here.")


def _tried(call: Callable[[], T]) -> T:
    try:
        return call()
    except ServiceError as error:
        message = _WORDS.get(error.code, error.message)
        details = f"Service: Amazon S3; Status Code: {error.status}; Error Code: {error.code}"
        raise StateError(f"S3.{error.code}Exception", f"{message} ({details})") from None
