"""JSONPath as the states language has it: paths, reference paths, context object, variables.

`path_syntax` says what a path is.  One that can name one place at most ($.list[0].x) yields the
value there, null for an element beyond its array's end, and it is an error if there is none.  Any
other ($.list[*].x) yields a list of what the library python-jsonpath finds, maybe empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.filters import environment, standard_filter
from pipelines.asl.json_text import dumps
from pipelines.asl.path_syntax import PathSyntax, Segment, Step, parse_path_syntax

if TYPE_CHECKING:
    from jsonpath import JSONPath


NO_ELEMENT: Any = object()
"""What a path finds that leads to an element which its array does not have."""


class PathNotFound(LookupError):
    """A path that names one place leads nowhere in `value`; `reason` is AWS's word for why.

    Attributes:
        is_no_array: Whether an index is to be found in what is no array.
    """

    def __init__(self, text: str, value: Any, reason: str) -> None:
        super().__init__(f"{text} leads nowhere: {reason}")
        self.text = text
        self.value = value
        self.reason = reason
        self.is_no_array = reason.startswith("Filter: ")


@dataclass(frozen=True)
class Scope:
    """What a path is read in: `$` is the data, `$$` the context object, `$name` a variable.

    Attributes:
        quote: Writes a value as JSON text, for whoever has to say that it lacks something.
    """

    data: Any
    context: Mapping[str, Any]
    variables: Mapping[str, Any] = field(default_factory=dict)
    quote: Callable[[Any], str] = dumps


@dataclass(frozen=True)
class Path:
    """A path that parsed.

    Attributes:
        syntax: Its root and segments.
        steps: Names and indexes, if it can name one place at most; else None.
    """

    syntax: PathSyntax
    steps: tuple[Step, ...] | None

    @property
    def text(self) -> str:
        """As written."""
        return self.syntax.text

    @property
    def in_context(self) -> bool:
        """Whether it starts with `$$`."""
        return self.syntax.root == "$$"

    @property
    def variable(self) -> str | None:
        """The name of the variable that it starts from, if it starts from one."""
        return None if self.syntax.root in ("$", "$$") else self.syntax.root

    @cached_property
    def query(self) -> JSONPath:
        """The library's compiled form.

        Raises:
            AslSyntaxError: a filter has conditions that the library does not know.
        """
        return _compile(self.syntax)

    def read(self, scope: Scope) -> Any:
        """The value, or the list of values, that the path names.

        Raises:
            PathNotFound: as `find`.
        """
        found = self.find(scope)
        return None if found is NO_ELEMENT else found

    def find(self, scope: Scope) -> Any:
        """The value, or the list of values, that the path names; or NO_ELEMENT.

        Raises:
            PathNotFound: the path can name one place only, and there is none; or there is no
                such variable; or nobody can read its filter.
        """
        data = scope.context if self.in_context else scope.data
        if self.variable is not None:
            if self.variable not in scope.variables:
                raise PathNotFound(self.text, scope.data, f"No such variable: {self.variable}")
            data = scope.variables[self.variable]
        if self.steps is None:
            if self.syntax.segments[0].kind == "several" and not isinstance(data, list):
                raise PathNotFound(self.text, data, _no_array("[...]", data))
            try:
                return self.query.findall(data)
            except AslSyntaxError as error:
                raise PathNotFound(self.text, data, str(error)) from None
        value = data
        for number, step in enumerate(self.steps):
            try:
                value = _step(value, step)
            except LookupError:
                reason = _reason(self.steps, number, value)
                raise PathNotFound(self.text, data, reason) from None
        return value


def _step(value: Any, step: Step) -> Any:
    if isinstance(step, str) and isinstance(value, Mapping):
        return value[step]
    if isinstance(step, int) and isinstance(value, list):
        return value[step] if -len(value) <= step < len(value) else NO_ELEMENT
    raise LookupError(step)


def _reason(steps: tuple[Step, ...], number: int, value: Any) -> str:
    """Why the step of this number could not be taken from `value`."""
    step, path = steps[number], _normalized(steps[: number + 1])
    if isinstance(step, int):
        return _no_array(f"[{step}]", value)
    if not isinstance(value, Mapping):
        return (
            f"Expected to find an object with property ['{step}'] in path"
            f" {_normalized(steps[:number])}"
        )
    if number + 1 < len(steps):
        return f"Missing property in path {path}"
    return f"No results for path: {path}"


def _no_array(filter: str, value: Any) -> str:
    """Why elements of `value` cannot be found; an element that is not there is null."""
    there = dumps(None if value is NO_ELEMENT else value)
    return f"Filter: {filter} can only be applied to arrays. Current context is: {there}"


def _normalized(steps: tuple[Step, ...]) -> str:
    """A path in brackets.

    >>> _normalized(("a", 0))
    "$['a'][0]"
    """
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in steps)


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """Read a path.

    >>> parse_path("$.list[0].x").read(Scope({"list": [{"x": 1}]}, {}))
    1
    >>> parse_path("$.list[*].x").read(Scope({"list": [{"x": 1}]}, {}))
    [1]
    >>> parse_path("$$.Execution.Name").read(Scope({}, {"Execution": {"Name": "n1"}}))
    'n1'
    >>> parse_path("$job.name").read(Scope({}, {}, {"job": {"name": "j1"}}))
    'j1'

    Raises:
        AslSyntaxError: it is not a path.
    """
    syntax = parse_path_syntax(text)
    return Path(syntax, syntax.steps)


@lru_cache(maxsize=1024)
def _compile(syntax: PathSyntax) -> JSONPath:
    import jsonpath

    try:
        query = environment().compile("$" + "".join(map(_standard, syntax.segments)))
    except jsonpath.JSONPathError as error:
        reason = str(error).splitlines()[0]
        raise AslSyntaxError(f"{syntax.text!r} is not a path that runs here: {reason}") from None
    if not isinstance(query, jsonpath.JSONPath):
        raise AslSyntaxError(f"{syntax.text!r} is not a path but several")
    return query


def _standard(segment: Segment) -> str:
    """A segment as the library reads it."""
    if segment.kind != "filter":
        return segment.text
    return f"[?{standard_filter(segment.text.removeprefix('[?').removesuffix(']'))}]"


@lru_cache(maxsize=1024)
def parse_reference_path(text: str) -> tuple[Step, ...]:
    """Read a path that names exactly one place in the data, as ResultPath wants it.

    >>> parse_reference_path("$.results[0].score")
    ('results', 0, 'score')

    Raises:
        AslSyntaxError: not a path, one into the context object or a variable, one with several
            answers, or an index from the end.
    """
    path = parse_path(text)
    if path.in_context or path.variable is not None:
        where = "a variable" if path.variable is not None else "the context object"
        raise AslSyntaxError(f"{text!r} lies in {where}, which cannot be written")
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
