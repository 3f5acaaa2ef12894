"""What S3 says of an object, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Listed(NamedTuple):
    """One line of a listing; `modified` is in seconds since the epoch."""

    key: str
    size: int
    etag: str
    modified: float


@dataclass(frozen=True)
class Attributes:
    """What a writer says about an object, and every reader is told again.

    Attributes:
        content_type: As given; S3's own default otherwise.
        headers: Other response headers by their lower-case names (`cache-control`, …).
        metadata: User metadata, without `x-amz-meta-`.
        checksums: By `CRC32`, `SHA256`, …: base64, and `…-N` for an object of N parts.
    """

    content_type: str = "binary/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredObject:
    """An object as it is now; `etag` is without quotation marks."""

    key: str
    size: int
    etag: str
    modified: float
    attributes: Attributes


@dataclass(frozen=True)
class Condition:
    """What must hold for a write, at the moment it happens: If-Match, If-None-Match: *."""

    etag: str | None = None
    absent: bool = False
