"""What every section of the configuration is made of.

What is wrong is said in words that complete "<key> …".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


class Disagreement(NamedTuple):
    """Values that are right one by one and wrong together; `key` is the one to look at."""

    key: tuple[str | int, ...]
    message: str


class Part(BaseModel):
    """A part of the configuration: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """What is wrong between the values of this part.

        Any of them may be missing or wrong in itself in `given`, which is reported elsewhere: one
        mistake does not hide another.
        """
        yield from ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for key, message in self.disagreements(self.model_dump()):
            where = ".".join(map(str, key))
            raise PydanticCustomError(
                "disagreement", "{where}: {message}", {"where": where, "message": message}
            )
        return self


def exactly_one(given: Mapping[str, Any], *keys: str) -> Iterator[Disagreement]:
    """Of these keys one has a value."""
    present = [key for key in keys if given.get(key) is not None]
    if not present:
        null = [key for key in keys if key in given]
        yield Disagreement(tuple(null[:1]), f"needs {' or '.join(keys)}")
    elif len(present) > 1:
        yield Disagreement((present[-1],), f"cannot stand beside {present[0]}: remove one")


class Switchable(Part):
    """A section whose step is absent from the definition without it, or with `enabled: false`."""

    enabled: bool = True


def is_on(section: Switchable | None) -> bool:
    """Whether the step of a section is in the definition."""
    return section is not None and section.enabled
