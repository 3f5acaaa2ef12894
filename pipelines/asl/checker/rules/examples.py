"""What the examples of the rules are made of: small machines."""

from __future__ import annotations

from typing import Any

ACTIVITY = "arn:aws:states:${Region}:${Account}:activity:check"
END: dict[str, Any] = {"Type": "Succeed"}


def machine(**states: Any) -> dict[str, Any]:
    """A state machine that starts at the first of these states."""
    return {"StartAt": next(iter(states)), "States": states}


def jsonata(**states: Any) -> dict[str, Any]:
    """The same in JSONata."""
    return {"QueryLanguage": "JSONata", **machine(**states)}


def task(**fields: Any) -> dict[str, Any]:
    """A Task that ends, unless it has a Next."""
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": ACTIVITY, "TimeoutSeconds": 60, **fields, **end}


def choice(*rules: Any, **fields: Any) -> dict[str, Any]:
    """A machine that chooses by these rules; `Done` is its end."""
    choose = {"Type": "Choice", "Choices": list(rules), "Default": "Done", **fields}
    return machine(Choose=choose, Done=END)


def compare(**fields: Any) -> dict[str, Any]:
    """A choice rule on ``$.x`` that leads to `Done`."""
    return {"Variable": "$.x", **fields, "Next": "Done"}
