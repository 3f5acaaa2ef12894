"""What this interpreter cannot run, found when a state machine is created, not when it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker import check
from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.interpreter.tasks import Tasks
from pipelines.asl.model import Machine, show
from pipelines.asl.resources import parse_resource


def unsupported(definition: Any, tasks: Tasks) -> list[str]:
    """Everything for which this definition is refused, each with its place; empty: it runs.

    A definition that AWS would refuse is refused here, too.  Only what is found to be an
    error counts: a warning's definition runs on AWS.

    Args:
        definition: Any JSON value, with its substitutions made.
        tasks: Says which resources can be run.
    """
    findings = check(definition, substitutions=())
    problems = [str(finding) for finding in findings if finding.severity == "error"]
    return problems or list(_not_run_here(Machine(definition), tasks))


def _not_run_here(machine: Machine, tasks: Tasks) -> Iterator[str]:
    for state in machine.of_type("Task"):
        resource = state.fields["Resource"]
        reason = _reason(resource, tasks)
        if reason is not None:
            yield f"{show(state.at('Resource'))}: {resource} cannot be run here: {reason}"
        for field in ("HeartbeatSeconds", "HeartbeatSecondsPath"):
            if field in state.fields:
                # Only activities and .waitForTaskToken send heartbeats, and neither runs here.
                yield f"{show(state.at(field))}: no task that runs here sends heartbeats"
        if "Credentials" in state.fields:
            place = show(state.at("Credentials"))
            yield f"{place}: tasks cannot take on another role here"


def _reason(resource: str, tasks: Tasks) -> str | None:
    try:
        parse_resource(resource)
    except AslSyntaxError:
        return "only service integrations (arn:aws:states:::…) are run"
    return tasks.supports(resource)
