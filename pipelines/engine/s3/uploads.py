"""Multipart uploads: parts as files, until they are joined into an object or given up.

.local/s3/.uploads/<upload id>/upload.json     bucket, key, attributes
.local/s3/.uploads/<upload id>/<part number>   the bytes, with <part number>.json beside them
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.engine.s3.body import Received, new_hash
from pipelines.engine.s3.objects import CHUNK, ObjectStore
from pipelines.engine.s3.values import Attributes, Condition, StoredObject
from pipelines.engine.wire.service import ServiceError

_SMALLEST_PART = 5 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One uploaded part; `etag` is its MD5 in hex, `modified` seconds since the epoch."""

    number: int
    size: int
    etag: str
    modified: float
    checksums: dict[str, str]


@dataclass(frozen=True)
class Upload:
    """An upload that has begun; `checksum` names the algorithm its parts are verified with."""

    id: str
    bucket: str
    key: str
    begun: float
    checksum: str | None
    attributes: Attributes


class Uploads:
    """The unfinished uploads into one store; they survive a restart, as on S3."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._root = store.root / ".uploads"
        self._root.mkdir(exist_ok=True)

    def begin(self, bucket: str, key: str, attributes: Attributes, checksum: str | None) -> Upload:
        self._store.bucket_region(bucket)
        upload = Upload(uuid.uuid4().hex, bucket, key, time.time(), checksum, attributes)
        folder = self._root / upload.id
        folder.mkdir()
        _write_json(folder / "upload.json", asdict(upload))
        return upload

    def get(self, bucket: str, key: str, id: str) -> Upload:
        """An upload that has begun and not ended.

        Raises:
            ServiceError: NoSuchUpload.
        """
        for upload in self.list(bucket):
            if (upload.id, upload.key) == (id, key):
                return upload
        raise ServiceError("NoSuchUpload", f"There is no upload {id} of {key!r}.", status=404)

    def list(self, bucket: str) -> list[Upload]:
        """The bucket's unfinished uploads, by key and then by age."""
        uploads = []
        for file in self._root.glob("*/upload.json"):
            fields = json.loads(file.read_text(encoding="utf-8"))
            if fields["bucket"] == bucket:
                attributes = Attributes(**fields.pop("attributes"))
                uploads.append(Upload(attributes=attributes, **fields))
        return sorted(uploads, key=lambda upload: (upload.key, upload.begun))

    def add_part(self, upload: Upload, number: int, received: Received) -> Part:
        """Take a received part; one with the same number is replaced."""
        if not 1 <= number <= 10_000:
            raise ServiceError("InvalidArgument", "A part's number is from 1 to 10000.")
        part = Part(number, received.size, received.md5, time.time(), received.checksums)
        folder = self._root / upload.id
        os.replace(received.path, folder / str(number))
        _write_json(folder / f"{number}.json", asdict(part))
        return part

    def parts(self, upload: Upload) -> Sequence[Part]:
        """The parts that have come, by number."""
        files = (self._root / upload.id).glob("*.json")
        return sorted(
            (
                Part(**json.loads(file.read_text(encoding="utf-8")))
                for file in files
                if file.stem != "upload"
            ),
            key=lambda part: part.number,
        )

    def complete(
        self,
        upload: Upload,
        wanted: Sequence[tuple[int, str]],
        condition: Condition | None = None,
    ) -> StoredObject:
        """Join the wanted parts, (number, etag) each, into the object.

        Raises:
            ServiceError: InvalidPart, InvalidPartOrder, EntityTooSmall.
        """
        numbers = [number for number, _ in wanted]
        if not wanted or numbers != sorted(set(numbers)):
            raise ServiceError("InvalidPartOrder", "The parts must be listed by their numbers.")
        held = {part.number: part for part in self.parts(upload)}
        chosen = []
        for number, etag in wanted:
            part = held.get(number)
            if part is None or part.etag != etag.strip('"'):
                raise ServiceError("InvalidPart", f"Part {number} with ETag {etag} never came.")
            chosen.append(part)
        if any(part.size < _SMALLEST_PART for part in chosen[:-1]):
            raise ServiceError("EntityTooSmall", "Only the last part may be under 5 MiB.")
        new = self._store.new_path()
        with new.open("wb") as joined:
            for part in chosen:
                with self._part_path(upload, part).open("rb") as file:
                    shutil.copyfileobj(file, joined, CHUNK)
        md5s = b"".join(bytes.fromhex(part.etag) for part in chosen)
        etag = f"{hashlib.md5(md5s, usedforsecurity=False).hexdigest()}-{len(chosen)}"
        attributes = Attributes(
            upload.attributes.content_type,
            upload.attributes.headers,
            upload.attributes.metadata,
            _composite(upload.checksum, chosen),
        )
        stored = self._store.commit(upload.bucket, upload.key, new, etag, attributes, condition)
        self.abort(upload)
        return stored

    def abort(self, upload: Upload) -> None:
        """Forget the upload and its parts."""
        shutil.rmtree(self._root / upload.id, ignore_errors=True)

    def _part_path(self, upload: Upload, part: Part) -> Path:
        return self._root / upload.id / str(part.number)


def _composite(algorithm: str | None, parts: Sequence[Part]) -> dict[str, str]:
    """S3's checksum of checksums; none unless every part came with one."""
    if algorithm is None or any(algorithm not in part.checksums for part in parts):
        return {}
    whole = new_hash(algorithm)
    for part in parts:
        whole.update(base64.b64decode(part.checksums[algorithm]))
    return {algorithm: f"{base64.b64encode(whole.digest()).decode()}-{len(parts)}"}


def _write_json(path: Path, value: Any) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value), encoding="utf-8")
    os.replace(new, path)
