"""The graph: where states hand over to, and whether that leads to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.asl.checker.rules.examples import END, compare, machine
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.checker.rules.tables import STATES
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Scope, State, Transition, show

MAX_COMPARED = 500
"""Names that a misspelt one is compared with: each of many takes as long as all others."""
_SPECIFICATION = "https://states-language.net/spec.html"
_DIAGNOSTICS = (
    "https://docs.aws.amazon.com/step-functions/latest/apireference/"
    "API_ValidateStateMachineDefinitionDiagnostic.html"
)


@rule(
    "P111",
    source=f"{_SPECIFICATION}#transition",
    quote='The value of the "Next" field MUST exactly and case-sensitively match the name of '
    "another state.",
    bad=machine(Check={"Type": "Pass", "Next": "Dnoe"}, Done=END),
    good=machine(Check={"Type": "Pass", "Next": "Done"}, Done=END),
)
def every_transition_has_a_target(machine: Machine) -> Iterator[Broken]:
    """StartAt, Next and Default name a state of the same scope: the machine, the branch of a
    Parallel or the processor of a Map.  Nothing leads into these, or out of them, but the state
    that they belong to."""
    everywhere: dict[str, Scope] | None = None
    for scope in machine.scopes:
        names = scope.names
        if not names:  # that there are no states is another rule's to say
            continue
        for each in scope.transitions:
            if each.target in names or is_open(each.target):
                continue
            if everywhere is None:
                everywhere = {name: other for other in machine.scopes for name in other.names}
            yield _dangling(each, scope, everywhere.get(each.target))


def _dangling(each: Transition, scope: Scope, other: Scope | None) -> Broken:
    if other is not None:
        return Broken(
            each.place,
            f"{each.target!r} is not in this scope but in {show(other.place)}",
            "End this scope, and go on from the Map or Parallel that it belongs to.",
        )
    near = nearest(each.target, scope.names) if len(scope.names) <= MAX_COMPARED else ""
    return Broken(each.place, f"there is no state {each.target!r}{near}")


@rule(
    "P112",
    source=_DIAGNOSTICS,
    quote='MISSING_TRANSITION_TARGET: The value of "Next" field doesn\'t match a known state name.',
    bad=machine(Check={"Type": "Pass", "Next": "Done"}, Done=END, Report=END),
    good=machine(Check={"Type": "Pass", "Next": "Done"}, Done=END),
)
def every_state_can_be_reached(machine: Machine) -> Iterator[Broken]:
    """Every state lies on a way from its scope's StartAt.  AWS refuses one that does not, with
    ``State "…" is not reachable``.  Of a chain of such states the first one is told; nothing is,
    where a state that can be reached does not say, or not rightly, where it leads."""
    for scope in machine.scopes:
        reached = _reached(scope)
        if reached is None:
            continue
        lost = [name for name in scope.states if name not in reached]
        led_to = {target for name in lost for target in scope.targets.get(name, ())}
        # What nothing leads to, and then what only a ring of such states leads to.
        for name in (*(each for each in lost if each not in led_to), *lost):
            if name not in reached:
                _extend(reached, name, scope.targets)
                yield Broken(
                    scope.states[name].place,
                    "no state that can be reached hands over to this one",
                    "Hand over to it, or delete it.",
                )


def _reached(scope: Scope) -> set[str] | None:
    """The names of the states on the ways from StartAt; None: the ways are not known."""
    if scope.start is None or scope.start not in scope.names:
        return None
    reached = _closure([scope.start], scope.targets)
    if reached >= scope.states.keys():  # then none has to tell where else it may lead
        return reached
    if any(name not in scope.states or _may_lead_on(scope.states[name]) for name in reached):
        return None
    return reached


def _may_lead_on(state: State) -> bool:
    """Whether a state may be meant to hand over to one that it does not name: a name that is
    filled in or misspelt, a Next that is missing, a field that the language does not have."""
    shape = STATES.get(state.type)
    if shape is None or not state.fields.keys() <= shape.fields.keys():
        return True
    needed: list[Any] = [state.fields] if "Next" in shape.fields and not _is_end(state) else []
    for name in ("Catch", "Choices"):
        items = state.fields.get(name, [])
        needed += items if isinstance(items, list) else [items]
    return any(
        not isinstance(each, dict) or not isinstance(each.get("Next"), str) for each in needed
    )


@rule(
    "P113",
    source=_DIAGNOSTICS,
    quote="MISSING_END_STATE: The workflow does not have a terminal state.",
    bad=machine(
        Ask={"Type": "Pass", "Next": "Wait"}, Wait={"Type": "Wait", "Seconds": 60, "Next": "Ask"}
    ),
    good=machine(
        Ask={
            "Type": "Choice",
            "Choices": [compare(BooleanEquals=True)],
            "Default": "Wait",
        },
        Wait={"Type": "Wait", "Seconds": 60, "Next": "Ask"},
        Done=END,
    ),
)
def every_state_leads_to_an_end(machine: Machine) -> Iterator[Broken]:
    """From every state there is a way to one that ends its scope: a Succeed, a Fail, or one with
    End.  Without it the execution goes round until its history is full.  Of the states that lead
    into a ring, the first one of the ring is told."""
    for scope in machine.scopes:
        sources: dict[str, list[str]] = defaultdict(list)
        for name, targets in scope.targets.items():
            for target in targets:
                sources[target].append(name)
        # What does not exist or hands over to nothing is another rule's to report.
        ends = {target for target in sources if target not in scope.states}
        for state in scope.states.values():
            if state.name not in scope.targets or _is_end(state):
                ends.add(state.name)
        leading = _closure(ends, sources)
        if len(leading) >= len(scope.states) and all(name in leading for name in scope.states):
            continue
        reached = _reached(scope)
        if reached is not None:  # what cannot be reached is another rule's, too
            leading |= scope.states.keys() - reached
        told: set[str] = set()
        behind: set[str] = set()
        for name in scope.states:
            if name in leading or name in told or name in behind:
                continue
            ring = _ring(name, scope.targets)
            _extend(told, ring, sources)
            _extend(behind, ring, scope.targets)
            yield Broken(
                scope.states[ring].place,
                "no way leads from here to an end",
                'Give a state of this ring "End": true, or a Choice with a way out.',
            )


def _ring(name: str, targets: Mapping[str, list[str]]) -> str:
    """The first state of a ring on the way from a state that leads to no end."""
    passed = set()
    while name not in passed:
        passed.add(name)
        name = targets[name][0]
    return name


@rule(
    "P114",
    source=f"{_SPECIFICATION}#states-fields",
    quote="The state name MUST be unique within the scope of the entire state machine, and its "
    "length MUST BE less than or equal to 80 Unicode characters.",
    bad=machine(
        Both={
            "Type": "Parallel",
            "Branches": [machine(Check=END), machine(Check=END)],
            "End": True,
        }
    ),
    good=machine(
        Both={
            "Type": "Parallel",
            "Branches": [machine(CheckRows=END), machine(CheckColumns=END)],
            "End": True,
        }
    ),
)
def state_names_are_unique(machine: Machine) -> Iterator[Broken]:
    """No two states of a machine have the same name, whatever branches and processors they are
    in: AWS answers DUPLICATE_STATE_NAME."""
    seen: dict[str, Scope] = {}
    for scope in machine.scopes:
        for name in scope.names:
            if name in seen:
                place, taken = (each.at("States", str(name)) for each in (scope, seen[name]))
                yield Broken(place, f"the name is taken by {show(taken)}", "Rename one.")
            else:
                seen[name] = scope


def _is_end(state: State) -> bool:
    return state.type in ("Succeed", "Fail") or state.fields.get("End") is True


def _closure(starts: Iterable[str], targets: Mapping[str, list[str]]) -> set[str]:
    """Everything that is reached from `starts`, which are included."""
    reached: set[str] = set()
    for start in starts:
        _extend(reached, start, targets)
    return reached


def _extend(reached: set[str], start: str, targets: Mapping[str, list[str]]) -> None:
    """Add what is reached from `start`, and `start` itself."""
    if start in reached:
        return
    reached.add(start)
    open_ends = [start]
    while open_ends:
        for target in targets.get(open_ends.pop(), ()):
            if target not in reached:
                reached.add(target)
                open_ends.append(target)
