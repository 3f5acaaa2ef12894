"""One execution environment: a process that has loaded a function, and answers its events.

Between two invocations it is frozen (SIGSTOP), as on AWS. It leads a process group of its own,
which the guardian knows, and its HOME is a folder of its own: what it starts is found and ended.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.engine.functions import runtime
from pipelines.engine.processes.bell import Bell
from pipelines.engine.processes.guardian import Guardian, kill_group
from pipelines.engine.processes.leftovers import end_leftovers
from pipelines.engine.processes.log import LogFile
from pipelines.signals import Signal

_CHUNK = 1 << 16
_PIPE_CAPACITY = 1 << 20
MAX_RESPONSE = 6_291_556
"""Lambda's quota on a response, in bytes."""
# What JSON may make of that: every character as six.
_LONGEST_LINE = 6 * MAX_RESPONSE + 1024


class TimedOut(Exception):
    """The function took longer than it may."""


class Exited(Exception):
    """The process ended before it had answered: `status` is negative if a signal killed it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Cancelled(Exception):
    """Whoever invoked the function does not want the answer any more."""


class Environment:
    """A process for one invocation at a time; after an error of this module's it is to be closed.

    Attributes:
        log: What the function prints goes there.
    """

    def __init__(
        self,
        folder: Path,
        *,
        variables: Mapping[str, str],
        log: LogFile,
        guardian: Guardian,
    ) -> None:
        """Start it.

        Args:
            folder: Made for its HOME and its temporary files; gone when it is closed.
            variables: All of its variables but those.
        """
        self.log = log
        self._folder = folder
        self._guardian = guardian
        folder.mkdir(parents=True)
        read_requests, self._requests = os.pipe()
        self._responses, write_responses = os.pipe()
        files = (read_requests, write_responses)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", runtime.__file__, *map(str, files)],
                cwd=variables["LAMBDA_TASK_ROOT"],
                env={**variables, "HOME": str(folder), "TMPDIR": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                pass_fds=files,
                start_new_session=True,
            )
        finally:
            for file in files:
                os.close(file)
        guardian.watch(self._process.pid)
        assert self._process.stdout is not None
        for readable in (self._process.stdout.fileno(), self._responses):
            os.set_blocking(readable, False)

    def ask(self, request: bytes, *, timeout_s: float, stop: Signal) -> bytes:
        """The line that answers a line; an empty request only waits for the next line.

        Raises:
            TimedOut: there was none in time.
            Exited: there will be none.
            Cancelled: `stop` was set before.
        """
        kill_group(self._process.pid, signal.SIGCONT)
        bell = Bell()
        unfollow = stop.follow(bell.ring)
        try:
            # A request is read by a thread that does nothing else: it does not fill the pipe for
            # long. One to a process that has ended is answered by its end.
            with suppress(BrokenPipeError):
                _write(self._requests, request)
            return self._answer(bell, time.monotonic() + timeout_s, stop)
        finally:
            unfollow()
            bell.close()

    def freeze(self) -> None:
        """Let it stand still until it is asked again."""
        kill_group(self._process.pid, signal.SIGSTOP)

    def is_alive(self) -> bool:
        """Whether it still waits for a request."""
        try:
            os.read(self._responses, 1)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        """End it; no process is left."""
        self._end()
        self._guardian.release(self._process.pid)
        end_leftovers(self._folder)
        assert self._process.stdout is not None
        self._process.stdout.close()
        os.close(self._requests)
        os.close(self._responses)
        self.log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self, bell: Bell, deadline: float, stop: Signal) -> bytes:
        line = bytearray()
        with selectors.DefaultSelector() as selector:
            for readable in (self._process.stdout, self._responses, bell):
                assert readable is not None
                selector.register(readable, selectors.EVENT_READ)
            while True:
                left = deadline - time.monotonic()
                if stop.is_set():
                    raise Cancelled
                if left <= 0:
                    raise TimedOut
                for key, _ in selector.select(left):
                    if key.fileobj is self._process.stdout and self._read_log() == b"":
                        selector.unregister(key.fileobj)
                    if key.fileobj == self._responses and not self._read_response(line):
                        status = self._end()
                        self._drain_log()
                        raise Exited(status)
                if line.endswith(b"\n"):
                    self._drain_log()
                    return bytes(line)

    def _read_response(self, line: bytearray) -> bool:
        """Add what there is of the response; False at the end of the file."""
        while len(line) < _LONGEST_LINE:
            try:
                piece = os.read(self._responses, _CHUNK)
            except BlockingIOError:
                return True
            if not piece:
                return False
            line += piece
        return False

    def _drain_log(self) -> None:
        for _ in range(_PIPE_CAPACITY // _CHUNK):  # what it goes on to write is for the next one
            if not self._read_log():
                break
        self.log.finish()

    def _read_log(self) -> bytes | None:
        """Read once; None if there is nothing now, empty if there never will be."""
        assert self._process.stdout is not None
        try:
            data = os.read(self._process.stdout.fileno(), _CHUNK)
        except BlockingIOError:
            return None
        self.log.feed("output", data)
        return data

    def _end(self) -> int:
        """End the group; how the process ended, by itself or by this."""
        if self._process.returncode is None:
            # Until it is waited for, the group's number cannot be anyone else's.
            kill_group(self._process.pid)
        return self._process.wait()


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
