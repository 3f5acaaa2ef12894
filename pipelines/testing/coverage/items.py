"""What a test suite can exercise in a state machine: states, transitions, retriers, catchers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.asl.model import Machine, Place, State, show

Kind = Literal["state", "transition", "retrier", "catcher"]

KINDS: tuple[Kind, ...] = ("state", "transition", "retrier", "catcher")


@dataclass(frozen=True, order=True)
class Item:
    """One thing that a test can exercise.

    Attributes:
        place: Where in the definition it stands, as people read it.
        label: The same in words: ``Good enough? → Register``.
    """

    kind: Kind
    place: str
    label: str


def items(definition: Mapping[str, Any]) -> list[Item]:
    """All there is in a definition, in its order.

    A transition is a state's Next or End, a Default, or a choice rule; a catcher's Next is the
    catcher, which is counted as such.

    >>> go = {"Type": "Pass", "Next": "Stop"}
    >>> machine = {"StartAt": "Go", "States": {"Go": go, "Stop": {"Type": "Succeed"}}}
    >>> [(item.kind, item.label) for item in items(machine)]
    [('state', 'Go'), ('transition', 'Go → Stop'), ('state', 'Stop')]
    """
    return [item for state in Machine(definition).states for item in _of_state(state)]


def _of_state(state: State) -> Iterator[Item]:
    yield Item("state", show(state.place), state.name)
    way_out = exit_of(state)
    if way_out is not None:
        place, target = way_out
        yield Item("transition", show(place), f"{state.name} → {target}")
    for place, rule in state.objects("Choices"):
        condition = f"{state.name}, rule {place[-1]}"
        yield Item("transition", show(place), f"{condition} → {rule.get('Next')}")
    for place, retrier in state.objects("Retry"):
        yield Item("retrier", show(place), f"{state.name} retries {_errors(retrier)}")
    for place, catcher in state.objects("Catch"):
        label = f"{state.name} catches {_errors(catcher)} → {catcher.get('Next')}"
        yield Item("catcher", show(place), label)


def exit_of(state: State) -> tuple[Place, str] | None:
    """How a state is left if no choice rule and no catcher says otherwise; None: it ends there.

    So does a Parallel with a branch that can only fail: what follows it is never reached.
    """
    if any(_can_only_fail(branch) for _, branch in state.objects("Branches")):
        return None
    for name in ("Next", "Default"):
        if isinstance(state.fields.get(name), str):
            return state.at(name), state.fields[name]
    return (state.at("End"), "the end") if state.fields.get("End") else None


def _can_only_fail(branch: Mapping[str, Any]) -> bool:
    """Whether a branch begins with a Fail, or with Passes that lead to one."""
    states, name = branch.get("States"), branch.get("StartAt")
    seen: set[Any] = set()
    while isinstance(states, Mapping) and isinstance(states.get(name), Mapping):
        state = states[name]
        if state.get("Type") != "Pass" or name in seen:
            return bool(state.get("Type") == "Fail")
        seen.add(name)
        name = state.get("Next")
    return False


def _errors(policy: Mapping[str, Any]) -> str:
    names = policy.get("ErrorEquals")
    return ", ".join(map(str, names)) if isinstance(names, list) else "nothing"
