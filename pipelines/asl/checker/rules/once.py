"""What several rules need of a machine is found once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from pipelines.asl.model import Machine

T = TypeVar("T")


def once_per_machine(find: Callable[[Machine], Iterable[T]]) -> Callable[[Machine], tuple[T, ...]]:
    """Keep what a function finds in a machine for as long as the machine is there."""
    found: WeakKeyDictionary[Machine, tuple[T, ...]] = WeakKeyDictionary()

    @wraps(find)
    def kept(machine: Machine) -> tuple[T, ...]:
        if machine not in found:
            found[machine] = tuple(find(machine))
        return found[machine]

    return kept
