"""What stands in a definition, wherever it stands: most rules need not ask where."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from pipelines.asl.checker.once import once
from pipelines.asl.model import Machine

MAX_DEPTH = 300
"""Objects and lists within one another; ten Maps in one another are 40 deep."""


class Contents(NamedTuple):
    """Attributes:
    keys: Of its objects.
    texts: The values that are texts, each as often as it stands there.
    is_too_deep: Whether there is more, nested deeper than that.
    """

    keys: set[Hashable]
    texts: list[str]
    is_too_deep: bool


@once
def contents(machine: Machine) -> Contents:
    """What stands in the machine's definition, looked through once."""
    return contents_of(machine.definition)


def contents_of(value: Any, above: int = 0) -> Contents:
    """What stands in an object or list that lies in so many others.

    Goes down level by level: what may be nested without end cannot be looked at recursively.
    """
    keys: set[Hashable] = set()
    texts: list[str] = []
    level = [value]
    for _ in range(MAX_DEPTH - above):
        within: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                keys.update(item)
                within += item.values()
            else:
                within += item
        level = []
        for each in within:
            if isinstance(each, str):
                texts.append(each)
            elif isinstance(each, (dict, list)):
                level.append(each)
        if not level:
            return Contents(keys, texts, False)
    return Contents(keys, texts, True)
