"""What lies in S3 of a model: its archive's digest, and the digest of each file inside."""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from pipelines.aws import AwsError, errors_as_ours
from pipelines.errors import PipelinesError

MANIFEST = "manifest.json"
_BLOCK = 1 << 20
# A model's archive holds a handful of files; a manifest is small.
_FILES = 100
_MANIFEST_BYTES = 1 << 24


class Unreadable(PipelinesError):
    """An object that is not there, or is not what it should be."""


@dataclass(frozen=True)
class ModelFiles:
    """A model's archive.

    Attributes:
        sha256: of the archive. SageMaker writes times into it: two archives of the same files
            differ there.
        members: digest by name, of the files inside.
        manifest: what the training job says of them and of itself; empty without one.
    """

    sha256: str
    members: Mapping[str, str]
    manifest: Mapping[str, Any]


def read_model(s3: Any, uri: str) -> ModelFiles:
    """Fetch a model's archive and digest it; nothing of it is unpacked or run.

    Raises:
        Unreadable: there is no such archive, or it is none.
        AwsError
    """
    with tempfile.TemporaryFile() as file:
        digest = hashlib.sha256()
        for block in blocks(s3, uri):
            digest.update(block)
            file.write(block)
        file.seek(0)
        try:
            members, manifest = _look_into(file)
        except (tarfile.TarError, EOFError, OSError, ValueError) as error:
            raise Unreadable(f"{uri} is not the archive of a model: {error}") from error
    return ModelFiles(digest.hexdigest(), members, manifest)


def read_document(s3: Any, uri: str) -> Any:
    """A JSON document.

    Raises:
        Unreadable, AwsError
    """
    try:
        return json.loads(b"".join(blocks(s3, uri)))
    except ValueError as error:
        raise Unreadable(f"{uri} is not JSON: {error}") from error


def sha256_of(s3: Any, uri: str) -> str:
    """The digest of an object.

    Raises:
        Unreadable, AwsError
    """
    digest = hashlib.sha256()
    for block in blocks(s3, uri):
        digest.update(block)
    return digest.hexdigest()


def blocks(s3: Any, uri: str) -> Iterator[bytes]:
    """An object's contents, piece by piece.

    Raises:
        Unreadable: it is not there.
        AwsError
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    except AwsError as error:
        if error.code in ("404", "NoSuchKey", "NoSuchBucket"):
            raise Unreadable(f"{uri} is not there any more") from error
        raise
    with errors_as_ours("S3"):
        while block := body.read(_BLOCK):
            yield block


def _look_into(file: IO[bytes]) -> tuple[dict[str, str], dict[str, Any]]:
    members: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    with tarfile.open(fileobj=file, mode="r:gz") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            name = member.name.removeprefix("./")
            if len(members) >= _FILES:
                raise ValueError(f"it holds more than {_FILES} files")
            digest = hashlib.sha256()
            kept = b""
            while block := content.read(_BLOCK):
                digest.update(block)
                if name == MANIFEST and len(kept) < _MANIFEST_BYTES:
                    kept += block
            members[name] = digest.hexdigest()
            if name == MANIFEST:
                manifest = json.loads(kept)
    if not isinstance(manifest, dict):
        raise ValueError(f"its {MANIFEST} is not an object")
    return members, manifest
