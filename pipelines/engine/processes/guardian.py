"""The guardian: a process that outlives the engine just long enough to end its jobs.

The engine holds the writing end of a pipe and tells of each process group that it starts. When
the engine ends, even by `kill -9`, the kernel closes the pipe: the guardian reads the end of the
file, kills what is left, and ends too. This file is also the guardian's program; it is started
without the site packages, so it imports nothing but a little of the standard library.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import BinaryIO


class Guardian:
    """The engine's end of the pipe. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: set[int] = set()
        self._process = _start()

    @property
    def pid(self) -> int:
        """The guardian's own process."""
        return self._process.pid

    def watch(self, group: int) -> None:
        """Have this process group killed if the engine ends before `release`."""
        with self._lock:
            self._groups.add(group)
            self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        """The group has ended: its number may soon be somebody else's."""
        with self._lock:
            self._groups.discard(group)
            self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the guardian, which kills what is still watched."""
        with self._lock:
            _close(self._process)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode())
        except OSError:
            # Somebody killed the guardian: a new one is told everything.
            _close(self._process)
            self._process = _start()
            assert self._process.stdin is not None
            everything = "".join(f"+{group}\n" for group in self._groups)
            self._process.stdin.write(everything.encode())


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        start_new_session=True,  # a Ctrl-C is for the engine, which then ends in order
    )


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.close()
    process.wait()


def kill_group(group: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to every process of a group; one without members is left in peace."""
    # macOS says PermissionError of a group that has only zombies.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def guard(lines: Iterable[bytes]) -> None:
    """Follow what the engine tells, and at its end kill the groups that are left."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith(b"+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        kill_group(group)


def _main(stdin: BinaryIO) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    guard(iter(stdin.readline, b""))


if __name__ == "__main__":
    _main(sys.stdin.buffer)
