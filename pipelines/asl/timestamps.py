"""Timestamps: RFC 3339 texts, as the language reads them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def parse_timestamp(value: Any) -> datetime | None:
    """An RFC 3339 timestamp with `T` and an offset or `Z`; None if it is none.

    >>> parse_timestamp("2026-01-31T12:00:00Z").isoformat()
    '2026-01-31T12:00:00+00:00'
    """
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
