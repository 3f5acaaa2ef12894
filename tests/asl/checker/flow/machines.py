"""Small machines for the analysis, and what it says of them."""

from __future__ import annotations

from typing import Any

from pipelines.asl.checker.flow import check_flow
from pipelines.asl.checker.flow.values.types import UNKNOWN, Type
from pipelines.asl.findings import Finding
from pipelines.asl.model import Machine

FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:score"
INVOKE = "arn:aws:states:::lambda:invoke"


def chain(*states: dict[str, Any], **others: dict[str, Any]) -> dict[str, Any]:
    """States One, Two, … each of which hands over to the next, and others beside them."""
    names = ["One", "Two", "Three", "Four", "Five"][: len(states)]
    named = {}
    for number, (name, state) in enumerate(zip(names, states, strict=True)):
        named[name] = dict(state)
        if state["Type"] not in ("Choice", "Succeed", "Fail"):
            last = number + 1 == len(states)
            named[name] |= {"End": True} if last else {"Next": names[number + 1]}
    return {"StartAt": "One", "States": {**named, **others}}


def make(result: Any, **fields: Any) -> dict[str, Any]:
    """A Pass state that makes a value."""
    return {"Type": "Pass", "Result": result, **fields}


def use(template: Any, **fields: Any) -> dict[str, Any]:
    """A Pass state that reads."""
    return {"Type": "Pass", "Parameters": template, **fields}


def read(path: str) -> dict[str, Any]:
    """A Pass state that reads one path."""
    return use({"it.$": path})


def task(**fields: Any) -> dict[str, Any]:
    """A Task that calls a function."""
    return {"Type": "Task", "Resource": FUNCTION, **fields}


DONE = {"Type": "Succeed"}
STOP = {"Type": "Fail", "Error": "Stopped"}


def findings(
    definition: dict[str, Any], schema: Any = None, answer: Type = UNKNOWN
) -> list[Finding]:
    """What the analysis finds; every Task answers with a value of one type."""
    return list(
        check_flow(Machine(definition), input_schema=schema, result_type=lambda resource: answer)
    )


def rules(definition: dict[str, Any], schema: Any = None, answer: Type = UNKNOWN) -> list[str]:
    """The rules that are broken, each with the path of the field."""
    return [f"{each.rule} {each.path}" for each in findings(definition, schema, answer)]


def message(definition: dict[str, Any], schema: Any = None, answer: Type = UNKNOWN) -> str:
    """The message of the only finding."""
    (found,) = findings(definition, schema, answer)
    return found.message


def constant(value: Any) -> dict[str, Any]:
    """The schema of exactly this input."""
    return {"const": value}
