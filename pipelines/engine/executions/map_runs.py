"""Map Runs and their child executions: kept for whoever asks, and for the next engine.

.local/executions/<region>/<state machine>/<execution>/map-runs/<id>/
    map_run.json     what DescribeMapRun said when it was started and when it ended
    children.jsonl   a line for each child that begins, and for each that ends
    events.jsonl     their events, as they happen: {"child": 0, "event": {…}}
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.asl.interpreter import Event
from pipelines.asl.interpreter.distributed import Child, MapRun
from pipelines.asl.interpreter.history import details_of
from pipelines.asl.json_text import dumps
from pipelines.engine.executions.files import EXECUTION_ENDS, execution_folder
from pipelines.engine.files import read_json, write_json
from pipelines.engine.wire.service import ServiceError

_UPDATABLE = ("max_concurrency", "tolerated_failure_count", "tolerated_failure_percentage")


@dataclass
class Kept:
    """A Map Run: where it lies, and while it goes on, the run itself.

    Attributes:
        past: The events of each child that had begun before an interruption, by its number.
    """

    folder: Path
    run: MapRun | None = None
    past: dict[int, list[Event]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    files: dict[str, BinaryIO] = field(default_factory=dict)

    def append(self, name: str, line: Mapping[str, Any]) -> None:
        """Add a line to a file; when this returns, it survives the engine."""
        with self.lock:
            if name not in self.files:
                self.files[name] = (self.folder / name).open("ab", buffering=0)
            self.files[name].write(json.dumps(line).encode("ascii") + b"\n")

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The complete lines of a file."""
        path = self.folder / name
        if path.exists():
            for line in path.read_bytes().split(b"\n")[:-1]:
                yield json.loads(line)

    def repair(self) -> None:
        """Set right what an engine that died has left: a torn line, an end that is not told."""
        for name in ("children.jsonl", "events.jsonl"):
            path = self.folder / name
            if path.exists():
                content = path.read_bytes()
                with path.open("r+b") as file:
                    file.truncate(content.rfind(b"\n") + 1)
        begun: dict[int, bool] = {}
        for line in self.lines("children.jsonl"):
            begun[line["ended"] if "ended" in line else line["started"]] = "ended" in line
        last = {line["child"]: line["event"] for line in self.lines("events.jsonl")}
        for index, has_ended in begun.items():
            if not has_ended and last.get(index, {}).get("type") in EXECUTION_ENDS:
                self.append("children.jsonl", _told_by(index, last[index]))
        self.close()

    def close(self) -> None:
        with self.lock:
            for file in self.files.values():
                file.close()
            self.files.clear()


class MapRunStore:
    """Keeps the Map Runs of the executions below a folder. Safe for threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        self._suspended = False
        for path in sorted((root / "executions").glob("*/*/*/map-runs/*/map_run.json")):
            described = read_json(path)
            kept = self._kept[described["mapRunArn"]] = Kept(path.parent)
            if described["status"] == "RUNNING":
                kept.repair()

    def suspend(self) -> None:
        """Keep nothing more: what now ends is interrupted, not ended."""
        self._suspended = True

    # What the interpreter tells

    def started(self, run: MapRun) -> None:
        """A Map Run begins, or goes on after an interruption or in a redrive."""
        with self._lock:
            kept = self._kept.get(run.arn)
        if kept is None:
            kept = Kept(execution_folder(self._root, run.execution_arn) / "map-runs" / run.id)
            kept.folder.mkdir(parents=True, exist_ok=True)
        else:
            run.started_at = read_json(kept.folder / "map_run.json")["startDate"]
        kept.past = {}
        for line in kept.lines("events.jsonl"):
            kept.past.setdefault(line["child"], []).append(line["event"])
        if (kept.folder / "updates.json").exists():
            run.update(**read_json(kept.folder / "updates.json"))
        kept.run = run
        self._write(kept, run)
        with self._lock:
            self._kept[run.arn] = kept

    def past_of(self, run: MapRun, child: Child) -> Sequence[Event]:
        """The events of a child that had begun before."""
        return self._kept[run.arn].past.get(child.index, ())

    def child_started(self, run: MapRun, child: Child) -> Callable[[Event], None]:
        """A child begins, or goes on."""
        kept = self._kept[run.arn]
        if child.express:
            kept.past.pop(child.index, None)
        told = {
            "started": child.index,
            "arn": child.arn,
            "name": child.name,
            "stateMachineArn": child.state_machine_arn,
            "input": dumps(child.input),
            "items": child.items,
            "express": child.express,
            "at": child.started_at,
        }
        if not self._suspended:
            kept.append("children.jsonl", told)

        def record(event: Event) -> None:
            if not self._suspended:
                kept.append("events.jsonl", {"child": child.index, "event": event})

        return record

    def child_ended(self, run: MapRun, child: Child) -> None:
        """A child has its outcome."""
        outcome = child.outcome
        assert outcome is not None
        succeeded = outcome.status == "SUCCEEDED"
        told = {
            "ended": child.index,
            "at": child.ended_at,
            "status": outcome.status,
            "output": dumps(outcome.output) if succeeded else None,
            "error": outcome.error,
            "cause": outcome.cause,
        }
        if not self._suspended:
            self._kept[run.arn].append("children.jsonl", told)

    def ended(self, run: MapRun) -> None:
        """The Map Run has its status."""
        kept = self._kept[run.arn]
        if not self._suspended:
            self._write(kept, run)
        kept.run, kept.past = None, {}
        kept.close()

    def _write(self, kept: Kept, run: MapRun) -> None:
        described = run.describe()
        if run.redrive_count and run.ended_at is None:
            described["redriveDate"] = time.time()
        write_json(kept.folder / "map_run.json", described)

    # What others ask for

    def arns_of(self, execution_arn: str) -> list[str]:
        """The Map Runs of an execution, newest first."""
        with self._lock:
            kept = list(self._kept.items())
        folder = execution_folder(self._root, execution_arn) / "map-runs"
        found = [(self.describe(arn)["startDate"], arn) for arn, each in kept
                 if each.folder.parent == folder]  # fmt: skip
        return [arn for _, arn in sorted(found, reverse=True)]

    def describe(self, arn: str) -> dict[str, Any]:
        """DescribeMapRun's response.

        Raises:
            ServiceError: ResourceNotFound.
        """
        kept = self.get(arn)
        described: dict[str, Any] = read_json(kept.folder / "map_run.json")
        run = kept.run
        return {**described, **run.describe()} if run is not None else described

    def get(self, arn: str) -> Kept:
        """A Map Run by its ARN.

        Raises:
            ServiceError: ResourceNotFound.
        """
        with self._lock:
            kept = self._kept.get(arn)
        if kept is None:
            raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
        return kept

    def of_child(self, child_arn: str) -> Iterator[tuple[str, Kept]]:
        """The Map Runs that may have started this child execution, and their ARNs."""
        around = child_arn.replace(":express:", ":execution:").split(":execution:")[0]
        rest = child_arn[len(around) :].lstrip(":").partition(":")[2]
        prefix = f"{around}:mapRun:{rest.partition(':')[0]}:"
        with self._lock:
            kept = list(self._kept.items())
        return ((arn, each) for arn, each in kept if arn.startswith(prefix))

    def open_children(self, arn: str) -> list[tuple[str, list[Event]]]:
        """The ARNs and histories of the standard children that have begun and not ended.

        Those of type EXPRESS begin anew, as they do on AWS: they run at least once.
        """
        with self._lock:
            kept = self._kept.get(arn)
        if kept is None:
            return []
        begun: dict[int, str] = {}
        for line in kept.lines("children.jsonl"):
            if "ended" in line:
                begun.pop(line["ended"], None)
            elif not line["express"]:
                begun[line["started"]] = line["arn"]
        events: dict[int, list[Event]] = {}
        for line in kept.lines("events.jsonl"):
            if line["child"] in begun:
                events.setdefault(line["child"], []).append(line["event"])
        return [
            (begun[index], history)
            for index, history in events.items()
            if history[-1]["type"] not in EXECUTION_ENDS
        ]

    def folder_of(self, child_arn: str) -> Path | None:
        """The folder of the Map Run that started this child execution; None: none did."""
        for _, kept in self.of_child(child_arn):
            if any(line.get("arn") == child_arn for line in kept.lines("children.jsonl")):
                return kept.folder
        return None

    def update(self, arn: str, changes: Mapping[str, Any]) -> None:
        """Change what a Map Run that goes on tolerates, or runs at a time.

        Raises:
            ServiceError: ResourceNotFound, ValidationException.
        """
        kept = self.get(arn)
        run = kept.run
        if run is None:
            raise ServiceError("ValidationException", f"Map Run '{arn}' is not in progress.")
        path = kept.folder / "updates.json"
        before = read_json(path) if path.exists() else {}
        write_json(path, {**before, **changes})
        run.update(**{name: changes.get(name) for name in _UPDATABLE})


def _told_by(index: int, end: Event) -> dict[str, Any]:
    """The line for a child's end, by its last event."""
    details = details_of(end)
    return {
        "ended": index,
        "at": end["timestamp"],
        "status": EXECUTION_ENDS[end["type"]],
        "output": details.get("output"),
        "error": details.get("error"),
        "cause": details.get("cause"),
    }
