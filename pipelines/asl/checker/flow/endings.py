"""Where an execution can only fail, though the definition shows a way to a good end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.asl.checker.flow.analysis import Analysis
from pipelines.asl.checker.flow.facts import Exit
from pipelines.asl.checker.flow.problems import Problem
from pipelines.asl.model import Scope, State


def dead_ends(analysis: Analysis) -> Iterator[Problem]:
    """Each Choice whose only ways to a good end are ones that no value can take."""
    for scope in analysis.machine.scopes:
        reached = {
            name: analysis.exits[state]
            for name, state in scope.states.items()
            if state in analysis.exits
        }
        if all(not each.facts.is_dead for exits in reached.values() for each in exits):
            continue  # every way can be taken
        yield from _dead_ends(scope, reached)


def _dead_ends(scope: Scope, reached: Mapping[str, list[Exit]]) -> Iterator[Problem]:
    shown = _ending(scope, _written(scope))
    taken = _ending(scope, {name: _targets(exits) for name, exits in reached.items()})
    for name, exits in reached.items():
        if name in taken:
            continue
        for each in exits:
            if each.facts.is_dead and each.target in shown:
                yield Problem(
                    "P313",
                    each.place[:-1],
                    f"from {name!r} on, an execution can only fail: the way to {each.target!r}"
                    " is never taken",
                    "Compare what is there, with its type.",
                )


def _written(scope: Scope) -> dict[str, list[str | None]]:
    """The states that each state names as the next; None: it ends well."""
    targets: dict[str, list[str | None]] = {name: [] for name in scope.states}
    for each in scope.transitions:
        if each.source is not None:
            targets[each.source.name].append(each.target)
    for name, state in scope.states.items():
        if _ends(state):
            targets[name].append(None)
    return targets


def _ends(state: State) -> bool:
    return state.type == "Succeed" or state.fields.get("End") is True


def _targets(exits: list[Exit]) -> list[str | None]:
    return [each.target for each in exits if not each.facts.is_dead]


def _ending(scope: Scope, targets: Mapping[str, list[str | None]]) -> set[str]:
    """The states from which one of the ways leads to a good end."""
    sources: dict[str | None, list[str]] = {}
    for name, each in targets.items():
        for target in each:
            sources.setdefault(target, []).append(name)
    ending: set[str] = set()
    waiting = list(sources.get(None, ()))
    while waiting:
        name = waiting.pop()
        if name not in ending:
            ending.add(name)
            waiting += sources.get(name, ())
    return ending
