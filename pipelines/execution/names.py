"""What an execution is called."""

from __future__ import annotations

import re
from datetime import datetime

from pipelines.errors import InputError

# Less than Step Functions takes: the name is also a folder, in S3 and on disk.
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}")


def default_name(now: datetime, random: str) -> str:
    """A name that says when, and is nobody else's.

    >>> default_name(datetime(2026, 11, 21, 13, 15), "ab12cd")
    'run-20261121-131500-ab12cd'
    """
    return f"run-{now:%Y%m%d-%H%M%S}-{random}"


def check_name(name: str) -> None:
    """Refuse a name that Step Functions or S3 would not take.

    Raises:
        InputError
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be the name of an execution",
            hint="At most 80 letters, digits, dots, hyphens and underscores; no dot at the front.",
        )
