"""Retry and Catch: error names, their order, and delays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.rules.examples import machine, task
from pipelines.asl.checker.rules.fields import shown
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.errors import ALL, TASK_FAILED, is_task_failed
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Object, Place

_SPECIFICATION = "https://states-language.net/spec.html"
_HANDLING = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"

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

_STATUS = "States.Http.StatusCode."
"""How the errors of http:invoke begin that carry the answer's status."""

_FATAL = {
    "States.NoChoiceMatched": "it is reported as States.Runtime, which ends the execution",
    "States.Runtime": "it ends the execution",
}
"""Errors that nothing retries or catches, and why."""


def _retry(*retriers: Any) -> dict[str, Any]:
    return machine(Check=task(Retry=list(retriers)))


def _errors(*names: Any) -> dict[str, Any]:
    return {"ErrorEquals": list(names)}


@rule(
    "P131",
    source=f"{_SPECIFICATION}#error-names",
    quote="States MAY report errors with other names, which MUST NOT begin with the prefix "
    '"States.".',
    bad=_retry(_errors("States.Timout")),
    good=_retry(_errors("States.Timeout")),
)
def error_names_are_texts_that_exist(machine: Machine) -> Iterator[Broken]:
    """ErrorEquals is a list of one or more texts, and of those that begin with States.
    only the ones that AWS has."""
    for place, found in _objects(machine):
        names = found.get("ErrorEquals")
        if names == []:
            yield Broken((*place, "ErrorEquals"), "at least one error name is expected")
        for number, name in enumerate(names if isinstance(names, list) else ()):
            where = (*place, "ErrorEquals", number)
            if not isinstance(name, str):
                yield Broken(where, f"{shown(name)} is not a text")
            elif name.startswith("States.") and not _is_of_aws(name) and not _meant_by(name):
                known = nearest(name, STATES_ERRORS)
                yield Broken(where, f"{name} is no error of AWS's{known}")


def _is_of_aws(name: str) -> bool:
    return name in STATES_ERRORS or name.startswith(_STATUS) or is_open(name)


def _meant_by(name: str) -> str | None:
    """The error that is written so but for capitals."""
    return next((each for each in STATES_ERRORS if each.lower() == name.lower()), None)


@rule(
    "P137",
    "warning",
    source=f"{_SPECIFICATION}#error-names",
    quote="Errors are identified by case-sensitive strings, called Error Names.",
    bad=_retry(_errors("States.All")),
    good=_retry(_errors("States.ALL")),
)
def error_names_have_their_capitals(machine: Machine) -> Iterator[Broken]:
    """An error that begins with States. has AWS's capitals.  AWS takes States.All, and compares
    letter by letter: no error is ever matched by it."""
    for place, found in _objects(machine):
        names = found.get("ErrorEquals")
        for number, name in enumerate(names if isinstance(names, list) else ()):
            if not isinstance(name, str) or name in STATES_ERRORS:
                continue
            if name.startswith("States.") and (meant := _meant_by(name)):
                yield Broken(
                    (*place, "ErrorEquals", number),
                    f"{name} matches no error",
                    f"Write {meant}.",
                )


@rule(
    "P132",
    source=f"{_SPECIFICATION}#retrying-after-error",
    quote='The reserved name "States.ALL" in a Retrier’s "ErrorEquals" field is a wildcard and '
    'matches any Error Name. Such a value MUST appear alone in the "ErrorEquals" array and MUST '
    'appear in the last Retrier in the "Retry" array.',
    bad=_retry(_errors("States.ALL"), _errors("States.Timeout")),
    good=_retry(_errors("States.Timeout"), _errors("States.ALL")),
)
def states_all_stands_alone_and_last(machine: Machine) -> Iterator[Broken]:
    """States.ALL is the only name in its ErrorEquals, and in the last retrier or catcher:
    whatever stood behind it would never be asked.  AWS refuses anything else."""
    for place, items in _lists(machine):
        for number, item in enumerate(items):
            names = item.get("ErrorEquals") if isinstance(item, dict) else None
            if not isinstance(names, list) or "States.ALL" not in names:
                continue
            where = (*place, number, "ErrorEquals")
            if len(names) > 1:
                yield Broken(where, "States.ALL stands alone", "Delete the other names.")
            if number < len(items) - 1:
                yield Broken(
                    where, "States.ALL is to come last", f"Move it to the end of {place[-1]}."
                )


@rule(
    "P133",
    "warning",
    source=_HANDLING,
    quote="The value you specify in this field limits the exponential wait times resulting from "
    "the backoff rate multiplier applied to each consecutive retry attempt.",
    bad=_retry({**_errors("States.ALL"), "IntervalSeconds": 60, "MaxDelaySeconds": 60}),
    good=_retry({**_errors("States.ALL"), "IntervalSeconds": 10, "MaxDelaySeconds": 60}),
)
def a_longest_delay_exceeds_the_first(machine: Machine) -> Iterator[Broken]:
    """MaxDelaySeconds is greater than IntervalSeconds: otherwise the delays never grow."""
    for place, retrier in _objects(machine):
        if place[-2] != "Retry":
            continue
        longest, first = retrier.get("MaxDelaySeconds"), retrier.get("IntervalSeconds", 1)
        if isinstance(longest, int) and isinstance(first, int) and longest <= first:
            yield Broken(
                (*place, "MaxDelaySeconds"),
                f"{longest:,} is not greater than IntervalSeconds, {first:,}",
            )


@rule(
    "P134",
    source=f"{_SPECIFICATION}#retrying-after-error",
    quote='Task States, Parallel States, and Map States MAY have a field named "Retry", whose '
    "value MUST be an array of objects, called Retriers.",
    bad=_retry("States.ALL"),
    good=_retry(_errors("States.ALL")),
)
def retriers_and_catchers_are_objects(machine: Machine) -> Iterator[Broken]:
    """Retry and Catch are lists of objects."""
    for place, items in _lists(machine):
        for number, item in enumerate(items):
            if not isinstance(item, dict) and not is_open(item):
                yield Broken((*place, number), "an object is expected")


@rule(
    "P135",
    "warning",
    source=_HANDLING,
    quote="When used in a retry or catch, States.TaskFailed acts as a wildcard that matches any "
    "known error name except for States.Timeout.",
    bad=_retry(_errors("States.TaskFailed"), _errors("Lambda.ServiceException")),
    good=_retry(_errors("Lambda.ServiceException"), _errors("States.TaskFailed")),
)
def every_error_name_can_match(machine: Machine) -> Iterator[Broken]:
    """The first retrier, or catcher, that names an error is the one that is asked.  A name that
    an earlier one has, or one behind States.TaskFailed, which matches all but a timeout, never
    matches."""
    for place, items in _lists(machine):
        seen: dict[str, int] = {}
        for number, item in enumerate(items):
            names = item.get("ErrorEquals") if isinstance(item, dict) else None
            listed = names if isinstance(names, list) else ()
            texts = [name for name in listed if isinstance(name, str)]
            never: dict[int, list[str]] = {}
            for name in texts:
                earlier = _handled_by(name, seen)
                if earlier is not None:
                    never.setdefault(earlier, []).append(name)
            for earlier, names_of_it in never.items():
                come, it = ("comes", "it") if len(names_of_it) == 1 else ("come", "them")
                yield Broken(
                    (*place, number, "ErrorEquals"),
                    f"{_listed(names_of_it)} never {come} here: "
                    f"{place[-1]}[{earlier}] matches {it} before",
                    "Put the more specific one first.",
                )
            for name in texts:
                seen.setdefault(name, number)


def _listed(names: Sequence[str]) -> str:
    """``A, B and C``."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _handled_by(name: str, seen: Mapping[str, int]) -> int | None:
    if name in seen:
        return seen[name]
    is_one = name != ALL and is_task_failed(name)
    return seen.get(TASK_FAILED) if is_one else None


@rule(
    "P136",
    "warning",
    source=_HANDLING,
    quote="A States.Runtime error isn't retriable, and will always cause the execution to fail.",
    bad=_retry(_errors("States.Runtime")),
    good=_retry(_errors("States.Timeout")),
)
def only_errors_that_can_be_handled_are_named(machine: Machine) -> Iterator[Broken]:
    """Retry and Catch name no error that ends the execution at once: States.Runtime, as which a
    Choice without a match is reported too.  Nothing retries or catches it, States.ALL included."""
    for place, found in _objects(machine):
        names = found.get("ErrorEquals")
        for number, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str) and name in _FATAL:
                yield Broken(
                    (*place, "ErrorEquals", number),
                    f"{name} is never handled: {_FATAL[name]}",
                    "Delete it, and avoid the error: test the data in a Choice before.",
                )


@once_per_machine
def _lists(machine: Machine) -> Iterator[tuple[Place, list[Any]]]:
    """Every list of retriers or catchers."""
    for state in machine.states:
        for name in ("Retry", "Catch"):
            value = state.fields.get(name)
            if isinstance(value, list):
                yield state.at(name), value


@once_per_machine
def _objects(machine: Machine) -> Iterator[tuple[Place, Object]]:
    """Every retrier and catcher that is an object."""
    for place, items in _lists(machine):
        for number, item in enumerate(items):
            if isinstance(item, dict):
                yield (*place, number), item
