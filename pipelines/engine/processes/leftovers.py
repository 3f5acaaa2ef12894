"""Processes that a job left behind, wherever they have put themselves.

A container takes all its processes with it. A process group does so only for those that stay in
it; one that made a session of its own still has the job's HOME, which it got at birth.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROC = "/proc"
_ROUNDS = 10


def find_leftovers(home: Path) -> list[int]:
    """The processes whose HOME is `home`; none where there is no /proc (macOS)."""
    marker = b"\0HOME=" + os.fsencode(home) + b"\0"
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


def _environment(pid: str) -> bytes:
    # Somebody else's, or one that has just ended, or a zombie's, which is empty. This is done for
    # every process of the machine after every job: pathlib would take four times as long.
    with suppress(OSError), open(f"{_PROC}/{pid}/environ", "rb", buffering=0) as file:
        return b"\0" + file.read() + b"\0"
    return b""
