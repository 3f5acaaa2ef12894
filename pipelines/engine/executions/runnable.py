"""Which definitions the engine runs: what is refused when a state machine is made or changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.integrations import Integration, Problem, integration
from pipelines.asl.interpreter import Tasks
from pipelines.asl.interpreter.supported import unsupported
from pipelines.asl.model import Machine, show


def why_not_runnable(definition: Any, type: str, tasks: Tasks) -> list[str]:
    """Everything for which a definition is refused, each with its place; empty: it runs.

    Args:
        definition: Any JSON value.
        type: STANDARD or EXPRESS.
    """
    problems = unsupported(definition, tasks)
    if problems:
        return problems
    machine = Machine(definition)
    problems = list(_no_tasks(machine))
    return problems if problems or type != "EXPRESS" else list(_not_in_express(machine))


def _no_tasks(machine: Machine) -> Iterator[str]:
    """Resources that are there for a Map's items only."""
    for state in machine.of_type("Task"):
        called = integration(str(state.fields["Resource"]))
        if isinstance(called, Problem):
            yield f"{show(state.at('Resource'))}: {called.message}"


def _not_in_express(machine: Machine) -> Iterator[str]:
    """What only a standard state machine can have: whatever takes its time."""
    for state in machine.of_type("Task"):
        called = integration(str(state.fields["Resource"]))
        if isinstance(called, Integration) and (called.pattern or called.kind == "activity"):
            what = f"'.{called.pattern}' service integration" if called.pattern else "Activity ARN"
            where = show(state.at("Resource"))
            yield f"{where}: Express state machine does not support {what}"
    for state in machine.of_type("Map"):
        processor = state.fields.get("ItemProcessor")
        config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
        if isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED":
            where = show(state.at("ItemProcessor", "ProcessorConfig", "Mode"))
            yield f"{where}: Express state machine does not support DISTRIBUTED mode"
