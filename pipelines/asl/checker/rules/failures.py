"""Retry and Catch: error names, their order, and delays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Object, Place

STATES_ERRORS = {
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
}
"""Every error name that begins with `States.`; the prefix is AWS's own."""


@rule("P131")
def error_names_are_texts_that_exist(machine: Machine) -> Iterator[Broken]:
    """ErrorEquals is a list of one or more texts, and of those that begin with States.
    only the ones that AWS has."""
    for place, found in _objects(machine, "Retry", "Catch"):
        names = found.get("ErrorEquals")
        if names == []:
            yield Broken((*place, "ErrorEquals"), "at least one error name is expected")
        for number, name in enumerate(names if isinstance(names, list) else ()):
            where = (*place, "ErrorEquals", number)
            if not isinstance(name, str):
                yield Broken(where, f"{name!r} is not a text")
            elif name.startswith("States.") and name not in STATES_ERRORS:
                known = nearest(name, STATES_ERRORS)
                yield Broken(where, f"{name} is no error of AWS's{known}")


@rule("P132")
def states_all_stands_alone_and_last(machine: Machine) -> Iterator[Broken]:
    """States.ALL is the only name in its ErrorEquals, and in the last retrier or catcher:
    whatever stood behind it would never be asked.  AWS refuses anything else."""
    for place, items in _lists(machine):
        for number, item in enumerate(items):
            names = item.get("ErrorEquals") if isinstance(item, Mapping) else None
            if not isinstance(names, list) or "States.ALL" not in names:
                continue
            where = (*place, number, "ErrorEquals")
            if len(names) > 1:
                yield Broken(where, "States.ALL stands alone")
            if number < len(items) - 1:
                yield Broken(where, "States.ALL is to come last")


@rule("P133", severity="warning")
def a_longest_delay_exceeds_the_first(machine: Machine) -> Iterator[Broken]:
    """MaxDelaySeconds is greater than IntervalSeconds: otherwise the delays never grow."""
    for place, retrier in _objects(machine, "Retry"):
        longest, first = retrier.get("MaxDelaySeconds"), retrier.get("IntervalSeconds", 1)
        if isinstance(longest, int) and isinstance(first, int) and longest <= first:
            yield Broken(
                (*place, "MaxDelaySeconds"),
                f"{longest:,} is not greater than IntervalSeconds, {first:,}",
            )


@rule("P134")
def retriers_and_catchers_are_objects(machine: Machine) -> Iterator[Broken]:
    """Retry and Catch are lists of objects."""
    for place, items in _lists(machine):
        for number, item in enumerate(items):
            if not isinstance(item, Mapping):
                yield Broken((*place, number), "an object is expected")


def _objects(machine: Machine, *names: str) -> Iterator[tuple[Place, Object]]:
    for state in machine.states:
        yield from state.objects(*names)


def _lists(machine: Machine) -> Iterator[tuple[Place, list[Any]]]:
    for state in machine.states:
        for name in ("Retry", "Catch"):
            if isinstance(state.fields.get(name), list):
                yield state.at(name), state.fields[name]
