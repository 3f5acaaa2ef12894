"""What is known of a request before it is sent: the facts that hold between its members."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.asl.checker.requests.texts import is_placeholder
from pipelines.asl.model import Place


class Known(NamedTuple):
    """An object of a request whose members are written out, though not all of their values.

    Attributes:
        place: Where it stands.
        value: The object.
        has_paths: Whether a key that ends in ``.$`` is a member whose value is not known.
        misspelt: The places of members that are there under a name that there is not.
    """

    place: Place
    value: Mapping[str, Any]
    has_paths: bool = True
    misspelt: frozenset[Place] = frozenset()

    def has(self, name: str) -> bool:
        """Whether the member is there, its value known or not; null is as good as nothing."""
        place, value, has_paths, misspelt = self
        if value.get(name) is not None or (has_paths and f"{name}.$" in value):
            return True
        return bool(misspelt) and (*place, name) in misspelt

    def present(self, *names: str) -> list[str]:
        """Those of the members that are there."""
        return [name for name in names if self.has(name)]

    def text(self, name: str) -> str | None:
        """The member's text; None: it is not there, not known or not a text."""
        value = self.value.get(name)
        return value if isinstance(value, str) and not is_placeholder(value) else None

    def number(self, name: str) -> float | None:
        """The member's number; None: it is not there, not known or not a number."""
        value = self.value.get(name)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number else None

    def is_true(self, name: str) -> bool:
        """Whether the member is known to be true."""
        return self.value.get(name) is True

    def may_be_true(self, name: str) -> bool:
        """Whether the member is true or its value is not known."""
        return self.has(name) and self.value.get(name) is not False

    def at(self, *names: str) -> Place:
        """The place of a member."""
        return (*self.place, *names)

    def inner(self, name: str) -> Known | None:
        """The member's object; None: it is not there, or not known."""
        value = self.value.get(name)
        if not isinstance(value, (dict, Mapping)):  # the first is asked a good deal faster
            return None
        return Known(self.at(name), value, self.has_paths, self.misspelt)

    def select(self, path: str) -> list[Known]:
        """The objects at a path like ``InputDataConfig[].DataSource``; empty: itself."""
        found = [self]
        for name, is_list in steps_of(path):
            found = [inner for each in found for inner in each.at_step(name, is_list)]
            if not found:
                break
        return found

    def at_step(self, name: str, is_list: bool) -> list[Known]:
        """The member's object, or the objects in its list."""
        value = self.value.get(name)
        if isinstance(value, dict) and not is_list:
            return [Known((*self.place, name), value, self.has_paths, self.misspelt)]
        if isinstance(value, list) and is_list:
            return [
                Known((*self.place, name, number), item, self.has_paths, self.misspelt)
                for number, item in enumerate(value)
                if isinstance(item, dict)
            ]
        return []


@lru_cache(maxsize=1024)
def steps_of(path: str) -> tuple[tuple[str, bool], ...]:
    """Each member of a path, and whether it is a list whose elements are meant."""
    steps = path.split(".") if path else []
    return tuple((step.removesuffix("[]"), step.endswith("[]")) for step in steps)
