"""A text that has been read: its value, and where in the text each part of it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.asl.model import Place
from pipelines.errors import InputError

MAX_BYTES = 25_000_000
"""The largest file that is read: twenty times what a definition or a template may have."""


@dataclass(frozen=True, order=True)
class Position:
    """A line and a column, both counted from 1."""

    line: int
    column: int


class Source(Protocol):
    """What a reader makes of a text.

    Attributes:
        value: A JSON value.
        duplicates: The places of keys that stand in their object a second time; the value has
            the last one.
    """

    value: Any
    duplicates: tuple[Place, ...]

    def position(self, place: Place) -> Position:
        """Where a place stands; if it is none in this text, where the nearest around it does.

        A member stands where its key does.
        """


def position_at(text: str, index: int) -> Position:
    """The position of a character."""
    return Position(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


class Unreadable(InputError):
    """A text is not what its file's name says; `position` is where that shows."""

    def __init__(self, problem: str, position: Position | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.position = position
