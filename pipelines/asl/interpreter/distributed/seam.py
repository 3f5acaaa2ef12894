"""What a Distributed Map needs from outside: objects in S3, and a place for its Map Runs.

`Tasks` may have both, as its attributes `items` and `map_runs`; the local engine has them on its
object store and its executions, a simulation on dicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.distributed.map_run import Child, MapRun
from pipelines.asl.interpreter.history import Event


class Items(Protocol):
    """Reads what a Map goes through, and writes what came of it.

    Every method may raise a StateError, as S3's API says it: the cause goes into the Map's own
    error, States.ItemReaderFailed or States.ResultWriterFailed.
    """

    def read(self, request: Mapping[str, Any]) -> Iterable[bytes]:
        """The bytes of an object, in pieces; `request` is that of GetObject: Bucket, Key, …"""

    def list(self, request: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """All objects that ListObjectsV2 lists, page after page.

        Each has Key, Size, ETag and StorageClass, and LastModified in seconds since the epoch.
        """

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object."""


class MapRuns(Protocol):
    """Keeps Map Runs and their child executions, for DescribeMapRun and the like."""

    def started(self, run: MapRun) -> None:
        """A Map Run begins, or goes on; `run.describe()` may be called at any time."""

    def past_of(self, run: MapRun, child: Child) -> Sequence[Event]:
        """The events of a child that had begun before the execution was interrupted or ended."""

    def child_started(self, run: MapRun, child: Child) -> Callable[[Event], None]:
        """A child execution begins, or goes on; what is returned gets its events, one by one.

        AWS keeps no history of the children of type EXPRESS.
        """

    def child_ended(self, run: MapRun, child: Child) -> None:
        """It has its outcome."""

    def ended(self, run: MapRun) -> None:
        """The Map Run has its status."""


class NoItems:
    """S3 that is not there."""

    def read(self, request: Mapping[str, Any]) -> Iterable[bytes]:
        raise _not_served()

    def list(self, request: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        raise _not_served()

    def write(self, bucket: str, key: str, body: bytes) -> None:
        raise _not_served()


def _not_served() -> StateError:
    return StateError(None, "nothing here serves objects")


class NoMapRuns:
    """Keeps nothing."""

    def started(self, run: MapRun) -> None:
        pass

    def past_of(self, run: MapRun, child: Child) -> Sequence[Event]:
        return ()

    def child_started(self, run: MapRun, child: Child) -> Callable[[Event], None]:
        return _forget

    def child_ended(self, run: MapRun, child: Child) -> None:
        pass

    def ended(self, run: MapRun) -> None:
        pass


def _forget(event: Event) -> None:
    pass


def items_of(tasks: object) -> Items:
    """The objects that these tasks reach."""
    items: Items | None = getattr(tasks, "items", None)
    return NoItems() if items is None else items


def map_runs_of(tasks: object) -> MapRuns:
    """Where these tasks keep Map Runs."""
    map_runs: MapRuns | None = getattr(tasks, "map_runs", None)
    return NoMapRuns() if map_runs is None else map_runs
