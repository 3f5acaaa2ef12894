"""JSON as Step Functions writes it, and the size that its quota counts."""

from __future__ import annotations

import json
from typing import Any

MAX_PAYLOAD_BYTES = 262_144
"""The quota on the input and the output of a state, a task and an execution, in UTF-8."""


def dumps(value: Any) -> str:
    """The value as compact JSON.

    >>> dumps({"è": [1, None]})
    '{"è":[1,null]}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def is_too_large(text: str) -> bool:
    """Whether JSON text passes the quota on payloads."""
    if len(text) * 4 <= MAX_PAYLOAD_BYTES:  # no character has more than four bytes
        return False
    return len(text.encode("utf-8", "surrogatepass")) > MAX_PAYLOAD_BYTES
