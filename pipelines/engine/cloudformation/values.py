"""The values of a template's parameters and conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.engine.cloudformation.errors import ValidationError
from pipelines.engine.cloudformation.template import Template


def parameter_values(template: Template, given: Mapping[str, str]) -> dict[str, Any]:
    """Each parameter's value, typed: as given, or its default.

    Raises:
        ValidationError: one is missing, unknown, or breaks a constraint.
    """
    unknown = [name for name in given if name not in template.parameters]
    if unknown:
        raise ValidationError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [
        name
        for name, parameter in template.parameters.items()
        if name not in given and "Default" not in parameter
    ]
    if missing:
        raise ValidationError(f"Parameters: [{', '.join(missing)}] must have values")
    return {
        name: _typed(name, parameter, str(given.get(name, parameter.get("Default"))))
        for name, parameter in template.parameters.items()
    }


def _typed(name: str, parameter: Mapping[str, Any], text: str) -> Any:
    kind = parameter["Type"]
    parts = [part.strip() for part in text.split(",")] if "List" in kind else [text]
    for part in parts:
        _check_parameter(name, parameter, part)
    if "Number" in kind and not all(re.fullmatch(r"-?\d+(\.\d+)?", part) for part in parts):
        raise ValidationError(f"Parameter '{name}' must be a number.")
    return parts if "List" in kind else text


def _check_parameter(name: str, parameter: Mapping[str, Any], text: str) -> None:
    allowed = parameter.get("AllowedValues")
    if allowed is not None and text not in [str(each) for each in allowed]:
        raise ValidationError(f"Parameter '{name}' must be one of AllowedValues")
    reason = parameter.get("ConstraintDescription")
    pattern = parameter.get("AllowedPattern")
    length = len(text)
    value = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
    broken = (
        (pattern is not None and not re.fullmatch(pattern, text))
        or length < int(parameter.get("MinLength", 0))
        or length > int(parameter.get("MaxLength", length))
        or (value is not None and value < float(parameter.get("MinValue", value)))
        or (value is not None and value > float(parameter.get("MaxValue", value)))
    )
    if broken:
        told = reason or f"{text!r} does not match the parameter's pattern, length or bounds"
        raise ValidationError(f"Parameter {name} failed to satisfy constraint: {told}")


def condition_values(template: Template, parameters: Mapping[str, Any]) -> dict[str, bool]:
    """Each condition, true or false.

    Raises:
        ValidationError: one refers to what is not there, or is no condition.
    """
    conditions = template.body.get("Conditions") or {}

    def plain(value: Any) -> Any:
        if isinstance(value, dict) and list(value) == ["Ref"]:
            if value["Ref"] not in parameters:
                raise ValidationError(
                    f"Template error: a condition refers to {value['Ref']}, no parameter."
                )
            return parameters[value["Ref"]]
        return value

    def holds(value: Any, within: tuple[str, ...]) -> bool:
        if not isinstance(value, dict) or len(value) != 1:
            raise ValidationError(f"Template error: {value!r} is not a condition.")
        ((name, arguments),) = value.items()
        match name:
            case "Condition":
                if arguments in within or arguments not in conditions:
                    raise ValidationError(f"Template error: unresolved condition {arguments}.")
                return holds(conditions[arguments], (*within, arguments))
            case "Fn::Equals":
                return str(plain(arguments[0])) == str(plain(arguments[1]))
            case "Fn::Not":
                return not holds(arguments[0], within)
            case "Fn::And":
                return all(holds(each, within) for each in arguments)
            case "Fn::Or":
                return any(holds(each, within) for each in arguments)
        raise ValidationError(f"Template error: {name} is not a condition.")

    return {name: holds(value, (name,)) for name, value in conditions.items()}
