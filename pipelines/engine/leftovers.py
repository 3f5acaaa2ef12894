"""Processes that a job left behind, wherever they have put themselves.

A container takes all its processes with it. A process group does so only for those that stay in
it; one that made a session of its own still has the job's HOME, which it got at birth.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_ROUNDS = 10


def find_leftovers(home: Path) -> list[int]:
    """The processes whose HOME is `home`; none where there is no /proc (macOS)."""
    marker = b"HOME=" + os.fsencode(home)
    found = []
    with suppress(FileNotFoundError):
        for name in os.listdir(_PROC):
            if name.isdecimal() and marker in _environment(name):
                found.append(int(name))
    return found


def end_leftovers(home: Path) -> list[int]:
    """Kill them, and those that they start meanwhile; returns which."""
    ended: list[int] = []
    for _ in range(_ROUNDS):
        found = find_leftovers(home)
        if not found:
            break
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        ended += found
    return ended


def _environment(pid: str) -> list[bytes]:
    # Somebody else's, or one that has just ended, or a zombie's, which is empty.
    with suppress(OSError):
        return (_PROC / pid / "environ").read_bytes().split(b"\0")
    return []
