"""S3's objects as plain files: what a key holds, durable, in a place that a person can open.

    .local/s3/<bucket>/<key>        the object's bytes, where its key can be a path
    .local/s3/<bucket>/.keys/<hex>  the others: `a/b` beside an object `a`, `..`, `folder/`, …
    .local/s3/.index.sqlite         which keys exist, and what S3 says about each
    .local/s3/.new/                 bytes on their way in

The index decides what exists, and lists keys in S3's order. It knows each file's size and
time of change, so a file that was edited by hand, or that a crash left older than its entry, is
recognised and hashed anew: an ETag never lies about the bytes beside it. A file that was deleted
by hand is an object that does not exist.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pipelines.engine.s3.index import Entry, Index
from pipelines.engine.s3.keys import UNUSUAL_KEYS, digest, place, prune, sync
from pipelines.engine.s3.values import Attributes, Condition, Listed, StoredObject
from pipelines.engine.wire.service import ServiceError

CHUNK = 1 << 20
_BUCKET_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9]|[.-](?=[a-z0-9])|-){1,62}")


class ObjectStore:
    """Buckets and objects under one folder. Safe for threads; one process at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.new = root / ".new"
        # What lies there was never acknowledged to anyone.
        shutil.rmtree(self.new, ignore_errors=True)
        self.new.mkdir(parents=True)
        self._lock = threading.RLock()
        self._index = Index(root / ".index.sqlite")

    def close(self) -> None:
        self._index.close()

    # Buckets

    def create_bucket(self, bucket: str, region: str) -> None:
        """Make an empty bucket.

        Raises:
            ServiceError: InvalidBucketName, BucketAlreadyOwnedByYou.
        """
        if not _BUCKET_NAME.fullmatch(bucket):
            raise ServiceError("InvalidBucketName", f"{bucket!r} is not a valid bucket name.")
        with self._lock:
            if self._index.bucket_region(bucket) is not None:
                raise ServiceError(
                    "BucketAlreadyOwnedByYou",
                    f"The bucket {bucket} exists, and you own it.",
                    status=409,
                )
            (self.root / bucket).mkdir(exist_ok=True)
            self._index.add_bucket(bucket, region, time.time())

    def delete_bucket(self, bucket: str) -> None:
        """Remove an empty bucket.

        Raises:
            ServiceError: NoSuchBucket, BucketNotEmpty.
        """
        with self._lock:
            self.bucket_region(bucket)
            if next(iter(self.list(bucket)), None) is not None:
                raise ServiceError(
                    "BucketNotEmpty", f"The bucket {bucket} is not empty.", status=409
                )
            self._index.remove_bucket(bucket)
            with suppress(OSError):  # a person's own files stay where they put them
                (self.root / bucket / UNUSUAL_KEYS).rmdir()
            with suppress(OSError):
                (self.root / bucket).rmdir()

    def buckets(self) -> list[tuple[str, float]]:
        """Every bucket and its time of creation, by name."""
        return self._index.buckets()

    def bucket_region(self, bucket: str) -> str:
        """Where a bucket was made.

        Raises:
            ServiceError: NoSuchBucket.
        """
        region = self._index.bucket_region(bucket)
        if region is None:
            raise ServiceError("NoSuchBucket", f"The bucket {bucket} does not exist.", status=404)
        return region

    # Reading

    def head(self, bucket: str, key: str) -> StoredObject:
        """What the store says about an object.

        Raises:
            ServiceError: NoSuchBucket, NoSuchKey.
        """
        with self._lock:
            return _stored(self._entry(bucket, key))

    def exists(self, bucket: str, key: str) -> bool:
        """Whether there is such an object."""
        with self._lock:
            entry = self._index.get(bucket, key)
            return entry is not None and self._checked(entry) is not None

    def open(self, bucket: str, key: str) -> tuple[StoredObject, BinaryIO]:
        """An object and its bytes as they are now, whatever is written to the key meanwhile."""
        with self._lock:
            entry = self._entry(bucket, key)
            return _stored(entry), (self.root / entry.path).open("rb")

    def read(self, bucket: str, key: str) -> bytes:
        """All of an object's bytes."""
        _, file = self.open(bucket, key)
        with file:
            return file.read()

    def get_path(self, bucket: str, key: str) -> Path:
        """The file that holds an object. To read: whoever writes to it changes the object."""
        with self._lock:
            return self.root / self._entry(bucket, key).path

    def list(self, bucket: str, prefix: str = "", after: str = "") -> Iterator[Listed]:
        """The objects whose keys start with `prefix` and follow `after`, in S3's order.

        The order is that of the keys' UTF-8 bytes. What is written meanwhile may be missed.
        """
        self.bucket_region(bucket)
        for entry in self._index.scan(bucket, prefix, after):
            with self._lock:
                current = self._checked(entry)
            if current is not None:
                yield Listed(current.key, current.size, current.etag, current.modified)

    # Writing

    def put_file(
        self,
        bucket: str,
        key: str,
        path: Path,
        *,
        move: bool,
        content_type: str = "binary/octet-stream",
    ) -> StoredObject:
        """Store the file at `path` under `key`: all of it at once, or nothing.

        Args:
            move: Take the file itself, which must be on the store's file system, and leave none.

        Raises:
            ServiceError: NoSuchBucket, KeyTooLongError.
        """
        if not move:
            new = self.new_path()
            shutil.copyfile(path, new)
            path = new
        etag = digest(path)
        return self.commit(bucket, key, path, etag, Attributes(content_type=content_type))

    def new_path(self) -> Path:
        """Where to write bytes that are to be committed."""
        handle, name = tempfile.mkstemp(dir=self.new)
        os.close(handle)
        return Path(name)

    def commit(
        self,
        bucket: str,
        key: str,
        new: Path,
        etag: str,
        attributes: Attributes,
        condition: Condition | None = None,
    ) -> StoredObject:
        """Give the bytes in `new` the name `key`; the file moves, or is removed on an error.

        Raises:
            ServiceError: NoSuchBucket, KeyTooLongError, PreconditionFailed, NoSuchKey.
        """
        try:
            if not key or len(key.encode()) > 1024:
                raise ServiceError(
                    "KeyTooLongError", "A key has 1 to 1024 bytes of UTF-8.", status=400
                )
            sync(new)
            with self._lock:
                self.bucket_region(bucket)
                self._require(bucket, key, condition)
                path = self._path_for(bucket, key)
                stat = new.stat()
                entry = Entry(
                    bucket=bucket,
                    key=key,
                    path=str(path.relative_to(self.root)),
                    size=stat.st_size,
                    mtime_ns=stat.st_mtime_ns,
                    etag=etag,
                    modified=time.time(),
                    content_type=attributes.content_type,
                    headers=dict(attributes.headers),
                    metadata=dict(attributes.metadata),
                    checksums=dict(attributes.checksums),
                )
                # The entry first: a crash between the two leaves the old bytes, which no
                # longer match the entry and are hashed anew, and never a file without entry.
                self._index.put(entry)
                os.replace(new, path)
                sync(path.parent)
                return _stored(entry)
        finally:
            new.unlink(missing_ok=True)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object. One that is not there is removed already, as S3 has it."""
        with self._lock:
            self.bucket_region(bucket)
            entry = self._index.get(bucket, key)
            if entry is None:
                return
            path = self.root / entry.path
            # The file first: an entry without one is an object that does not exist.
            path.unlink(missing_ok=True)
            self._index.remove(bucket, key)
            prune(path.parent, self.root / bucket)

    # Files

    def _entry(self, bucket: str, key: str) -> Entry:
        self.bucket_region(bucket)
        entry = self._index.get(bucket, key)
        current = entry and self._checked(entry)
        if current is None:
            raise ServiceError(
                "NoSuchKey", f"The bucket {bucket} has no object {key!r}.", status=404
            )
        return current

    def _checked(self, entry: Entry) -> Entry | None:
        """The entry, true to its file; None (and no entry any more) without a file."""
        path = self.root / entry.path
        try:
            stat = path.stat()
        except OSError:
            self._index.remove(entry.bucket, entry.key)
            return None
        if (stat.st_size, stat.st_mtime_ns) == (entry.size, entry.mtime_ns):
            return entry
        entry = replace(
            entry,
            size=stat.st_size,
            mtime_ns=stat.st_mtime_ns,
            etag=digest(path),
            modified=stat.st_mtime,
            checksums={},
        )
        self._index.put(entry)
        return entry

    def _path_for(self, bucket: str, key: str) -> Path:
        """The file that the key has, or else a free one."""
        entry = self._index.get(bucket, key)
        if entry is not None and (self.root / entry.path).is_file():
            return self.root / entry.path
        return place(self.root / bucket, key)

    def _require(self, bucket: str, key: str, condition: Condition | None) -> None:
        if condition is None:
            return
        if condition.absent and self.exists(bucket, key):
            raise _precondition_failed("If-None-Match")
        if condition.etag is not None and self._entry(bucket, key).etag != condition.etag:
            raise _precondition_failed("If-Match")


def _precondition_failed(header: str) -> ServiceError:
    return ServiceError("PreconditionFailed", f"{header} did not hold.", status=412)


def _stored(entry: Entry) -> StoredObject:
    attributes = Attributes(entry.content_type, entry.headers, entry.metadata, entry.checksums)
    return StoredObject(entry.key, entry.size, entry.etag, entry.modified, attributes)
