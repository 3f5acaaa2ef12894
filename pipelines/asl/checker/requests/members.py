"""The keys that an object of a request can have."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from pipelines.asl.integrations import Shape
from pipelines.asl.integrations.shapes import members_by_spelling


class Member(NamedTuple):
    """What a key stands for.

    Attributes:
        name: The model's name for it.
        shape: Of its value; None: the key ends in ``.$``, and the value is not known.
    """

    name: str
    shape: Shape | None


@lru_cache(maxsize=4096)
def keys_of(shape: Shape, spelling: Callable[[str], str], has_paths: bool) -> dict[str, Member]:
    """Every key of a structure, each member written by `spelling`, and with ``.$`` if it has
    paths."""
    keys: dict[str, Member] = {}
    for written, name in members_by_spelling(shape, spelling).items():
        keys[written] = Member(name, shape.members[name])
        if has_paths:
            keys[f"{written}.$"] = Member(name, None)
    return keys
