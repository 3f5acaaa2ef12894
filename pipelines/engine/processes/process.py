"""One process and its descendants, from their start to their end, without polling.

The process leads a session of its own, so that it and what it starts can be ended together. One
thread waits for all that can happen: output, the process's end, a request to stop, a limit.
"""

from __future__ import annotations

import io
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.engine.processes.bell import Bell
from pipelines.engine.processes.guardian import Guardian, kill_group
from pipelines.engine.processes.log import LogFile
from pipelines.signals import Signal

OUTPUT, ERROR = "stdout", "stderr"
_CHUNK = 1 << 16
_PIPE_CAPACITY = 1 << 20
# epoll counts milliseconds in an int: a longer wait is made of several.
_LONGEST_WAIT_S = 1_000_000.0
Stopped = Literal["requested", "max_runtime"]


@dataclass(frozen=True)
class Exit:
    """How a process ended.

    Attributes:
        code: Its exit status; negative if that signal killed it.
        stopped: Why we ended it; None if it ended by itself.
        last_error: The last line of its standard error, or empty.
    """

    code: int
    stopped: Stopped | None
    last_error: str


def run_process(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    log: LogFile,
    guardian: Guardian,
    stop: Signal,
    max_runtime_s: float,
    grace_s: float,
) -> Exit:
    """Run a command to its end in this thread; no process of its group is left behind.

    Args:
        environment: All of it: nothing is inherited.
        stop: Once set, the group gets SIGTERM, and SIGKILL after the grace.
        max_runtime_s: Seconds after which the same happens.
        grace_s: Seconds between SIGTERM and SIGKILL.

    Raises:
        OSError: the command cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    guardian.watch(process.pid)
    try:
        with _Following(process, log, stop) as following:
            stopped = following.until_the_end(max_runtime_s, grace_s)
            # The process is still a zombie, so the group's number cannot be anyone else's.
            kill_group(process.pid)
            following.drain()
            log.finish()
    finally:
        kill_group(process.pid)
        process.wait()
        guardian.release(process.pid)
    return Exit(process.returncode, stopped, log.last_line(ERROR))


class _Following:
    """What can happen to a process, as files to select on."""

    def __init__(self, process: subprocess.Popen[bytes], log: LogFile, stop: Signal) -> None:
        self._process = process
        self._log = log
        self._stop = stop
        self._selector = selectors.DefaultSelector()
        self._bell = Bell()
        self._ended = False
        self._waiter = threading.Thread(target=self._wait, name=f"wait-{process.pid}", daemon=True)

    def __enter__(self) -> _Following:
        for source, pipe in ((OUTPUT, self._process.stdout), (ERROR, self._process.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, source)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._waiter.start()
        self._unfollow = self._stop.follow(self._bell.ring)
        return self

    def __exit__(self, *_: object) -> None:
        self._unfollow()
        kill_group(self._process.pid)  # or, after an error, the waiter would not end
        self._waiter.join()
        self._selector.close()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()
        self._bell.close()

    def until_the_end(self, max_runtime_s: float, grace_s: float) -> Stopped | None:
        """Follow the process until it has ended, and end it if need be."""
        limit = time.monotonic() + max_runtime_s
        stopped: Stopped | None = None
        while True:
            wait = min(max(0.0, limit - time.monotonic()), _LONGEST_WAIT_S)
            for key, _ in self._selector.select(wait):
                if key.data is None:
                    self._bell.hear()
                else:
                    self._read(key.fileobj, key.data)
            if self._ended:
                return stopped
            late = time.monotonic() >= limit
            if stopped is None and (late or self._stop.is_set()):
                stopped = "requested" if self._stop.is_set() else "max_runtime"
                limit = time.monotonic() + grace_s
                kill_group(self._process.pid, signal.SIGTERM)
            elif stopped is not None and late:
                limit = float("inf")
                kill_group(self._process.pid)

    def drain(self) -> None:
        """Read what the process left in the pipes, whoever may still hold them open."""
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                # No pipe holds more; what is written now is not the process's.
                for _ in range(_PIPE_CAPACITY // _CHUNK):
                    if not self._read(key.fileobj, key.data):
                        break

    def _read(self, pipe: object, source: str) -> bool:
        """Read once; False if there is nothing to read now, or ever again."""
        assert isinstance(pipe, io.FileIO)
        try:
            data = os.read(pipe.fileno(), _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(pipe)
            return False
        self._log.feed(source, data)
        return True

    def _wait(self) -> None:
        if hasattr(os, "waitid"):  # macOS has it from Python 3.13 on
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        self._ended = True
        self._bell.ring()
