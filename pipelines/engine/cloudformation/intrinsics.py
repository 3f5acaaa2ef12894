"""Intrinsic functions: Ref, Fn::Sub, Fn::GetAtt, Fn::If, … to values."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from pipelines.engine.cloudformation.errors import ValidationError

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_LITERAL = re.compile(r"\$\{!([^}]*)\}")
_FUNCTIONS = {
    "Ref",
    "Fn::Base64",
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
}


class _Special:
    """A value that is no value."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


# Known only when the resource it comes from exists; unlike everything, itself included.
UNKNOWN = _Special("UNKNOWN")
# What AWS::NoValue refers to: the property or item is left out.
NO_VALUE = _Special("NO_VALUE")


class Scope(Protocol):
    """Where names get their values from."""

    conditions: Mapping[str, bool]
    mappings: Mapping[str, Any]

    def ref(self, name: str) -> Any: ...
    def attribute(self, resource: str, name: str) -> Any: ...


def function_of(value: Any) -> str | None:
    """The intrinsic function that a mapping is a call of.

    Raises:
        ValidationError: it looks like one that the engine does not have.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    name = str(next(iter(value)))
    if name in _FUNCTIONS:
        return name
    if name.startswith("Fn::"):
        raise ValidationError(
            f"Template error: the local engine does not have {name} here; "
            "remove it or deploy to AWS."
        )
    return None


def resolve(value: Any, scope: Scope) -> Any:
    """`value` with every intrinsic function replaced by its result.

    A result that depends on a resource yet to be made is UNKNOWN, and so is all that it is part of
    up to the next list or mapping.

    Raises:
        ValidationError: a name that does not exist, or arguments of the wrong form.
    """
    name = function_of(value)
    if name is not None:
        return _call(name, value[name], scope)
    if isinstance(value, dict):
        items = {key: resolve(item, scope) for key, item in value.items()}
        return {key: item for key, item in items.items() if item is not NO_VALUE}
    if isinstance(value, list):
        resolved = [resolve(item, scope) for item in value]
        return [item for item in resolved if item is not NO_VALUE]
    return value


def references(value: Any) -> Iterator[str]:
    """The names that a value refers to, through Ref, Fn::GetAtt and Fn::Sub."""
    name = function_of(value)
    if name == "Ref":
        yield str(value[name])
    elif name == "Fn::GetAtt":
        yield _attribute(value[name])[0]
    elif name == "Fn::Sub":
        text, own = _sub_arguments(value[name])
        for variable in _VARIABLE.findall(text):
            if variable not in own:
                yield variable.strip().partition(".")[0]
        yield from references(own)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _call(name: str, argument: Any, scope: Scope) -> Any:
    match name:
        case "Ref":
            return scope.ref(str(argument))
        case "Fn::GetAtt":
            return scope.attribute(*_attribute(argument))
        case "Fn::Sub":
            return _sub(argument, scope)
        case "Fn::If":
            condition, yes, no = _arguments(name, argument, 3)
            if condition not in scope.conditions:
                raise ValidationError(f"Template error: unresolved condition {condition}.")
            return resolve(yes if scope.conditions[condition] else no, scope)
        case "Fn::Base64":
            text = resolve(argument, scope)
            return text if text is UNKNOWN else base64.b64encode(str(text).encode()).decode()
    resolved = resolve(argument, scope)
    if contains_unknown(resolved):
        return UNKNOWN
    match name:
        case "Fn::Join":
            separator, parts = _arguments(name, resolved, 2)
            return str(separator).join(text_of(part) for part in parts)
        case "Fn::Split":
            separator, text = _arguments(name, resolved, 2)
            return str(text).split(separator)
        case "Fn::Select":
            index, items = _arguments(name, resolved, 2)
            try:
                return items[int(index)]
            except (IndexError, ValueError):
                raise ValidationError(
                    f"Template error: Fn::Select cannot select item {index} of {items}."
                ) from None
    table, first, second = _arguments(name, resolved, 3)
    try:
        return scope.mappings[table][first][second]
    except KeyError:
        raise ValidationError(
            f"Template error: Unable to get mapping for {table}::{first}::{second}"
        ) from None


def _sub(argument: Any, scope: Scope) -> Any:
    text, own = _sub_arguments(argument)
    values = {name: resolve(value, scope) for name, value in own.items()}
    for variable in set(_VARIABLE.findall(text)) - values.keys():
        resource, dot, attribute = variable.strip().partition(".")
        found = scope.attribute(resource, attribute) if dot else scope.ref(resource)
        values[variable] = found
    used = [values[variable] for variable in _VARIABLE.findall(text)]
    if contains_unknown(used):
        return UNKNOWN
    text = _VARIABLE.sub(lambda match: text_of(values[match[1]]), text)
    return _LITERAL.sub(r"${\1}", text)


def _sub_arguments(argument: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(argument, str):
        return argument, {}
    text, own = _arguments("Fn::Sub", argument, 2)
    return str(text), own


def _attribute(argument: Any) -> tuple[str, str]:
    """GetAtt's two forms: ["Role", "Arn"] and "Role.Arn"."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    resource, name = _arguments("Fn::GetAtt", parts, 2)
    return str(resource), str(name)


def _arguments(name: str, argument: Any, count: int) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise ValidationError(f"Template error: {name} takes a list of {count}.")
    return argument


def text_of(value: Any) -> str:
    """A value inside a string, as CloudFormation writes it.

    >>> text_of(True), text_of(3), text_of(["a", "b"])
    ('true', '3', 'a,b')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text_of(item) for item in value)
    return str(value)


def contains_unknown(value: Any) -> bool:
    """Whether UNKNOWN is anywhere in it."""
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN
