"""P411, P412, P415: loops and Maps that fill the history of an execution."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.once import once_per_machine
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, Scope, State

MAX_EVENTS = 25_000
SHORT_S = 12 * 3600
"""A loop that fills the history within this time is told of."""
INLINE_CONCURRENCY = 40

_QUOTAS = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"
_QUOTE = "AWS Step Functions has a hard quota of 25,000 entries in the execution event history."
_EVENTS = {"Task": 5, "Choice": 2, "Pass": 2, "Wait": 2, "Parallel": 20, "Map": 20}
"""Events that a state adds to the history, at least."""
_COUNTS = re.compile(r"States\.MathAdd|[+-]\s*1\b|Numeric|States\.ArrayLength|\$count\(|Slice")
"""What a loop that ends by itself has: a number that grows, a list that gets shorter."""
_PAGES = re.compile(
    r"(?i)NextToken|NextPageToken|ContinuationToken|LastEvaluatedKey|Marker|IsPresent"
)


def _poll(**wait: Any) -> Any:
    machine = one_task(
        "aws-sdk:glue:getCrawler",
        {"Name": "runs"},
        ResultSelector={"state.$": "$.Crawler.State"},
        Next="Ready?",
        End=None,
    )
    ready = {"Variable": "$.state", "StringEquals": "READY", "Next": "Done"}
    again = "Pause" if wait else "Work"
    states: dict[str, Any] = {
        **machine["States"],
        "Ready?": {"Type": "Choice", "Choices": [ready], "Default": again},
        "Done": {"Type": "Succeed"},
    }
    if wait:
        states["Pause"] = {"Type": "Wait", **wait, "Next": "Work"}
    return {**machine, "States": states}


@rule(
    "P411",
    severity="warning",
    source=_QUOTAS,
    quote=_QUOTE,
    bad=_poll(Seconds=5),
    good=_poll(Seconds=60),
)
def a_polling_loop_does_not_fill_the_history(machine: Machine) -> Iterator[Broken]:
    """A loop that polls waits so long that 25,000 events last for half a day: an execution whose
    history is full fails. A nested execution, or an integration with .sync, needs no loop."""
    for loop in _loops(machine):
        waits = [_seconds(state) for state in loop if state.type == "Wait"]
        if not waits or None in waits or _ends_by_itself(loop):
            continue
        events = sum(_EVENTS.get(state.type, 0) for state in loop)
        lasts_s = MAX_EVENTS // events * sum(second or 0 for second in waits)
        if lasts_s < SHORT_S:
            pause = next(state for state in loop if state.type == "Wait")
            yield Broken(
                pause.place,
                f"{events} events a round fill the history within {max(lasts_s // 3600, 1)} hours",
                "wait longer, or give the loop an end",
            )


@rule(
    "P412",
    severity="warning",
    source=_QUOTAS,
    quote=_QUOTE,
    bad=_poll(),
    good=_poll(Seconds=60),
)
def a_loop_waits_or_counts(machine: Machine) -> Iterator[Broken]:
    """A loop waits between its rounds, or counts them, or goes through the pages of an answer:
    otherwise it calls a service as fast as it can, until the history is full."""
    for loop in _loops(machine):
        if any(state.type in ("Wait", "Parallel", "Map") or _waits(state) for state in loop):
            continue
        if not _ends_by_itself(loop):
            first = loop[0]
            yield Broken(
                first.place,
                f"it is entered again and again by way of {loop[-1].name!r}, without a Wait",
                "add a Wait, or count the rounds",
            )


@rule(
    "P415",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html",
    quote="In this mode, the Map state supports up to 40 concurrent iterations.",
    bad={"StartAt": "Each", "States": {"Each": {
        "Type": "Map", "MaxConcurrency": 500, "End": True,
        "ItemProcessor": {"StartAt": "Do", "States": {"Do": {"Type": "Pass", "End": True}}},
    }}},
    good={"StartAt": "Each", "States": {"Each": {
        "Type": "Map", "MaxConcurrency": 40, "End": True,
        "ItemProcessor": {"StartAt": "Do", "States": {"Do": {"Type": "Pass", "End": True}}},
    }}},
)  # fmt: skip
def an_inline_map_runs_forty_at_once(machine: Machine) -> Iterator[Broken]:
    """A Map in mode INLINE runs at most 40 iterations at once, whatever MaxConcurrency says, and
    all of them write into the history of the one execution; a Distributed Map runs thousands,
    each with a history of its own."""
    for state in machine.of_type("Map"):
        most = state.fields.get("MaxConcurrency")
        is_inline = all(_mode(scope) != "DISTRIBUTED" for scope in state.scopes)
        if is_inline and isinstance(most, int) and most > INLINE_CONCURRENCY:
            yield Broken(
                state.at("MaxConcurrency"),
                f"{most:,}: in mode INLINE the most is {INLINE_CONCURRENCY}",
                "use the mode DISTRIBUTED",
            )


def _mode(scope: Scope) -> object:
    config = scope.fields.get("ProcessorConfig")
    return config.get("Mode") if isinstance(config, dict) else None


@once_per_machine
def _loops(machine: Machine) -> Iterator[tuple[State, ...]]:
    """The states of each loop, in the order of the scope; loops that touch are one."""
    for scope in machine.scopes:
        for component in _components(scope):
            yield tuple(state for name, state in scope.states.items() if name in component)


def _components(scope: Scope) -> list[set[str]]:
    """The strongly connected parts of a scope's graph that have a loop (Tarjan, without calls)."""
    after = scope.targets
    numbers = {name: number for number, name in enumerate(scope.states)}
    if all(
        numbers.get(target, len(numbers)) > numbers[name]
        for name, targets in after.items()
        for target in targets
    ):
        return []  # as it is written no state leads back
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: dict[str, None] = {}
    found: list[set[str]] = []
    for root in after:  # a state that hands over to none is in no loop
        if root in index:
            continue
        work = [(root, iter(after[root]))]
        index[root] = low[root] = len(index)
        stack[root] = None
        while work:
            name, rest = work[-1]
            target = next(rest, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    part = _unwind(stack, name)
                    if len(part) > 1 or name in after[name]:
                        found.append(part)
            elif target not in after:
                continue
            elif target not in index:
                index[target] = low[target] = len(index)
                stack[target] = None
                work.append((target, iter(after[target])))
            elif target in stack:
                low[name] = min(low[name], index[target])
    return found


def _unwind(stack: dict[str, None], name: str) -> set[str]:
    part: set[str] = set()
    while name not in part:
        part.add(stack.popitem()[0])
    return part


def _seconds(state: State) -> int | None:
    seconds = state.fields.get("Seconds")
    is_number = isinstance(seconds, int) and not isinstance(seconds, bool)
    return seconds if is_number else None


def _waits(state: State) -> bool:
    resource = state.fields.get("Resource")
    return isinstance(resource, str) and (
        ".sync" in resource or ".waitForTaskToken" in resource or ":activity:" in resource
    )


def _ends_by_itself(loop: tuple[State, ...]) -> bool:
    """Whether something in the loop counts its rounds or goes through pages."""
    text = " ".join(json.dumps(state.fields, default=str) for state in loop)
    return _COUNTS.search(text) is not None or _PAGES.search(text) is not None
