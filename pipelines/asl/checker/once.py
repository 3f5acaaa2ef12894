"""What several rules need of a machine is found once, and kept for as long as it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from pipelines.asl.model import Machine

T = TypeVar("T")


def once(find: Callable[[Machine], T]) -> Callable[[Machine], T]:
    """Keep what a function makes of a machine; it is not None."""

    @wraps(find)
    def found(machine: Machine) -> T:
        known: T | None = machine.kept.get(found)
        if known is None:
            known = machine.kept[found] = find(machine)
        return known

    return found


def once_per_machine(find: Callable[[Machine], Iterable[T]]) -> Callable[[Machine], tuple[T, ...]]:
    """Keep all that a function finds in a machine."""
    return once(wraps(find)(lambda machine: tuple(find(machine))))
