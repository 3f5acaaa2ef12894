"""The analysis of a machine: what is known when each of its states is entered.

Facts flow along the transitions until nothing new comes.  States are taken in the order in which
a machine without loops runs them, so that each of its states is looked at once.  Where loops meet
that have much to tell, most come to an end by themselves; where one brings something new for the
24th time, it is widened, and after the 48th nothing is known.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.asl.checker.flow.context import Contexts
from pipelines.asl.checker.flow.facts import ANYTHING, Exit, Facts
from pipelines.asl.checker.flow.journeys import Journeys
from pipelines.asl.checker.flow.leaving import visit
from pipelines.asl.checker.flow.problems import Problem
from pipelines.asl.checker.flow.requests import misfits
from pipelines.asl.checker.flow.values.joining import join
from pipelines.asl.checker.flow.values.queries import Step
from pipelines.asl.checker.flow.values.reading import Reading
from pipelines.asl.checker.flow.values.types import NEVER, UNKNOWN, Type
from pipelines.asl.model import Machine, Place, Scope, State

Answers = Callable[[str], Type]
"""What a Task's resource answers, by its ARN; UNKNOWN if nobody knows."""

_WIDEN_AFTER = 24
_GIVE_UP_AFTER = 48
_MAX_DEPTH = 20
"""How deep scopes may be nested that are looked into, at some ten frames of Python's stack each."""


@dataclass
class Analysis:
    """What is known of a machine.

    Attributes:
        execution_input: The type of an execution's input.
        result_type: What resources answer.
        answers: What Tasks answer beyond that, by the names of their states.
        entries: What is known when a state is entered; states that nothing reaches are not there.
        exits: The ways out of these states.
        outputs: What the scopes give; those that cannot end well are not there.
    """

    machine: Machine
    execution_input: Type
    result_type: Answers
    answers: Mapping[str, Type] = field(default_factory=dict)
    entries: dict[State, Facts] = field(default_factory=dict)
    exits: dict[State, list[Exit]] = field(default_factory=dict)
    outputs: dict[Scope, Type] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._visits: dict[State, int] = {}
        self._orders: dict[Scope, dict[str, int]] = {}
        self._contexts = Contexts(self.execution_input)
        self._problems: dict[State, list[Problem]] = {}
        self.run(self.machine.top, Facts(self.execution_input))

    @property
    def problems(self) -> Iterator[Problem]:
        """What was found, by state."""
        journeys = Journeys(self)
        for state in self.machine.states:
            for problem in self._problems.get(state, ()):
                lost = journeys.lost(state, problem.lacking) if problem.lacking else ""
                yield replace(problem, message=f"{problem.message}; {lost}") if lost else problem

    # What a visit asks for.

    def context(self, state: State, item: Type | None = None) -> Type:
        return self._contexts.of(state, item)

    def read_context(
        self, state: State, steps: tuple[Step, ...], item: Type | None = None
    ) -> Reading:
        return self._contexts.read(state, steps, item)

    def result(self, resource: str) -> Type:
        return self.result_type(resource)

    def declared(self, state: State) -> Type | None:
        return self.answers.get(state.name)

    def misfits(
        self, resource: str, root: Place, values: list[tuple[Place, Type]]
    ) -> Iterable[Problem]:
        return misfits(resource, root, values)

    def run(self, scope: Scope, facts: Facts) -> Type:
        """What a scope gives for facts at its start, together with all that came there before."""
        start = scope.states.get(scope.start or "")
        if start is None or _depth(scope) > _MAX_DEPTH:
            return UNKNOWN
        order = self._order(scope)
        waiting = _Waiting(order)
        self._enter(start, facts, waiting)
        while waiting.queue:
            state = scope.states[waiting.pop()]
            exits, problems = visit(state, self.entries[state], self)
            self.exits[state], self._problems[state] = exits, problems
            for each in exits:
                if each.facts.is_dead:
                    continue
                if each.target is None:
                    self._end(scope, each.facts)
                elif each.target in scope.states:
                    self._enter(scope.states[each.target], each.facts, waiting)
        return self.outputs.get(scope, NEVER)

    def _enter(self, state: State, facts: Facts, waiting: _Waiting) -> None:
        """Note what is known on one more way into a state, and visit it if that is new."""
        known = self.entries.get(state)
        if known is None:
            new = facts
        else:
            new = known.joined(facts)
            if new is known:
                return
            visits = self._visits[state] = self._visits.get(state, 0) + 1
            if visits >= _GIVE_UP_AFTER:
                new = ANYTHING
            elif visits >= _WIDEN_AFTER:
                new = known.widened(new)
        self.entries[state] = new
        waiting.push(state.name)

    def _end(self, scope: Scope, facts: Facts) -> None:
        known = self.outputs.get(scope, NEVER)
        self.outputs[scope] = join(known, facts.input)

    def _order(self, scope: Scope) -> dict[str, int]:
        """The states' numbers, such that only a loop goes back to a smaller one."""
        if scope not in self._orders:
            self._orders[scope] = _reverse_postorder(scope)
        return self._orders[scope]


class _Waiting:
    """The states of a scope that are to be visited, each once, in their order."""

    def __init__(self, order: dict[str, int]) -> None:
        self.order = order
        self.queue: list[tuple[int, str]] = []
        self.names: set[str] = set()

    def push(self, name: str) -> None:
        if name not in self.names:
            self.names.add(name)
            heapq.heappush(self.queue, (self.order.get(name, len(self.order)), name))

    def pop(self) -> str:
        _, name = heapq.heappop(self.queue)
        self.names.discard(name)
        return name


def _reverse_postorder(scope: Scope) -> dict[str, int]:
    targets = scope.targets
    finished: list[str] = []
    seen = {scope.start or ""}
    stack = [(scope.start or "", iter(targets.get(scope.start or "", ())))]
    while stack:
        name, rest = stack[-1]
        for target in rest:
            if target not in seen and target in scope.states:
                seen.add(target)
                stack.append((target, iter(targets.get(target, ()))))
                break
        else:
            finished.append(name)
            stack.pop()
    return {name: number for number, name in enumerate(reversed(finished))}


def _depth(scope: Scope) -> int:
    depth = 0
    while scope.parent is not None:
        scope, depth = scope.parent.scope, depth + 1
    return depth
