"""Refuses to simulate what AWS would refuse to create."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pipelines.asl.checker import check_all
from pipelines.asl.findings import Finding
from pipelines.asl.json_text import dumps
from pipelines.asl.simulation.errors import InvalidDefinition, SimulationError


def require_valid(definition: Mapping[str, Any]) -> None:
    """Hold a definition to the checker's rules, once for each text.

    Raises:
        InvalidDefinition: it has errors; warnings pass.
        SimulationError: it is no JSON.
    """
    text = json_text(definition, "the definition")
    errors = _errors(text)
    if errors:
        raise InvalidDefinition(errors)


def json_text(value: Any, what: str) -> str:
    """The value as JSON.

    Raises:
        SimulationError: it is none, or nested too deeply.
    """
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise SimulationError(f"{what} is no JSON: {error}") from None


@lru_cache(maxsize=256)
def _errors(text: str) -> tuple[Finding, ...]:
    return tuple(each for each in check_all(json.loads(text)) if each.severity == "error")
