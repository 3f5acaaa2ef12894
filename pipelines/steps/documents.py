"""The documents that jobs write and definitions read, as JSON Schema.

The jobs know nothing of these schemas: `tests/steps` holds what they write to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.environment.gate import CLASSIFICATION, REGRESSION
from pipelines.environment.model import Environment

_COUNT = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL = {"type": ["integer", "null"]}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


_DIGEST_OR_NULL = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}
_TEXT = {"type": "string"}
_NUMBER_OR_NULL = {"type": ["number", "null"]}
_INTERVAL = {"type": ["array", "null"], "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


def _document(**properties: Any) -> Mapping[str, Any]:
    """An object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"anyOf": [document, {"type": "null"}]}


_GATE = _document(
    passed={"type": "boolean"},
    close={"type": "boolean"},
    reason={"type": "string", "maxLength": 1024},
    # the reason as the metadata of a model package takes it
    recorded={"type": "string", "maxLength": 256, "pattern": r"^[^,;()%'\"]+$"},
)
_CHAMPION = _document(
    model_sha256=_TEXT,
    metric=_TEXT,
    value=_NUMBER_OR_NULL,
    new_value=_NUMBER_OR_NULL,
    difference=_NUMBER_OR_NULL,
    interval=_INTERVAL,
    rows=_COUNT,
    unread=_COUNT,
    error={"type": ["string", "null"]},
)
_LEAK = _document(column=_TEXT, score={"type": "number"}, sign=_TEXT, allowed={"type": "boolean"})
_WORST_SLICE = _document(
    column=_TEXT,
    group=_TEXT,
    rows=_COUNT,
    metric=_TEXT,
    value={"type": "number"},
    interval=_INTERVAL,
    whole=_NUMBER_OR_NULL,
)


def metrics(environment: Environment) -> Mapping[str, Any]:
    """evaluation/metrics.json: null is what is undefined, unknown, or not there.

    Of a classification it has other metrics than of a regression, and a decision if there is a
    gate: these forms have no part that might be absent.
    """
    regression = environment.is_regression
    names = REGRESSION if regression else CLASSIFICATION
    gated = environment.gate is not None and environment.gate.enabled
    return _document(
        metrics=_document(**dict.fromkeys(names, _NUMBER_OR_NULL)),
        intervals=_document(**dict.fromkeys(names, _INTERVAL)),
        rows=_COUNT,
        rejected=_COUNT,
        training=_document(rows=_COUNT, rejected=_COUNT_OR_NULL),
        model_sha256=_DIGEST,
        preprocessor_sha256=_DIGEST,
        code_sha256=_DIGEST_OR_NULL,
        algorithm=_TEXT,
        task={"const": "regression" if regression else "classification"},
        threshold={"type": "null" if regression else "number"},
        packages={"type": "string", "maxLength": 256},
        data=_document(training_sha256=_DIGEST_OR_NULL, test_sha256=_DIGEST_OR_NULL),
        gate=_GATE if gated else {"type": "null"},
        champion=_or_null(_CHAMPION),
        leaks={"type": "array", "items": _LEAK},
        worst_slice=_or_null(_WORST_SLICE),
    )


SUMMARY = _document(rows=_COUNT, predicted=_COUNT, rejected=_COUNT, model_sha256=_DIGEST)
"""predictions/summary.json."""

VALIDATION = _document(
    passed={"type": "boolean"}, errors=_COUNT, warnings=_COUNT, reason={"type": "string"}
)
"""validation/summary.json: the reason names what is broken, and is empty if nothing is."""

ENDPOINT_TEST = {
    "type": "object",
    "properties": {"passed": {"type": "boolean"}, "reason": {"type": "string"}},
    "required": ["passed", "reason"],
}
"""endpoint-test/summary.json: the reason names what failed, or says that nothing did; beside the
two it has what was measured."""
