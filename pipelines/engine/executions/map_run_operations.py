"""Step Functions' operations on Map Runs and the child executions that they start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.interpreter import Event
from pipelines.engine.executions.map_runs import Kept, MapRunStore
from pipelines.engine.executions.requests import Request, arn_of, invalid, paginate, present
from pipelines.engine.wire.service import ServiceError


@dataclass(frozen=True)
class ChildExecution:
    """A child execution of a Map Run; `begun` and `ended` are the lines that tell of it."""

    map_run_arn: str
    execution_arn: str
    begun: Mapping[str, Any]
    ended: Mapping[str, Any] | None
    status: str
    kept: Kept

    @property
    def label(self) -> str:
        """What stands behind the state machine's name in its ARN."""
        return str(self.begun["stateMachineArn"]).partition("/")[2]


class MapRunOperations:
    """Shows and changes Map Runs."""

    def __init__(self, store: MapRunStore, runs: Callable[[str], bool]) -> None:
        """Args:
        runs: Whether the execution with this ARN runs now.
        """
        self._store = store
        self._runs = runs
        self.operations: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            "DescribeMapRun": self._describe,
            "ListMapRuns": self._list,
            "UpdateMapRun": self._update,
        }

    def _describe(self, request: Request) -> dict[str, Any]:
        described = self._store.describe(arn_of(request, "mapRunArn"))
        if described["status"] == "RUNNING" and not self._runs(described["executionArn"]):
            return {**described, "status": "ABORTED"}
        return described

    def _list(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "executionArn")
        page, rest = paginate(self._store.arns_of(arn), request)
        runs = [
            present(
                {
                    "executionArn": arn,
                    "mapRunArn": each,
                    "stateMachineArn": each.replace(":mapRun:", ":stateMachine:").rpartition(":")[
                        0
                    ],
                    **{
                        name: self._store.describe(each).get(name)
                        for name in ("startDate", "stopDate")
                    },
                }
            )
            for each in page
        ]
        return {"mapRuns": runs, **rest}

    def _update(self, request: Request) -> dict[str, Any]:
        names = {
            "maxConcurrency": "max_concurrency",
            "toleratedFailureCount": "tolerated_failure_count",
            "toleratedFailurePercentage": "tolerated_failure_percentage",
        }
        changes = {ours: request[theirs] for theirs, ours in names.items() if theirs in request}
        if any(value < 0 for value in changes.values()):
            raise invalid("A Map Run's settings are not negative.")
        if changes.get("tolerated_failure_percentage", 0) > 100:
            raise invalid("toleratedFailurePercentage is at most 100.")
        self._store.update(arn_of(request, "mapRunArn"), changes)
        return {}

    # Child executions

    def child(self, arn: str) -> ChildExecution | None:
        """The child execution with this ARN; None: there is none."""
        for run_arn, kept in self._store.of_child(arn):
            for child in self._children(run_arn, kept):
                if child.begun["arn"] == arn:
                    return child
        return None

    def list_children(self, map_run_arn: str) -> list[dict[str, Any]]:
        """The child executions of a Map Run, as ListExecutions has them, newest first."""
        children = self._children(map_run_arn, self._store.get(map_run_arn))
        return [{**_summary(child), "itemCount": child.begun["items"]} for child in children[::-1]]

    def describe_child(self, arn: str) -> dict[str, Any] | None:
        """DescribeExecution's response for a child execution; None: there is none."""
        child = self.child(arn)
        if child is None:
            return None
        ended = child.ended or {}
        included = {"included": True}
        by_map_run = child.status not in ("RUNNING", "SUCCEEDED")
        reason = f"Execution is {child.status} and cannot be redriven"
        return present(
            {
                **_summary(child),
                "input": child.begun["input"],
                "inputDetails": included,
                "output": ended.get("output"),
                "outputDetails": included if ended.get("output") is not None else None,
                "error": ended.get("error"),
                "cause": ended.get("cause"),
                "redriveStatus": "REDRIVABLE_BY_MAP_RUN" if by_map_run else "NOT_REDRIVABLE",
                "redriveStatusReason": None if by_map_run else reason,
            }
        )

    def child_events(self, arn: str) -> list[Event] | None:
        """The history of a child execution; None: there is none.

        Raises:
            ServiceError: StateMachineTypeNotSupported; AWS keeps none of an Express execution.
        """
        child = self.child(arn)
        if child is None:
            return None
        if child.begun["express"]:
            raise ServiceError(
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
            )
        index = child.begun["started"]
        return [
            line["event"] for line in child.kept.lines("events.jsonl") if line["child"] == index
        ]

    def _children(self, run_arn: str, kept: Kept) -> list[ChildExecution]:
        execution_arn = self._store.describe(run_arn)["executionArn"]
        unended = "RUNNING" if self._runs(execution_arn) else "ABORTED"
        begun: dict[int, dict[str, Any]] = {}
        ended: dict[int, dict[str, Any]] = {}
        for line in kept.lines("children.jsonl"):
            if "ended" in line:
                ended[line["ended"]] = line
            else:
                ended.pop(line["started"], None)
                begun[line["started"]] = line
        return [
            ChildExecution(
                map_run_arn=run_arn,
                execution_arn=execution_arn,
                begun=line,
                ended=ended.get(index),
                status=ended[index]["status"] if index in ended else unended,
                kept=kept,
            )
            for index, line in sorted(begun.items())
        ]


def _summary(child: ChildExecution) -> dict[str, Any]:
    ended = child.ended or {}
    return present(
        {
            "executionArn": child.begun["arn"],
            "stateMachineArn": child.begun["stateMachineArn"],
            "name": child.begun["name"],
            "status": child.status,
            "startDate": child.begun["at"],
            "stopDate": ended.get("at"),
            "mapRunArn": child.map_run_arn,
            "redriveCount": 0,
        }
    )
