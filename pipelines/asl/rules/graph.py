"""The graph: where states hand over to, and whether that leads to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from pipelines.asl.machine import Machine, Object
from pipelines.asl.rules import Broken, nearest, rule


@rule("P111")
def every_transition_has_a_target(machine: Machine) -> Broken:
    """StartAt, Next, Default and a catcher's Next name a state that exists."""
    names = _names(machine)
    for _, path, target in machine.transitions():
        if names and target not in names:  # that there are no states is another rule's to say
            yield path, f"there is no state {target!r}{nearest(target, machine.states)}"


@rule("P112")
def every_state_can_be_reached(machine: Machine) -> Broken:
    """Every state lies on a path from StartAt; AWS refuses one that cannot be reached."""
    start = machine.definition.get("StartAt")
    if not isinstance(start, str) or start not in _names(machine):
        return
    reached = _closure([start], _edges(machine))
    for name in machine.states:
        if name not in reached:
            yield f"States.{name}", "no state that can be reached hands over to this one"


@rule("P113")
def every_state_leads_to_an_end(machine: Machine) -> Broken:
    """From every state there is a way to one that ends the execution: a Succeed, a Fail, or
    one with End.  Without it the execution goes round until its history is full."""
    edges = _edges(machine)
    handing_over = {name for name, _ in edges}
    # What does not exist or hands over to nothing is another rule's to report.
    ends = {target for _, target in edges if target not in machine.states}
    for name, state in machine.states.items():
        if _is_end(state) or name not in handing_over:
            ends.add(name)
    leading = _closure(ends, [(target, name) for name, target in edges])
    for name in machine.states:
        if name not in leading:
            yield f"States.{name}", "no way leads from here to an end"


def _is_end(state: Object) -> bool:
    return state.get("Type") in ("Succeed", "Fail") or state.get("End") is True


def _names(machine: Machine) -> Collection[str]:
    states = machine.definition.get("States")
    return states.keys() if isinstance(states, Mapping) else ()


def _edges(machine: Machine) -> list[tuple[str, str]]:
    return [(name, target) for name, _, target in machine.transitions() if name]


def _closure(starts: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """Everything that the edges reach from `starts`, which are included."""
    targets: dict[str, list[str]] = defaultdict(list)
    for name, target in edges:
        targets[name].append(target)
    reached = set(starts)
    open_ends = list(reached)
    while open_ends:
        for target in targets[open_ends.pop()]:
            if target not in reached:
                reached.add(target)
                open_ends.append(target)
    return reached
