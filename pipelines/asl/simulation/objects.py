"""S3 for a simulation: a dict of objects, which a Distributed Map reads and writes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.json_text import dumps
from pipelines.asl.simulation.errors import SimulationError


class SimulatedObjects:
    """Objects by ``bucket/key``.

    Args:
        objects: Bytes, text, or a JSON value; or the StateError that reading it, or writing
            there, fails with: of one object, or (a name that ends in `/`) of all below.
        now: When all of them were written, in seconds since the epoch.

    Attributes:
        objects: All of them now, as bytes.
    """

    def __init__(self, objects: Mapping[str, Any], now: float) -> None:
        self._failing = {
            name: value for name, value in objects.items() if isinstance(value, StateError)
        }
        self.objects = {
            name: _bytes(name, value)
            for name, value in objects.items()
            if not isinstance(value, StateError)
        }
        self._now = now

    def read(self, request: Mapping[str, Any]) -> Iterable[bytes]:
        """As Items.read.

        Raises:
            StateError: S3.NoSuchKeyException, or the one that was asked for.
        """
        name = f"{request.get('Bucket')}/{request.get('Key')}"
        self._fail(name)
        if name not in self.objects:
            raise StateError("S3.NoSuchKeyException", "The specified key does not exist.")
        return [self.objects[name]]

    def list(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """As Items.list: by key, as S3 lists them."""
        bucket = f"{request.get('Bucket')}/"
        prefix = bucket + str(request.get("Prefix", ""))
        self._fail(prefix)
        for name in sorted(self.objects):
            if name.startswith(prefix):
                body = self.objects[name]
                yield {
                    "Key": name.removeprefix(bucket),
                    "Size": len(body),
                    "ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"',
                    "LastModified": self._now,
                    "StorageClass": "STANDARD",
                }

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """As Items.write."""
        self._fail(f"{bucket}/{key}")
        self.objects[f"{bucket}/{key}"] = body

    def _fail(self, name: str) -> None:
        for failing, error in self._failing.items():
            if name == failing or (failing.endswith("/") and name.startswith(failing)):
                raise StateError(error.error, error.cause)


def _bytes(name: str, value: Any) -> bytes:
    if "/" not in name:
        raise SimulationError(f"an object's name is bucket/key, not {name!r}")
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else dumps(value)).encode()
