"""What a target gets of an event: all of it, a part, a constant, or a text made of parts. Pure.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]

_TEXT_OR_PLACEHOLDER = re.compile(r'"(?:[^"\\]|\\.)*"|<[^<>]+>')
_PLACEHOLDER = re.compile(r"<([^<>]+)>")


def input_of(target: Mapping[str, Any], event: Event, rule: Mapping[str, Any]) -> str:
    """The text that a target of a rule is given for an event.

    >>> input_of({"InputPath": "$.detail.status"}, {"detail": {"status": "FAILED"}}, {})
    '"FAILED"'
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(target["InputPath"], event))
    if "InputTransformer" in target:
        return _transformed(target["InputTransformer"], event, rule)
    return json.dumps(event)


def _transformed(transformer: Mapping[str, Any], event: Event, rule: Mapping[str, Any]) -> str:
    """The template with its `<name>` replaced: within quotation marks by text, else by JSON."""
    values: dict[str, Any] = {
        "aws.events.rule-arn": rule.get("Arn"),
        "aws.events.rule-name": rule.get("Name"),
        "aws.events.event": event,
        "aws.events.event.json": event,
        "aws.events.event.ingestion-time": event.get("time"),
    }
    for name, path in (transformer.get("InputPathsMap") or {}).items():
        values[name] = _at(path, event)

    def as_text(match: re.Match[str]) -> str:
        value = values.get(match[1])
        text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    def filled(match: re.Match[str]) -> str:
        found = match[0]
        if found.startswith('"'):
            return _PLACEHOLDER.sub(as_text, found)
        return json.dumps(values.get(found[1:-1]))

    return _TEXT_OR_PLACEHOLDER.sub(filled, str(transformer["InputTemplate"]))


def _at(path: str, event: Event) -> Any:
    """The value at `$.a.b`; None, if there is none."""
    value: Any = event
    for name in path.removeprefix("$").split(".")[1:]:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
