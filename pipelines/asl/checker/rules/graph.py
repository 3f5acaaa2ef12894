"""The graph: where states hand over to, and whether that leads to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Scope, State, transitions


@rule("P111")
def every_transition_has_a_target(machine: Machine) -> Iterator[Broken]:
    """StartAt, Next, Default and a catcher's Next name a state that exists in the same scope."""
    for scope in machine.scopes:
        if not scope.names:  # that there are no states is another rule's to say
            continue
        for each in transitions(scope):
            if each.target not in scope.names:
                known = nearest(each.target, scope.names)
                yield Broken(each.place, f"there is no state {each.target!r}{known}")


@rule("P112")
def every_state_can_be_reached(machine: Machine) -> Iterator[Broken]:
    """Every state lies on a path from StartAt; AWS refuses one that cannot be reached."""
    for scope in machine.scopes:
        if scope.start is None or scope.start not in scope.names:
            continue
        reached = _closure([scope.start], _edges(scope))
        for state in scope.states.values():
            if state.name not in reached:
                yield Broken(state.place, "no state that can be reached hands over to this one")


@rule("P113")
def every_state_leads_to_an_end(machine: Machine) -> Iterator[Broken]:
    """From every state there is a way to one that ends the execution: a Succeed, a Fail, or
    one with End.  Without it the execution goes round until its history is full."""
    for scope in machine.scopes:
        edges = _edges(scope)
        handing_over = {name for name, _ in edges}
        # What does not exist or hands over to nothing is another rule's to report.
        ends = {target for _, target in edges if target not in scope.states}
        for state in scope.states.values():
            if _is_end(state) or state.name not in handing_over:
                ends.add(state.name)
        leading = _closure(ends, [(target, name) for name, target in edges])
        for state in scope.states.values():
            if state.name not in leading:
                yield Broken(state.place, "no way leads from here to an end")


def _is_end(state: State) -> bool:
    return state.type in ("Succeed", "Fail") or state.fields.get("End") is True


def _edges(scope: Scope) -> list[tuple[str, str]]:
    return [(each.source.name, each.target) for each in transitions(scope) if each.source]


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
