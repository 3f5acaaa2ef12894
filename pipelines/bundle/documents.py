"""The documents in the bundle: the sections of the configuration that jobs read, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from pipelines.environment.model import Environment
from pipelines.environment.parts import Switchable

FEATURES, VALIDATION, EVALUATION = "features.json", "validation.json", "evaluation.json"


def documents(environment: Environment) -> dict[str, bytes]:
    """Contents by name. A section that is switched off is null, and a job's own is absent then."""
    texts = {FEATURES: _json(environment.features)}
    if environment.validation is not None and environment.validation.enabled:
        texts[VALIDATION] = _json(environment.validation)
    texts[EVALUATION] = _text(
        {
            "evaluation": environment.evaluation.model_dump(mode="json"),
            "explanation": _if_on(environment.explanation),
            "gate": _if_on(environment.gate),
        }
    )
    return {name: text.encode() for name, text in texts.items()}


def _if_on(section: Switchable | None) -> Mapping[str, Any] | None:
    return section.model_dump(mode="json") if section is not None and section.enabled else None


def _json(section: BaseModel) -> str:
    return _text(section.model_dump(mode="json"))


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
