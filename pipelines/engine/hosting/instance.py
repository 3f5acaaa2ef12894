"""One instance of a variant: a process that serves the model, as long as it is wanted.

    <instance's folder>/container/ml/    stands for /opt/ml: the model and the program, unpacked
    <instance's folder>/container/home/  HOME; the port that the process listens at is in it

A process that ends although it is wanted is started again, as a container is.
"""

from __future__ import annotations

import os
import select
import shutil
import threading
import time
import traceback
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from pipelines.engine.hosting import runtime
from pipelines.engine.hosting.deployment import CODE_ARCHIVE, MODEL_ARCHIVE, Variant
from pipelines.engine.jobs.archive import unpack
from pipelines.engine.jobs.container import Container, JobError, interpreter
from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.processes.leftovers import end_leftovers
from pipelines.engine.processes.log import LogFile
from pipelines.engine.processes.process import Exit, run_process
from pipelines.signals import Signal

MAX_MODEL_BYTES = 16 << 30
INVOCATION_TIMEOUT_S = 60.0
"""What SageMaker gives a container to answer."""
_LOOK_AGAIN_S = 0.02
_RESTART_AFTER_S = 1.0


class Unhealthy(Exception):
    """It does not serve, for this reason."""


@dataclass(frozen=True)
class Reply:
    """What the process answered."""

    status: int
    content_type: str
    body: bytes


class Instance:
    """A process of a variant, from its start to its stop.

    Attributes:
        log_path: Its log.
        port: Where it listens on 127.0.0.1; None while it is not up.
    """

    def __init__(
        self,
        folder: Path,
        variant: Variant,
        archives: Path,
        *,
        log_path: Path,
        region: str,
        guardian: Guardian,
        grace_s: float,
    ) -> None:
        self.log_path = log_path
        self.port: int | None = None
        self._variant = variant
        self._archives = archives
        self._region = region
        self._guardian = guardian
        self._grace_s = grace_s
        self._container = Container(folder / "container")
        self._stopping = Signal()
        self._failure = ""
        self._was_up = False
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._idle: list[HTTPConnection] = []
        self._thread = threading.Thread(target=self._run, name=f"serve-{variant.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_until_healthy(self, stop: Signal) -> None:
        """Return when it answers its first ping.

        Raises:
            Unhealthy: it ended before, did not in time, or is not wanted any more.
        """
        limit = time.monotonic() + self._variant.startup_timeout_s
        while not stop.is_set():
            if self._ended.is_set():
                raise Unhealthy(self._failure)
            if self._is_up():
                return
            if time.monotonic() > limit:
                raise Unhealthy(f"no answer in {self._variant.startup_timeout_s:g} s")
            stop.wait(_LOOK_AGAIN_S)
        raise Unhealthy("it was stopped")

    def invoke(self, body: bytes, headers: dict[str, str]) -> Reply:
        """The process's answer to a POST to /invocations.

        Raises:
            OSError, HTTPException: there is none (TimeoutError: not in time).
            Unhealthy: it is being started again, and does not come up.
        """
        if self.port is None:
            self.wait_until_healthy(self._stopping)
        return self._ask("POST", "/invocations", body, headers)

    def stop(self) -> None:
        """End the process; when this returns, nothing of it is left but its log."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    # Asking

    def _is_up(self) -> bool:
        try:
            port = int((self._container.home / "port").read_text("ascii"))
            reply = self._sent(_connection(port), "GET", "/ping", b"", {})
        except (OSError, ValueError, HTTPException):
            return False
        if reply.status == 200:
            self.port, self._was_up = port, True
        return reply.status == 200

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        connection = self._kept()
        if connection is None:
            if self.port is None:
                raise ConnectionRefusedError("the process is not up")
            connection = _connection(self.port)
        return self._sent(connection, method, path, body, headers)

    def _kept(self) -> HTTPConnection | None:
        """A connection that is kept and still open.  A request is never sent twice."""
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                # What can be read before anything was asked is the end of the process.
                if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                    return connection
                connection.close()
        return None

    def _sent(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
    ) -> Reply:
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()
            raise
        with self._lock:
            if self._stopping.is_set() or response.will_close:
                connection.close()
            else:
                self._idle.append(connection)
        return Reply(response.status, response.getheader("Content-Type", ""), content)

    # In its thread

    def _run(self) -> None:
        log = LogFile(self.log_path)
        try:
            log.say(f"{interpreter()} of this machine in place of the image {self._variant.image}")
            self._serve(log)
        except JobError as error:
            self._failure = str(error)
            log.say(self._failure)
        except Exception as error:  # a bug of ours; the instance has failed all the same
            self._failure = f"{type(error).__name__}: {error}"
            log.say(traceback.format_exc())
        finally:
            self._ended.set()
            log.close()
            if self._container.folder.exists():
                self._container.remove()

    def _serve(self, log: LogFile) -> None:
        while not self._stopping.is_set():
            if self._was_up and self._stopping.wait(_RESTART_AFTER_S):
                return
            self._prepare()
            exit = self._run_process(log)
            self.port = None
            if self._stopping.is_set():
                return
            reason = exit.last_error or f"the process ended with exit code {exit.code}"
            if not self._was_up:
                raise JobError(reason)
            log.say(f"The process has ended ({reason}); it is started again.")

    def _prepare(self) -> None:
        container = self._container
        if container.folder.exists():
            end_leftovers(container.home)
            container.remove()
        container.create()
        model, code = container.ml / "model", container.ml / "code"
        if self._variant.packed:
            model.mkdir()
            name = self._variant.model_uri.rpartition("/")[2]
            shutil.copyfile(self._archives / MODEL_ARCHIVE, model / name)
        else:
            unpack(self._archives / MODEL_ARCHIVE, model, max_bytes=MAX_MODEL_BYTES)
            model.mkdir(exist_ok=True)
        unpack(self._archives / CODE_ARCHIVE, code)

    def _run_process(self, log: LogFile) -> Exit:
        container = self._container
        code = container.ml / "code"
        environment = container.environment(
            self._region,
            {
                "PYTHONPATH": str(code),
                "SM_MODEL_DIR": "/opt/ml/model",
                **self._variant.environment,
            },
            cores=os.cpu_count() or 1,
        )
        port = container.home / "port"
        command = [
            *("python3", "-P", runtime.__file__),
            *(self._variant.module, str(container.ml / "model"), str(port)),
        ]
        try:
            return run_process(
                container.command(command),
                cwd=code,
                environment=environment,
                log=log,
                guardian=self._guardian,
                stop=self._stopping,
                max_runtime_s=float("inf"),
                grace_s=self._grace_s,
            )
        finally:
            end_leftovers(container.home)


def _connection(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=INVOCATION_TIMEOUT_S)
