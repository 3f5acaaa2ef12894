"""An execution's input: KEY=VALUE, held to the schema that `create` publishes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import InputError


def read_schema(root: Path, environment: str, pipeline: str) -> dict[str, Any]:
    """The JSON Schema of a pipeline's input, from `build/`.

    Raises:
        InputError: it has not been created yet.
    """
    path = root / "build" / environment / f"{pipeline}.input.json"
    try:
        schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read, so the input cannot be checked: {error}",
            hint=f"Write it: python -m pipelines create {pipeline} {environment}",
        ) from error
    return schema


def parse_input(assignments: Sequence[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The input in `KEY=VALUE` texts; without any, an empty one.

    Raises:
        InputError: a text without `=`, a key twice, a key or value that the schema does not take.
    """
    given: dict[str, Any] = {}
    properties: Mapping[str, Any] = schema.get("properties", {})
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise InputError(
                f"--input {assignment}: there is no =",
                hint=f"For example: --input {next(iter(properties), 'key')}=VALUE",
            )
        if key not in properties:
            raise _unknown(key, properties)
        if key in given:
            raise InputError(f"--input {key} is given twice")
        given[key] = _value(text, properties[key])
    _check(given, schema)
    return given


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """Text, unless the schema wants something else and the text is that in JSON."""
    if schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check(given: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    # A key at a time: unknown ones have been refused before.
    for key, value in given.items():
        known = schema["properties"][key]
        for error in Draft202012Validator(known).iter_errors(value):
            default = f"Its default is {known['default']}" if "default" in known else ""
            # A description says in words what a pattern says in signs.
            facts = [known.get("description") or error.message, default]
            facts = [fact for fact in facts if fact]
            raise InputError(
                f"--input {key}={value} is not allowed", hint=f"{key}: {'. '.join(facts)}"
            )


def _unknown(key: str, properties: Mapping[str, Any]) -> InputError:
    nearest = difflib.get_close_matches(key, properties, n=1)
    meant = f" Did you mean {nearest[0]}?" if nearest else ""
    keys = ", ".join(properties) or "none"
    return InputError(f"--input has no key {key!r}.{meant}", hint=f"The keys are: {keys}.")
