"""The bytes of an S3 upload: out of their framing, onto the disk, against their checksums."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pipelines.engine.wire.http import Headers, Request
from pipelines.engine.wire.service import ServiceError

CHUNK = 1 << 20
ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


def new_hash(algorithm: str) -> _Hash:
    """A checksum of S3's, by the name in `x-amz-checksum-<name>`.

    Raises:
        ServiceError: NotImplemented, for the two that only AWS's C runtime computes quickly.
    """
    match algorithm.upper():
        case "CRC32":
            return _Crc32()
        case "SHA1":
            return hashlib.sha1(usedforsecurity=False)
        case "SHA256":
            return hashlib.sha256()
    raise ServiceError(
        "NotImplemented",
        f"The local engine's S3 cannot verify {algorithm} checksums; use CRC32, SHA1 or SHA256.",
        status=501,
    )


@dataclass(frozen=True)
class Received:
    """An upload on disk: its MD5 in hex, and the checksum it came with, verified."""

    path: Path
    md5: str
    size: int
    checksums: dict[str, str]


def receive(request: Request, path: Path) -> Received:
    """Write a request's body to `path` and verify all that the client said about it.

    Raises:
        ServiceError: BadDigest, XAmzContentSHA256Mismatch, IncompleteBody, InvalidDigest,
            NotImplemented (a checksum that the engine cannot compute).
    """
    headers = request.headers
    trailers: dict[str, str] = {}
    chunked = "aws-chunked" in headers.get("content-encoding", "") or headers.get(
        "x-amz-content-sha256", ""
    ).startswith("STREAMING-")
    pieces = _unframed(request.body, trailers) if chunked else _pieces(request.body)
    names = {name for name in ALGORITHMS if f"x-amz-checksum-{name.lower()}" in headers}
    names |= {
        name
        for name in ALGORITHMS
        if f"x-amz-checksum-{name.lower()}" == headers.get("x-amz-trailer", "").lower()
    }
    hashes = {name: new_hash(name) for name in names}
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            size += len(piece)
            md5.update(piece)
            if _names_sha256(headers):
                sha256.update(piece)
            for each in hashes.values():
                each.update(piece)
    length = headers.get("x-amz-decoded-content-length" if chunked else "content-length")
    if length is not None and int(length) != size:
        raise ServiceError("IncompleteBody", f"{length} bytes were promised, {size} came.")
    if "content-md5" in headers and _decoded(headers["content-md5"]) != md5.digest():
        raise ServiceError("BadDigest", "The Content-MD5 is not that of the bytes received.")
    if _names_sha256(headers) and headers["x-amz-content-sha256"] != sha256.hexdigest():
        raise ServiceError(
            "XAmzContentSHA256Mismatch", "The SHA256 is not that of the bytes received."
        )
    checksums = {}
    for name, each in hashes.items():
        field = f"x-amz-checksum-{name.lower()}"
        computed = base64.b64encode(each.digest()).decode()
        if computed != (headers.get(field) or trailers.get(field)):
            raise ServiceError("BadDigest", f"The {name} is not that of the bytes received.")
        checksums[name] = computed
    return Received(path, md5.hexdigest(), size, checksums)


def _names_sha256(headers: Headers) -> bool:
    value = headers.get("x-amz-content-sha256", "")
    return len(value) == 64


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ServiceError("InvalidDigest", f"{text!r} is not base64.") from None


def _pieces(body: BinaryIO) -> Iterator[bytes]:
    while piece := body.read(CHUNK):
        yield piece


def _unframed(body: BinaryIO, trailers: dict[str, str]) -> Iterator[bytes]:
    """The data of `aws-chunked` framing; fills `trailers` at its end.

    `<hex length>[;chunk-signature=…]CRLF <data> CRLF … 0[;…]CRLF [name:value CRLF …] CRLF`
    """
    while True:
        try:
            left = int(_line(body).split(b";")[0], 16)
        except ValueError:
            raise ServiceError("IncompleteBody", "A chunk's length is not a number.") from None
        if left == 0:
            break
        while left:
            piece = body.read(min(left, CHUNK))
            if not piece:
                raise ServiceError("IncompleteBody", "The body ends within a chunk.")
            left -= len(piece)
            yield piece
        _line(body)
    while line := _line(body).strip():
        name, _, value = line.partition(b":")
        trailers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()


def _line(body: BinaryIO) -> bytes:
    return body.readline(8192)
