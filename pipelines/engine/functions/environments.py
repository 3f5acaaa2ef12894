"""All execution environments: which are busy, and which stand ready for the next event."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path

from pipelines.engine.calls import Calls
from pipelines.engine.files import folder_name
from pipelines.engine.functions.environment import Cancelled, Environment
from pipelines.engine.functions.function import Configuration
from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.processes.leftovers import end_leftovers
from pipelines.engine.processes.log import LogFile
from pipelines.engine.wire.service import ServiceError

MAX_RUNNING = 64
"""Invocations at a time, of all functions; more wait for one of them to end."""
_MAX_IDLE = 8

logger = logging.getLogger(__name__)


class Environments:
    """Starts environments, and keeps a few that were used last. Safe for threads."""

    def __init__(self, folder: Path, guardian: Guardian, calls: Calls) -> None:
        """Args:
        folder: `.local/functions`.
        calls: Where log groups are made, and what a function's own clients of AWS are led to.
        """
        self._folder = folder
        self._homes = folder / "environments"
        self._guardian = guardian
        self._calls = calls
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Environment]] = []
        self._slots = threading.BoundedSemaphore(MAX_RUNNING)
        self._closed = False

    def take(self, configuration: Configuration) -> tuple[Environment, bool]:
        """An environment for one invocation, and whether it has only now been started.

        It is given back, or closed and `leave` called.

        Raises:
            OSError: it cannot be started.
            Cancelled: the engine is stopping.
        """
        self._slots.acquire()
        try:
            if self._closed:
                raise Cancelled
            while (idle := self._pop(configuration.revision)) is not None:
                if idle.is_alive():
                    return idle, False
                idle.close()
            return self._start(configuration), True
        except BaseException:
            self._slots.release()
            raise

    def give_back(self, configuration: Configuration, environment: Environment) -> None:
        """Keep an environment that has answered for the next invocation."""
        environment.freeze()
        with self._lock:
            if self._closed:
                surplus = [environment]
            else:
                self._idle.append((configuration.revision, environment))
                surplus = [each for _, each in self._idle[:-_MAX_IDLE]]
                del self._idle[:-_MAX_IDLE]
        for each in surplus:
            each.close()
        self._slots.release()

    def discard(self, environment: Environment) -> None:
        """End an environment that has not answered."""
        environment.close()
        self._slots.release()

    def retire(self, revision: str) -> None:
        """End what stands ready for a configuration that is no more."""
        while (idle := self._pop(revision)) is not None:
            idle.close()

    def recover(self) -> None:
        """End what an engine that died may have left."""
        if self._homes.exists():
            for home in self._homes.iterdir():
                end_leftovers(home)
                shutil.rmtree(home, ignore_errors=True)

    def close(self) -> None:
        """End every environment that stands ready; those that are busy end with their call."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, environment in idle:
            environment.close()

    def _pop(self, revision: str) -> Environment | None:
        with self._lock:
            for position in range(len(self._idle) - 1, -1, -1):
                if self._idle[position][0] == revision:
                    return self._idle.pop(position)[1]
        return None

    def _start(self, configuration: Configuration) -> Environment:
        name = uuid.uuid4().hex
        stream = f"{datetime.now(UTC):%Y/%m/%d}/[{configuration.version}]{name}"
        home = function_folder(self._folder, configuration.region, configuration.name)
        logs = home / "logs"
        if not logs.exists():
            self._make_log_group(configuration)
            logs.mkdir(exist_ok=True)
        log = LogFile(logs / stream_file(stream))
        runtime, ours = configuration.runtime, "{}.{}.{}".format(*sys.version_info[:3])
        log.say(f"INIT_START Python {ours} of this machine in place of the runtime {runtime}")
        code = home / "code" / configuration.code
        try:
            return Environment(
                self._homes / name,
                variables=self._variables(configuration, code.absolute(), stream),
                log=log,
                guardian=self._guardian,
            )
        except BaseException:
            log.close()
            raise

    def _make_log_group(self, configuration: Configuration) -> None:
        """What Lambda does when a function writes its first log, unless somebody was before it."""
        group, region = configuration.log_group, configuration.region
        try:
            found = self._calls.call(
                "logs", "DescribeLogGroups", {"logGroupNamePrefix": group}, region=region
            )
            if all(each["logGroupName"] != group for each in found["logGroups"]):
                self._calls.call("logs", "CreateLogGroup", {"logGroupName": group}, region=region)
        except ServiceError as error:  # a function runs on AWS, too, if it must not log
            logger.warning("%s: %s", group, error.message)

    def _variables(self, configuration: Configuration, code: Path, stream: str) -> dict[str, str]:
        """The process's whole environment: what it has on AWS, then the function's own."""
        return {
            "AWS_DEFAULT_REGION": configuration.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration.runtime}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
            "AWS_LAMBDA_FUNCTION_VERSION": configuration.version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": configuration.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_REGION": configuration.region,
            "LAMBDA_TASK_ROOT": str(code),
            "LANG": "en_US.UTF-8",
            "PATH": os.defpath,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "TZ": ":UTC",
            "_HANDLER": configuration.handler,
            **self._calls.client_variables(),
            **configuration.environment,
        }


def function_folder(functions: Path, region: str, name: str) -> Path:
    """Where a function's files lie, below `.local/functions`."""
    return functions / region / folder_name(name)


def stream_file(stream: str) -> str:
    """A log stream's file.

    >>> stream_file("2026/11/21/[$LATEST]0a1b"), stream_name("2026-11-21~$LATEST~0a1b.txt")
    ('2026-11-21~$LATEST~0a1b.txt', '2026/11/21/[$LATEST]0a1b')
    """
    date, _, rest = stream.partition("/[")
    version, _, name = rest.partition("]")
    return f"{date.replace('/', '-')}~{version}~{name}.txt"


def stream_name(file: str) -> str:
    """The inverse of `stream_file`."""
    date, version, name = file.removesuffix(".txt").split("~")
    return f"{date.replace('-', '/')}/[{version}]{name}"
