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
_STRING_OR_VARIABLE = re.compile(r'"(?:[^"\\]|\\.)*"|\$\{[^}]*\}', re.DOTALL)


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
    if is_function(value):
        return _known(value)
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolved(item) for item in value]
    return value


def _known(function: dict[str, Any]) -> str:
    [(name, argument)] = function.items()
    if name == "Fn::Sub":
        text = argument[0] if isinstance(argument, list) and argument else argument
        if isinstance(text, str):
            return substituted(text)
    if name == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
        separator, parts = argument
        if isinstance(separator, str) and isinstance(parts, list):
            return separator.join(_part(part) for part in parts)
    if name == "Ref" and isinstance(argument, str):
        return placeholder(argument)
    if name == "Fn::GetAtt" and isinstance(argument, list):
        return placeholder(".".join(str(part) for part in argument))
    return placeholder(name)


def _part(value: Any) -> str:
    part = resolved(value)
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
    if isinstance(value, str):
        return set(re.findall(r"\$\{([A-Za-z0-9]+)\}", value))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name for part in parts for name in names(part)}
