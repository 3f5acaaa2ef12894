"""What several rules need of a machine is found once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from pipelines.asl.model import Machine

T = TypeVar("T")


def once_per_machine(find: Callable[[Machine], Iterable[T]]) -> Callable[[Machine], tuple[T, ...]]:
    """Keep what a function finds in a machine for as long as the machine is there."""

    @wraps(find)
    def found(machine: Machine) -> tuple[T, ...]:
        known: tuple[T, ...] | None = machine.kept.get(found)
        if known is None:
            known = machine.kept[found] = tuple(find(machine))
        return known

    return found
