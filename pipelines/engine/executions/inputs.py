"""Inputs of executions: JSON text within Step Functions' quota."""

from __future__ import annotations

import json
from typing import Any

from pipelines.asl.json_text import is_too_large
from pipelines.engine.wire.service import ServiceError


def require_input(input: str) -> Any:
    """An execution's input as a value.

    Raises:
        ServiceError: InvalidExecutionInput.
    """
    if is_too_large(input):
        raise ServiceError("InvalidExecutionInput", "The input has more than 262144 bytes.")
    try:
        return json.loads(input, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ServiceError(
            "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
        ) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
