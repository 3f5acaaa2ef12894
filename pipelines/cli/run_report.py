"""What is said of an execution when it has ended: to people in lines, to programs as a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.environment.model import Environment
from pipelines.execution.reason import reason_of
from pipelines.execution.reuse import looked_up
from pipelines.execution.start import Started
from pipelines.execution.view import State, View

LOG_LINES = 20
# Of the keys, with the spaces behind them.
KEY_WIDTH = 19


@dataclass(frozen=True)
class Outcome:
    """An execution that has ended; `log` is the end of the log of the job that failed."""

    started: Started
    view: View
    log: Sequence[str] = ()

    @property
    def duration_s(self) -> float:
        return self.view.duration_s(datetime.now(UTC))


def success_lines(outcome: Outcome, file_of: Callable[[str], Path | None]) -> list[str]:
    """The output, a line for each value.

    `file_of` knows the file on this machine that shows an object, by its S3 URI, if there is one.
    """
    lines = [head(outcome), ""]
    output = outcome.view.output
    for key, value in output.items() if isinstance(output, Mapping) else [("output", output)]:
        if isinstance(value, Mapping):
            width = max(map(len, value), default=0)
            entries = [f"{name:<{width}}  {_text(item)}" for name, item in value.items()]
        else:
            entries = [_text(value)]
            file = file_of(value) if isinstance(value, str) else None
            entries += [str(file)] if file else []
        lines += entry(key.replace("_", " "), entries)
    if taken := taken_over(outcome.view.states):
        how = f"python -m pipelines reuse explain {outcome.started.name}"
        lines += entry("not run again", [", ".join(taken), how])
    return lines


def taken_over(states: Sequence[State]) -> list[str]:
    """The steps that were looked up and not run, since an earlier execution's result stands."""
    run = {state.name for state in states if state.job is not None}
    steps = dict.fromkeys(looked_up(state.name) for state in states)
    return [step for step in steps if step and step not in run]


def as_document(outcome: Outcome, pipeline: str, environment: Environment) -> dict[str, Any]:
    """The outcome for a program: `output` on success, `error`, `cause` and more otherwise."""
    view = outcome.view
    document: dict[str, Any] = {
        "name": outcome.started.name,
        "arn": outcome.started.arn,
        "pipeline": pipeline,
        "environment": environment.name,
        "status": view.status,
        "started": _time(view.started),
        "ended": _time(view.ended),
        "duration_s": round(outcome.duration_s, 3),
        "states": [_state(state) for state in view.states],
    }
    if view.status == "SUCCEEDED":
        return document | {"output": view.output}
    error, cause = _error(view)
    failed = view.failed_state
    return document | {
        "failed_state": failed.name if failed else None,
        "error": error,
        "cause": cause,
        "reason": reason_of(cause),
        "log": list(outcome.log),
    }


def _state(state: State) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": state.name,
        "type": state.type,
        "status": state.status,
        "duration_s": round(state.duration_s(datetime.now(UTC)), 3),
    }
    if state.attempts:
        document["attempts"] = state.attempts
    if state.job is not None:
        document["job"] = state.job.name
    if state.error:
        document["error"] = state.error
    return document


def _error(view: View) -> tuple[str, str]:
    """Of the execution; an execution that was stopped or timed out may have none of its own."""
    state = view.failed_state
    error = view.error or (state.error if state else "")
    cause = view.cause or (state.cause if state else "")
    return error or view.status, cause


def head(outcome: Outcome) -> str:
    """Status, duration and name."""
    return f"{outcome.view.status} after {_duration(outcome.duration_s)}: {outcome.started.name}"


def entry(key: str, lines: Sequence[str]) -> list[str]:
    """What is said under a key, line by line.

    >>> entry("log", ["| reading", "| done"])
    ['log                | reading', '                   | done']
    """
    return [f"{key if index == 0 else '':<{KEY_WIDTH}}{line}" for index, line in enumerate(lines)]


def _text(value: Any) -> str:
    """
    >>> _text(99762), _text(0.95612345), _text(None), _text("s3://b/k"), _text([0.94912, 0.96212])
    ('99,762', '0.9561', 'undefined', 's3://b/k', '0.9491 to 0.9621')
    """
    match value:
        case [float(), float()]:
            return " to ".join(map(_text, value))
    if value is None:
        return "undefined"
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _duration(seconds: float) -> str:
    """
    >>> _duration(41.26), _duration(754.0), _duration(7260.0)
    ('41.3 s', '12 min 34 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")
