"""The documents that jobs write and definitions read, as JSON Schema.

The jobs know nothing of these schemas: `tests/steps` holds what they write to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pipelines.environment.gate import Gate

_COUNT = {"type": "integer", "minimum": 0}
_COUNT_OR_NULL = {"type": ["integer", "null"]}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _document(**properties: Any) -> Mapping[str, Any]:
    """An object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


METRICS = _document(
    metrics=_document(
        **{
            name: {"type": ["number", "null"]}
            for name in get_args(Gate.model_fields["metric"].annotation)
        }
    ),
    rows=_COUNT,
    rejected=_COUNT,
    training=_document(rows=_COUNT, rejected=_COUNT_OR_NULL),
    model_sha256=_DIGEST,
    preprocessor_sha256=_DIGEST,
    algorithm={"type": "string"},
)
"""evaluation/metrics.json: null is a metric that is undefined, or what nobody has counted."""

SUMMARY = _document(rows=_COUNT, predicted=_COUNT, rejected=_COUNT, model_sha256=_DIGEST)
"""predictions/summary.json."""

VALIDATION = _document(
    passed={"type": "boolean"}, errors=_COUNT, warnings=_COUNT, reason={"type": "string"}
)
"""validation/summary.json: the reason names what is broken, and is empty if nothing is."""
