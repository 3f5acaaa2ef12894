"""Calling something from deep in Python's stack, as a framework may do that calls the checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FRAMES = 500
"""Half of what Python allows."""


def deep_in_the_stack(function: Callable[[], T], frames: int = FRAMES) -> T:
    """What the function gives when it is called with this many frames above it."""
    return function() if frames == 0 else deep_in_the_stack(function, frames - 1)
