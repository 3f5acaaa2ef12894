"""One name for a whole configuration, so that two of them can be compared."""

from __future__ import annotations

import hashlib
import json

from pipelines.environment.model import Environment


def configuration_sha256(environment: Environment) -> str:
    """SHA-256, in hex, of every value of a resolved configuration, wherever it was written."""
    values = environment.model_dump(mode="json")
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
