"""What a mutant is, and how a definition is changed in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.model import Place, show

OPERATORS = {
    "remove": "Remove a required field",
    "misspell": "Misspell a key",
    "type": "Wrong type or enum value",
    "transition": "Dangling transition",
    "path": "Path to nothing",
    "dollar": "`.$` or `{% %}` added or dropped",
    "bound": "A bound passed",
}


@dataclass(frozen=True)
class Mutant:
    """A definition with one defect: `change` says what was done at `place`."""

    operator: str
    place: Place
    change: str
    definition: Any

    def __str__(self) -> str:
        return f"{show(self.place)}: {self.change}"


def changed(definition: Any, place: Place, change: Callable[[Any, Any], None]) -> Any:
    """A copy in which ``change(holder, key)`` was done to what lies at `place`.

    What is not on the way there, it shares with the definition.
    """
    copy = definition.copy()
    holder = copy
    for step in place[:-1]:
        holder[step] = holder[step].copy()
        holder = holder[step]
    change(holder, place[-1])
    return copy


def replaced(definition: Any, place: Place, value: Any) -> Any:
    """A copy with another value there."""

    def put(holder: Any, key: Any) -> None:
        holder[key] = value

    return changed(definition, place, put)


def removed(definition: Any, place: Place) -> Any:
    """A copy without it."""

    def remove(holder: Any, key: Any) -> None:
        del holder[key]

    return changed(definition, place, remove)


def renamed(definition: Any, place: Place, name: str) -> Any:
    """A copy in which the key has another name, in the same position."""

    def rename(holder: Any, key: Any) -> None:
        items = [(name if each == key else each, value) for each, value in holder.items()]
        holder.clear()
        holder.update(items)

    return changed(definition, place, rename)


def misspelt(word: str) -> Iterator[str]:
    """A word with two letters the wrong way round, and with its first letter's case changed.

    >>> list(misspelt("Resource.$"))
    ['Resuorce.$', 'resource.$']
    """
    end = ".$" if word.endswith(".$") else ""
    word = word.removesuffix(".$")
    middle = (len(word) - 1) // 2
    for at in (*range(middle, len(word) - 1), *range(middle)):
        if word[at] != word[at + 1]:
            yield f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}{end}"
            break
    if word[:1].swapcase() != word[:1]:
        yield f"{word[:1].swapcase()}{word[1:]}{end}"


def states(scope: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every state of a machine with its place, those of the branches of its Parallels too."""
    for name, state in scope["States"].items():
        here: Place = (*place, "States", name)
        yield here, state
        for number, branch in enumerate(state.get("Branches", ())):
            yield from states(branch, (*here, "Branches", number))
