"""What cannot be run here, found when a state machine is created, not when it runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker import check
from pipelines.asl.interpreter.tasks import Tasks
from pipelines.asl.model import Machine, show


def unsupported(definition: Any, tasks: Tasks) -> list[str]:
    """Everything for which this definition is refused, each with its place; empty: it runs.

    A definition that AWS would refuse is refused here, too.  Only what is found to be an
    error counts, for a warning's definition runs on AWS; and a substitution that was not made,
    with which it would not do there what is meant.

    Args:
        definition: Any JSON value, with its substitutions made.
        tasks: Says which resources can be run.
    """
    findings = check(definition, substitutions=())
    problems = [
        str(finding)
        for finding in findings
        if finding.severity == "error" or finding.rule == "P155"
    ]
    return problems or list(_not_run_here(Machine(definition), tasks))


def _not_run_here(machine: Machine, tasks: Tasks) -> Iterator[str]:
    """Every resource that is not run: those of Tasks, and what a Map reads and writes."""
    for state in machine.states:
        for place, fields in (
            (state.place, state.fields),
            *((state.at(name), state.fields.get(name)) for name in ("ItemReader", "ResultWriter")),
        ):
            if not isinstance(fields, dict) or "Resource" not in fields:
                continue
            reason = tasks.supports(fields["Resource"])
            if reason is not None:
                where = show((*place, "Resource"))
                yield f"{where}: {fields['Resource']} cannot be run here: {reason}"
