"""How many cores a job may use."""

from __future__ import annotations

import os


def cores() -> int:
    """As many as `OMP_NUM_THREADS` says, which a tuning job divides among its trials; or all.

    >>> cores() >= 1
    True
    """
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
