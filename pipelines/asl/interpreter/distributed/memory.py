"""S3 and Map Runs in memory, for simulations and tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.distributed.map_run import Child, MapRun
from pipelines.asl.interpreter.history import Event


class ObjectsInMemory:
    """S3 as a mapping from (bucket, key) to bytes; what is written stands in it, too.

    >>> store = ObjectsInMemory({("data", "a"): b"[1]"})
    >>> b"".join(store.read({"Bucket": "data", "Key": "a"}))
    b'[1]'
    >>> [each["Key"] for each in store.list({"Bucket": "data"})]
    ['a']
    """

    def __init__(
        self, objects: MutableMapping[tuple[str, str], bytes] | None = None, now: float = 0.0
    ) -> None:
        self.objects = {} if objects is None else objects
        self._now = now

    def read(self, request: Mapping[str, Any]) -> Iterator[bytes]:
        place = str(request.get("Bucket")), str(request.get("Key"))
        if place not in self.objects:
            raise StateError("S3.NoSuchKeyException", "The specified key does not exist.")
        return iter([self.objects[place]])

    def list(self, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for (bucket, key), body in sorted(self.objects.items()):
            if bucket == request.get("Bucket") and key.startswith(str(request.get("Prefix", ""))):
                yield {
                    "ETag": f'"{hashlib.md5(body).hexdigest()}"',
                    "Key": key,
                    "LastModified": self._now,
                    "Size": len(body),
                    "StorageClass": "STANDARD",
                }

    def write(self, bucket: str, key: str, body: bytes) -> None:
        self.objects[bucket, key] = body


class MapRunsInMemory:
    """Map Runs as a list, and the histories of their children by the children's ARNs."""

    def __init__(self) -> None:
        self.runs: list[MapRun] = []
        self.histories: dict[str, list[Event]] = {}

    def started(self, run: MapRun) -> None:
        self.runs.append(run)

    def past_of(self, run: MapRun, child: Child) -> Sequence[Event]:
        return list(self.histories.get(child.arn, ()))

    def child_started(self, run: MapRun, child: Child) -> Callable[[Event], None]:
        return self.histories.setdefault(child.arn, []).append

    def child_ended(self, run: MapRun, child: Child) -> None:
        """Its history tells."""

    def ended(self, run: MapRun) -> None:
        """The run itself tells."""
