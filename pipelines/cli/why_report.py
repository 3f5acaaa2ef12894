"""Why an execution did not succeed: to people in lines, to programs as a document."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.aws import Connection
from pipelines.cli.run_report import KEY_WIDTH, entry
from pipelines.execution.why import Why

# Of a sentence, behind its key.
_WIDTH = 70


def why_lines(
    why: Why,
    connection: Connection | None,
    file_of: Callable[[str], Path | None] = lambda uri: None,
) -> list[str]:
    """State, error, reason, the end of the job's log, the input, and what to do.

    Args:
        connection: to where it ran; None, if only its history is known.
        file_of: the file on this machine that shows an object, by its S3 URI, if there is one.
    """
    lines: list[str] = []
    state = why.state
    if state is not None:
        attempts = f" (attempt {state.attempts})" if state.attempts > 1 else ""
        lines += entry("state", [state.name + attempts])
    lines += entry("error", [why.error])
    if why.reason:
        lines += entry("reason", why.reason.splitlines())
    if state is not None and state.job is not None:
        lines += entry("job", [state.job.name])
        if connection is not None:
            lines += entry("log", [f"| {line}" for line in why.log] or ["is empty"])
        if connection is None or connection.where == "aws":
            region = f" --region {connection.region}" if connection is not None else ""
            lines += entry(
                "all of it",
                [
                    f"aws logs tail {state.job.log_group} --since 1d{region} "
                    f"--log-stream-name-prefix {state.job.name}/"
                ],
            )
    for name, text in why.input.items():
        # What has no room behind the word is clear without it.
        key = f"input {name}"
        lines += entry(key if len(key) < KEY_WIDTH else name, text.splitlines())
    if why.report:
        file = file_of(why.report)
        lines += entry("report", [why.report, *([str(file)] if file else [])])
    lines += ["", *entry("what to do", textwrap.wrap(why.remedy.text, _WIDTH))]
    if why.obstacle is not None:
        lines += entry("no redrive", textwrap.wrap(why.obstacle.reason, _WIDTH))
    if why.next:
        lines += entry("then", why.next)
    return lines


def why_document(why: Why) -> dict[str, Any]:
    """The same for a program."""
    state = why.state
    return {
        "status": why.status,
        "state": state.name if state is not None else None,
        "attempts": state.attempts if state is not None else 0,
        "job": state.job.name if state is not None and state.job is not None else None,
        "error": why.error,
        "reason": why.reason,
        "input": dict(why.input),
        "report": why.report or None,
        "log": list(why.log),
        "remedy": why.remedy.text,
        "redrivable": why.obstacle is None,
        "not_redrivable_because": why.obstacle.reason if why.obstacle is not None else None,
        "next": list(why.next),
    }
