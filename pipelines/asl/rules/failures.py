"""Retry and Catch: error names, their order, and delays."""

from __future__ import annotations

from pipelines.asl.machine import Machine
from pipelines.asl.rules import Broken, nearest, rule

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
def error_names_are_texts_that_exist(machine: Machine) -> Broken:
    """ErrorEquals is a list of one or more texts, and of those that begin with States.
    only the ones that AWS has."""
    for path, found in machine.members("Retry", "Catch"):
        names = found.get("ErrorEquals")
        if names == []:
            yield f"{path}.ErrorEquals", "at least one error name is expected"
        for number, name in enumerate(names if isinstance(names, list) else ()):
            where = f"{path}.ErrorEquals[{number}]"
            if not isinstance(name, str):
                yield where, f"{name!r} is not a text"
            elif name.startswith("States.") and name not in STATES_ERRORS:
                yield where, f"{name} is no error of AWS's{nearest(name, STATES_ERRORS)}"


@rule("P132")
def states_all_stands_alone_and_last(machine: Machine) -> Broken:
    """States.ALL is the only name in its ErrorEquals, and in the last retrier or catcher:
    whatever stood behind it would never be asked.  AWS refuses anything else."""
    for path, items in machine.lists("Retry", "Catch"):
        for number, item in enumerate(items):
            names = item.get("ErrorEquals") if isinstance(item, dict) else None
            if not isinstance(names, list) or "States.ALL" not in names:
                continue
            where = f"{path}[{number}].ErrorEquals"
            if len(names) > 1:
                yield where, "States.ALL stands alone"
            if number < len(items) - 1:
                yield where, "States.ALL is to come last"


@rule("P133", severity="warning")
def a_longest_delay_exceeds_the_first(machine: Machine) -> Broken:
    """MaxDelaySeconds is greater than IntervalSeconds: otherwise the delays never grow."""
    for path, retrier in machine.members("Retry"):
        longest, first = retrier.get("MaxDelaySeconds"), retrier.get("IntervalSeconds", 1)
        if isinstance(longest, int) and isinstance(first, int) and longest <= first:
            yield (
                f"{path}.MaxDelaySeconds",
                f"{longest:,} is not greater than IntervalSeconds, {first:,}",
            )


@rule("P134")
def retriers_and_catchers_are_objects(machine: Machine) -> Broken:
    """Retry and Catch are lists of objects."""
    for path, items in machine.lists("Retry", "Catch"):
        for number, item in enumerate(items):
            if not isinstance(item, dict):
                yield f"{path}[{number}]", "an object is expected"
