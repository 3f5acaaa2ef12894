"""The code bundle in the bucket: uploaded once for each digest."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from pipelines.aws import AwsError
from pipelines.bundle import Bundle
from pipelines.environment.model import Environment

# Where an object's own digest is noted, so that one that was changed by hand is noticed.
_DIGEST = "sha256"


@dataclass(frozen=True)
class Upload:
    """What became of a bundle; `bytes` and `files` are of what was uploaded."""

    digest: str
    files: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        if not self.files:
            return f"code {self.digest[:12]} is there already, nothing uploaded"
        return f"code {self.digest[:12]}: {self.files} files, {_size(self.bytes)} uploaded"


def upload_code(s3: Any, environment: Environment, bundle: Bundle, bucket: str) -> Upload:
    """Put the bundle where its digest says, unless it is there.

    The archive comes last: its presence says that all is there, so that an upload that was cut off
    is done again from its beginning.
    """
    objects = bundle.objects(environment)
    marker = next(reversed(objects))
    if _digest_of_object(s3, bucket, marker) == _sha256(objects[marker]).hex():
        return Upload(bundle.digest)
    for key, content in objects.items():
        _put(s3, bucket, key, content)
    return Upload(bundle.digest, len(objects), sum(map(len, objects.values())))


def put_template(s3: Any, bucket: str, prefix: str, content: bytes) -> str:
    """Put a template under its digest; returns its key."""
    key = f"{prefix}/templates/{_sha256(content).hex()}.yaml"
    _put(s3, bucket, key, content)
    return key


def _put(s3: Any, bucket: str, key: str, content: bytes) -> None:
    """Store one object; S3 refuses it unless it arrives as it was sent."""
    digest = _sha256(content)
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=content,
        ChecksumSHA256=base64.b64encode(digest).decode(),
        Metadata={_DIGEST: digest.hex()},
    )


def _digest_of_object(s3: Any, bucket: str, key: str) -> str | None:
    try:
        answer = s3.head_object(Bucket=bucket, Key=key)
    except AwsError as error:
        if error.code in ("404", "NoSuchKey"):
            return None
        raise
    digest: str | None = answer.get("Metadata", {}).get(_DIGEST)
    return digest


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _size(count: int) -> str:
    """
    >>> _size(900), _size(41_300), _size(2_000_000)
    ('900 bytes', '41 kB', '2.0 MB')
    """
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
