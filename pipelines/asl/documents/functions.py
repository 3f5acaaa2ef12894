"""CloudFormation's functions in a definition, as far as they are known before a deployment.

What only CloudFormation knows stands as a placeholder, `${Name}`, which the rules take for any
value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.asl.model import Place

_VARIABLE = re.compile(r"\$\{([^!][^}]*)\}")
_LITERAL = re.compile(r"\$\{!([^}]*)\}")
_NAME = re.compile(r"\$\{([A-Za-z0-9]+)\}")
_STRING_OR_VARIABLE = re.compile(r'"(?:[^"\\]|\\.)*"|\$\{[^}]*\}', re.DOTALL)
_MOST_JOINED = 16
"""How many Fn::Join are looked into, one within the other."""


def placeholder(name: str) -> str:
    """The placeholder for a value that CloudFormation is to fill in."""
    return "${" + (re.sub(r"[^A-Za-z0-9]+", "", name) or "Value") + "}"


def is_function(value: Any) -> bool:
    """Whether an object is the call of a function.

    >>> is_function({"Ref": "Topic"}), is_function({"Fn::GetAtt": ["F", "Arn"]}), is_function({})
    (True, True, False)
    """
    if not isinstance(value, dict) or len(value) != 1:
        return False
    [name] = value
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


def ways(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """What a property can be, and where in it that stands: Fn::If has two ways, or nests more.

    >>> list(ways({"Fn::If": ["IsProduction", {"a": 1}, {"Ref": "AWS::NoValue"}]}))
    [(('Fn::If', 1), {'a': 1})]
    """
    is_choice = is_function(value) and "Fn::If" in value
    if is_choice and isinstance(value["Fn::If"], list) and len(value["Fn::If"]) == 3:
        for number in (1, 2):
            yield from ways(value["Fn::If"][number], (*place, "Fn::If", number))
    elif value != {"Ref": "AWS::NoValue"}:
        yield place, value


def resolved(value: Any) -> Any:
    """A value with each function replaced by what is known of it.

    >>> resolved({"Resource": {"Fn::GetAtt": ["F", "Arn"]}, "Name": {"Fn::Sub": "a-${Stage}"}})
    {'Resource': '${FArn}', 'Name': 'a-${Stage}'}
    """
    return _resolved(value, _MOST_JOINED)


def _resolved(value: Any, joins: int) -> Any:
    """The same.  Level by level: what is nested too deep is for the rules to say."""
    whole = [value]
    waiting: list[tuple[Any, Any]] = [(whole, 0)]
    while waiting:
        holder, key = waiting.pop()
        each = holder[key]
        if is_function(each):
            holder[key] = _known(each, joins)
        elif isinstance(each, dict | list):
            copy = holder[key] = each.copy()
            waiting.extend(
                (copy, step) for step in (copy if isinstance(copy, dict) else range(len(copy)))
            )
    return whole[0]


def _known(function: dict[str, Any], joins: int) -> str:
    [(name, argument)] = function.items()
    if name == "Fn::Sub":
        text = argument[0] if isinstance(argument, list) and argument else argument
        if isinstance(text, str):
            return substituted(text)
    if name == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
        separator, parts = argument
        if isinstance(separator, str) and isinstance(parts, list):
            return separator.join(_part(part, joins - 1) for part in parts)
    if name == "Ref" and isinstance(argument, str):
        return placeholder(argument)
    if name == "Fn::GetAtt" and isinstance(argument, list):
        return placeholder(".".join(str(part) for part in argument))
    return placeholder(name)


def _part(value: Any, joins: int) -> str:
    part = _resolved(value, joins) if joins > 0 else None
    return part if isinstance(part, str) else placeholder("Value")


def substituted(text: str) -> str:
    """What Fn::Sub leaves of a text: its variables are placeholders, ``${!Name}`` is ``${Name}``.

    >>> substituted("${AWS::Region} ${!Later}")
    '${AWSRegion} ${Later}'
    """
    text = _VARIABLE.sub(lambda match: placeholder(match[1]), text)
    return _LITERAL.sub(lambda match: "${" + match[1] + "}", text)


def quoted(text: str) -> str:
    """JSON text in which a placeholder that stands for a whole value is a string.

    >>> quoted('{"MaxConcurrency": ${Most}, "Name": "${Name}"}')
    '{"MaxConcurrency": "${Most}", "Name": "${Name}"}'
    """
    return _STRING_OR_VARIABLE.sub(
        lambda match: match[0] if match[0].startswith('"') else f'"{match[0]}"', text
    )


def names(value: Any) -> set[str]:
    """The names of all placeholders in a value."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            found.update(_NAME.findall(each))
        elif isinstance(each, dict | list):
            waiting.extend(each.values() if isinstance(each, dict) else each)
    return found
