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
    try:
        text = dumps(definition)
    except (TypeError, ValueError) as error:
        raise SimulationError(f"the definition is no JSON: {error}") from None
    errors = _errors(text)
    if errors:
        raise InvalidDefinition(errors)


@lru_cache(maxsize=256)
def _errors(text: str) -> tuple[Finding, ...]:
    return tuple(each for each in check_all(json.loads(text)) if each.severity == "error")
