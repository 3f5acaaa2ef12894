"""The executions of a state machine, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipelines.aws import pages
from pipelines.execution.reason import reason_of

_PAGE = 100
_LONGEST_REASON = 100


@dataclass(frozen=True)
class Listed:
    """One execution in a list; `error` and `reason` are empty unless it failed."""

    name: str
    arn: str
    status: str
    started: datetime
    ended: datetime | None
    redrives: int
    error: str = ""
    reason: str = ""

    def as_document(self) -> dict[str, Any]:
        """For a program: times in ISO 8601, UTC."""
        return {
            **vars(self),
            "started": _iso(self.started),
            "ended": None if self.ended is None else _iso(self.ended),
        }

    def as_row(self) -> tuple[str, str, str, str, str]:
        """For a person: name, status, when, how long, and what went wrong."""
        seconds = ((self.ended or datetime.now(UTC)) - self.started).total_seconds()
        times = "once" if self.redrives == 1 else f"{self.redrives} times"
        remarks = [f"redriven {times}"] if self.redrives else []
        remarks += [f"{self.error}: {self.reason}"] if self.error else []
        return (
            self.name,
            self.status,
            f"{self.started.astimezone():%Y-%m-%d %H:%M:%S}",
            f"{seconds:.0f} s",
            "  ".join(remarks),
        )


def list_executions(
    stepfunctions: Any, state_machine_arn: str, status: str | None, limit: int
) -> list[Listed]:
    """The latest executions, at most `limit`; those that failed are asked why.

    Raises:
        AwsError
    """
    wanted = {} if status is None else {"statusFilter": status.upper()}
    found: list[Listed] = []
    for page in pages(
        stepfunctions.list_executions,
        token="nextToken",
        stateMachineArn=state_machine_arn,
        maxResults=min(limit, _PAGE),
        **wanted,
    ):
        for summary in page["executions"]:
            found.append(_listed(stepfunctions, summary))
            if len(found) == limit:
                return found
    return found


def _listed(stepfunctions: Any, summary: Mapping[str, Any]) -> Listed:
    error = reason = ""
    if summary["status"] not in ("RUNNING", "SUCCEEDED"):
        described = stepfunctions.describe_execution(executionArn=summary["executionArn"])
        error = described.get("error", "")
        reason = _one_line(reason_of(described.get("cause", "")))
    return Listed(
        summary["name"],
        summary["executionArn"],
        summary["status"],
        summary["startDate"],
        summary.get("stopDate"),
        summary.get("redriveCount", 0),
        error,
        reason,
    )


def _one_line(text: str) -> str:
    """
    >>> _one_line("no such column:\\n  age")
    'no such column: age'
    """
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
