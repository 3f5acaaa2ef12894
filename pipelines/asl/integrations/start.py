"""What Step Functions finds wrong with a task's parameters before it starts the task.

What the paths and expressions gave is held to the rules to which what is written out is held when
the machine is created.  Nobody documents that.  A recorded execution has a header that is a text
instead of an array of texts::

    The Parameters '{"ApiEndpoint":…}' could not be used to start the Task:
    [The value of the field 'Headers' has an invalid format]

From public reports of executions that failed: "The value for the field 'Payload' must be a STRING"
(`lambda:invoke` with a number), "The value for the field 'taskToken.$' must be a valid JSONPath or
a valid intrinsic function call" (the key is one of the evaluated parameters), 'The field
"onStatusReason" is not supported by Step Functions' (`aws-sdk:batch:submitJob`, within an object
that a path gave).  What such reports do not show is left to the service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.integrations.integration import Integration, integration
from pipelines.asl.integrations.shapes import Shape, members_by_spelling, other_spelling
from pipelines.asl.intrinsic_syntax import is_intrinsic, parse_intrinsic
from pipelines.asl.path_syntax import parse_path_syntax

_FORMATS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "apigateway:invoke": {
        "Headers": lambda value: _is_object(value) and all(map(_is_array, value.values())),
        "QueryParameters": lambda value: _is_object(value),
    }
}
"""Members of requests that no API describes, and what tells whether they have their format."""


def start_problems(resource: str, parameters: Any, *, has_paths: bool) -> list[str]:
    """What AWS says against the parameters of a task, evaluated; empty: the task is started.

    Args:
        resource: The Task's Resource.
        has_paths: Whether a key that ends in ``.$`` asks for a path: not in JSONata.

    >>> start_problems("arn:aws:states:::lambda:invoke", {"Payload": 1}, has_paths=True)
    ... # doctest: +NORMALIZE_WHITESPACE
    ["The value for the field 'Payload' must be a STRING",
     "The field 'FunctionName' is required but was missing"]
    """
    found = integration(resource)
    if not isinstance(found, Integration) or found.kind in ("function", "activity"):
        return []
    problems = list(_Request(found).problems(parameters))
    return problems + (list(_no_paths(parameters)) if has_paths else [])


@dataclass(frozen=True)
class _Request:
    """The parameters of one integration."""

    found: Integration

    def problems(self, parameters: Any) -> Iterator[str]:
        if not isinstance(parameters, Mapping):
            return
        for name, has_format in _FORMATS.get(self.found.name, {}).items():
            if parameters.get(name) is not None and not has_format(parameters[name]):
                yield f"The value of the field '{name}' has an invalid format"
        shape = self.found.request_shape
        if shape is not None:
            yield from self._members(parameters, shape, is_top=True)
        elif self.found.takes_nothing:
            yield from map(_not_supported, parameters)

    def _members(
        self, value: Mapping[str, Any], shape: Shape, *, is_top: bool = False
    ) -> Iterator[str]:
        written = members_by_spelling(shape, self.found.member)
        present: set[str | None] = set()
        for key, item in value.items():
            member = written.get(key) or other_spelling(shape, key.removesuffix(".$"))
            present.add(member)
            if key not in written:
                if not key.endswith(".$") and self._is_unknown(key, member, shape, is_top):
                    yield _not_supported(key)
            elif member in self.found.any_json:
                if isinstance(item, bool | int | float):
                    yield _no_text(key)
            else:
                yield from self._value(key, item, shape.members[written[key]])
        for required in shape.required:
            if required not in present and not self.found.is_adapted:
                yield f"The field '{self.found.member(required)}' is required but was missing"

    def _value(self, key: str, value: Any, shape: Shape) -> Iterator[str]:
        if shape.kind == "structure" and isinstance(value, Mapping):
            yield from self._members(value, shape)
        elif shape.kind == "map" and isinstance(value, Mapping):
            for name, item in value.items():
                yield from self._value(name, item, shape.value)
        elif shape.kind == "list" and isinstance(value, list):
            for item in value:
                yield from self._value(key, item, shape.member)
        elif shape.kind == "string" and self.found.is_strict and not isinstance(value, str | None):
            yield _no_text(key)

    def _is_unknown(self, key: str, meant: str | None, shape: Shape, is_top: bool) -> bool:
        """Whether a key is certainly refused that is not written as the member it means."""
        if meant is None:
            return not self.found.is_adapted
        if shape.name == "AttributeValue":  # DynamoDB's: every spelling is in use
            return False
        is_small = key[:1].islower() and self.found.member(meant)[:1].isupper()
        return self.found.is_strict or (is_small and (is_top or self.found.is_sdk))


def _not_supported(key: str) -> str:
    return f'The field "{key}" is not supported by Step Functions'


def _no_text(key: str) -> str:
    return f"The value for the field '{key}' must be a STRING"


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_array(value: Any) -> bool:
    return isinstance(value, list)


def _no_paths(value: Any) -> Iterator[str]:
    """What is wrong with the keys, at any depth, that ask for a path once more."""
    if isinstance(value, list):
        for item in value:
            yield from _no_paths(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not key.endswith(".$"):
                yield from _no_paths(item)
            elif isinstance(item, str) and not _can_be_read(item):
                yield (
                    f"The value for the field '{key}' must be a valid JSONPath"
                    " or a valid intrinsic function call"
                )


def _can_be_read(text: str) -> bool:
    try:
        parse_intrinsic(text) if is_intrinsic(text) else parse_path_syntax(text)
    except AslSyntaxError:
        return False
    return True
