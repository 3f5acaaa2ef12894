"""JSONPath as the states language has it: paths, reference paths, the context object.

The library python-jsonpath reads the paths; what ASL adds is here.  A path that can name
one place at most ($.list[0].x) yields the value there, and it is an error if there is none.
Any other ($.list[*].x) yields a list of what it found, maybe empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonpath
from jsonpath.selectors import IndexSelector, NameSelector

from pipelines.asl.errors import AslSyntaxError

Step = str | int

_ENVIRONMENT = jsonpath.JSONPathEnvironment()


class PathNotFound(LookupError):
    """A path that names one place leads nowhere in `value`."""

    def __init__(self, text: str, value: Any) -> None:
        super().__init__(f"{text} leads nowhere")
        self.text = text
        self.value = value


@dataclass(frozen=True)
class Scope:
    """What a path is read in: `$` is the data, `$$` the context object."""

    data: Any
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Path:
    """A path that parsed.

    Attributes:
        text: As written, `$$` included.
        in_context: It starts with `$$`.
        steps: Names and indexes, if it can name one place at most; else None.
        query: The library's compiled form.
    """

    text: str
    in_context: bool
    steps: tuple[Step, ...] | None
    query: jsonpath.JSONPath

    def read(self, scope: Scope) -> Any:
        """The value, or the list of values, that the path names.

        Raises:
            PathNotFound: the path can name one place only, and there is none.
        """
        data = scope.context if self.in_context else scope.data
        if self.steps is None:
            return self.query.findall(data)
        value = data
        for step in self.steps:
            try:
                value = _step(value, step)
            except LookupError:
                raise PathNotFound(self.text, data) from None
        return value


def _step(value: Any, step: Step) -> Any:
    if isinstance(step, str) and isinstance(value, Mapping):
        return value[step]
    if isinstance(step, int) and isinstance(value, list):
        return value[step]
    raise LookupError(step)


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """Read a path.

    >>> parse_path("$.list[0].x").read(Scope({"list": [{"x": 1}]}, {}))
    1
    >>> parse_path("$.list[*].x").read(Scope({"list": [{"x": 1}]}, {}))
    [1]
    >>> parse_path("$$.Execution.Name").read(Scope({}, {"Execution": {"Name": "n1"}}))
    'n1'

    Raises:
        AslSyntaxError: it is not a JSONPath that starts with `$`.
    """
    if not text.startswith("$"):
        raise AslSyntaxError(f"{text!r} is not a path: a path starts with $")
    in_context = text.startswith("$$")
    try:
        query = _ENVIRONMENT.compile(text[1:] if in_context else text)
    except jsonpath.JSONPathError as error:
        reason = str(error).splitlines()[0]
        raise AslSyntaxError(f"{text!r} is not a JSONPath: {reason}") from None
    if not isinstance(query, jsonpath.JSONPath):
        raise AslSyntaxError(f"{text!r} is not a JSONPath but several")
    return Path(text, in_context, _steps(query), query)


def _steps(query: jsonpath.JSONPath) -> tuple[Step, ...] | None:
    """The names and indexes of a query that can name one place at most."""
    if not query.singular_query():
        return None
    steps: list[Step] = []
    for segment in query.segments:
        (selector,) = segment.selectors
        if isinstance(selector, NameSelector):
            steps.append(selector.name)
        elif isinstance(selector, IndexSelector):
            steps.append(selector.index)
        else:
            return None
    return tuple(steps)


@lru_cache(maxsize=1024)
def parse_reference_path(text: str) -> tuple[Step, ...]:
    """Read a path that names exactly one place in the data, as ResultPath wants it.

    >>> parse_reference_path("$.results[0].score")
    ('results', 0, 'score')

    Raises:
        AslSyntaxError: not a path, one into the context object, one with several answers,
            or an index from the end.
    """
    path = parse_path(text)
    if path.in_context:
        raise AslSyntaxError(f"{text!r} lies in the context object, which cannot be written")
    if path.steps is None:
        raise AslSyntaxError(f"{text!r} can name several places; a reference path names one")
    if any(isinstance(step, int) and step < 0 for step in path.steps):
        raise AslSyntaxError(f"{text!r} counts from the end, which a reference path may not")
    return path.steps


def put(data: Any, steps: tuple[Step, ...], value: Any) -> Any:
    """A copy of `data` with `value` at a reference path; objects on the way are made.

    >>> put({"a": 1}, ("b", "c"), 2)
    {'a': 1, 'b': {'c': 2}}

    Raises:
        LookupError: something on the way is no object, or a list without that index.
    """
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        if not isinstance(data, list) or step >= len(data):
            raise LookupError(step)
        return [*data[:step], put(data[step], rest, value), *data[step + 1 :]]
    if not isinstance(data, Mapping):
        raise LookupError(step)
    return {**data, step: put(data.get(step, {}), rest, value)}
