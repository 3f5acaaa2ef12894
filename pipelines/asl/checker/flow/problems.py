"""What the analysis finds, and how it says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from pipelines.asl.checker.flow.values.queries import Many, Query, Step
from pipelines.asl.checker.flow.values.reading import Reading
from pipelines.asl.checker.flow.values.types import Presence, Type
from pipelines.asl.model import Place

_NAMES_SHOWN = 6
_ACRONYM = re.compile("[A-Z]{2}")


@dataclass(frozen=True)
class Problem:
    """A broken rule of data flow.

    Attributes:
        rule: Its id.
        lacking: The steps of a path into the state's input that finds nothing, whoever lost it.
    """

    rule: str
    place: Place
    message: str
    remedy: str = ""
    lacking: tuple[Step, ...] = ()


class Source(NamedTuple):
    """What `$` stands for in a field.

    Attributes:
        type: Its type.
        words: What it is, in words.
        is_input: It is the state's input as it came.
    """

    type: Type
    words: str = "the input"
    is_input: bool = False


def written(root: str, steps: Sequence[Step]) -> str:
    """A path as people write it.

    >>> written("$", ["list", 0, "my key"])
    "$.list[0]['my key']"
    """
    text = root if root in ("$", "$$") else f"${root}"
    for step in steps:
        if isinstance(step, Many):
            text += step.value
        elif isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if step.isidentifier() else f"[{step!r}]"
    return text


def missing(query: Query, reading: Reading, words: str) -> tuple[str, str]:
    """Why a path finds nothing, and what may have been meant.

    Args:
        query: The path.
        reading: Its reading, which is missing.
        words: What the path's root is.
    """
    step = query.steps[reading.depth]
    where = written(query.root, query.steps[: reading.depth])
    subject = f"{where} ({words})" if reading.depth == 0 and words else where
    problem = f"{query.text} leads nowhere: {subject} {_has(reading.there, step)}"
    return problem, _meant(query, reading)


def _meant(query: Query, reading: Reading) -> str:
    """The path that was probably meant in place of one that may find nothing."""
    close = _near(query.steps[reading.depth], reading.there)
    if not close:
        return ""
    meant = written(query.root, (*query.steps[: reading.depth], close))
    return f"Use {meant}, if that is meant."


def is_disputed(query: Query, reading: Reading) -> bool:
    """Whether what is missing is a service's member in other capitals: how Step Functions writes
    MIMETypes and its like is nowhere told, so that such a path is no certain error."""
    step = query.steps[reading.depth]
    object = reading.there.object
    if not isinstance(step, str) or object is None:
        return False
    return any(
        name.lower() == step.lower()
        and field.presence is Presence.USUALLY
        and _ACRONYM.search(f"{name} {step}")
        for name, field in object.fields.items()
    )


def _has(there: Type, step: Step) -> str:
    object, array = there.object, there.array
    if isinstance(step, str) and object is not None:
        names = _names(there)
        if not names:
            return "is an empty object"
        shown = ", ".join(names[:_NAMES_SHOWN])
        return f"has only {shown}" + (
            f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
        )
    if isinstance(step, int) and array is not None:
        return f"has {len(array.items)} element{'' if len(array.items) == 1 else 's'}"
    return f"is {there}"


def _names(there: Type) -> list[str]:
    fields = there.object.fields if there.object else {}
    return [name for name, field in fields.items() if not field.type.is_never]


def _near(step: Step, there: Type) -> str:
    names = _names(there)
    if not isinstance(step, str) or not names:
        return ""
    by_small = {name.lower(): name for name in names}
    if step.lower() in by_small:
        return by_small[step.lower()]
    close = get_close_matches(step, names, n=1)
    return close[0] if close else ""


_GUARD = "See to it on every path, or ask whether it is there before."


def doubt(query: Query, reading: Reading) -> tuple[str, str]:
    """What may be nothing, of a path that may lead nowhere, and what to do about it."""
    where = written(query.root, query.steps[: reading.depth])
    step = query.steps[reading.depth]
    object = reading.there.object
    if isinstance(step, str) and object is None:
        return f"{where} may be {reading.there}", _GUARD
    if object is not None and object.is_undescribed(step):
        described = f"{where} {_has(reading.there, step)}, as the service's model describes it"
        return described, _meant(query, reading)
    name = f"'{step}'" if isinstance(step, str) else f"element {step}"
    return f"{where} may be without {name}", _GUARD


def shown(type: Type) -> str:
    """A type, or its only values."""
    if len(type.kinds) == 1:
        if type.number is not None and type.number.values:
            return " or ".join(f"{value:g}" for value in sorted(type.number.values))
        literals = type.text.literals if type.text else None
        if literals:
            return " or ".join(repr(text) for text in sorted(literals))
    return str(type)
