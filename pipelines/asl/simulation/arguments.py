"""Refuses arguments of simulate() that are of another kind than it takes, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any

from pipelines.asl.simulation.errors import SimulationError
from pipelines.asl.simulation.faults import Fault


def _are_faults(value: Any) -> bool:
    return isinstance(value, Sequence) and all(isinstance(each, Fault) for each in value)


def _is_context(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(part, Mapping) for part in value.values())


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "tasks": (lambda value: isinstance(value, Mapping) or hasattr(value, "run"), "{'Train': {…}}"),
    "faults": (_are_faults, "[fail('Train', 'Busy')]"),
    "clock": (lambda value: hasattr(value, "now"), "JumpingClock(START)"),
    "context": (_is_context, "{'Execution': {'Name': …}}"),
    "objects": (lambda value: isinstance(value, Mapping), "{'bucket/key': b'…'}"),
}


def require_kinds(**given: Any) -> None:
    """Look at each argument that is given for what will be asked of it.

    Raises:
        SimulationError: it is of another kind; the first that is.

    >>> require_kinds(tasks={"Train": 1}, clock=None)
    """
    for name, value in given.items():
        is_right, example = _KINDS[name]
        if value is not None and not is_right(value):
            raise SimulationError(f"`{name}` is to be like {example}")


def require_no_text(definition: Any) -> None:
    """Hold a definition to be one, and not its text or its file's name.

    Raises:
        SimulationError: it is text or a path.
    """
    if isinstance(definition, str | bytes | PathLike):
        raise SimulationError(
            "`definition` is to be the state machine itself, a dictionary: json.loads(text) makes"
            " one of text, and the fixture `state_machine` takes a file"
        )
