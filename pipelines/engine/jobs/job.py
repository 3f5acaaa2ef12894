"""One job, in a thread of its own: folders, process, outputs, and a record of each step."""

from __future__ import annotations

import threading
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.engine.jobs import record as job_record
from pipelines.engine.jobs.container import MAX_REASON, Container, JobError, interpreter
from pipelines.engine.jobs.kind import Command, Kind, Surroundings
from pipelines.engine.jobs.record import RUNNING, Record, milliseconds
from pipelines.engine.processes.leftovers import end_leftovers
from pipelines.engine.processes.log import LogFile
from pipelines.engine.processes.process import Exit, run_process
from pipelines.signals import Signal


class Job:
    """A job while the engine runs.

    Attributes:
        record: What is known of it now.
        stopping: Set when it is to stop.
        ended: Set when it has ended: its process is gone and its outputs are stored.
    """

    def __init__(self, record: Record, kind: Kind, surroundings: Surroundings, home: Path) -> None:
        self.record = record
        self.stopping = Signal()
        self.ended = Signal()
        self.home = home
        self._kind = kind
        self._around = surroundings
        self._lock = threading.Lock()

    @property
    def log_path(self) -> Path:
        return self.home / "log.txt"

    @property
    def container(self) -> Container:
        return Container(self.home / "container")

    def save(self) -> None:
        job_record.save(self.record, self.home / "job.json")

    def request_stop(self) -> bool:
        """Have it stopped; False if it has ended."""
        with self._lock:
            if self.record.status not in RUNNING:
                return False
            if self.record.status == "InProgress":
                self._change("Stopping", status="Stopping")
        self.stopping.set()
        return True

    def stop(self) -> None:
        """Have it stopped, if it has not ended."""
        self.request_stop()

    def set_tags(self, tags: dict[str, str]) -> None:
        """Replace its tags."""
        with self._lock:
            self.record = replace(self.record, tags=tags)
            self.save()

    def fail(self, reason: str) -> None:
        """End it as failed."""
        self._end("Failed", failure_reason=reason[:MAX_REASON])

    # In its thread

    def run(self) -> None:
        """Run it to its end; whatever happens, it has ended then, and its record says how."""
        log = LogFile(self.log_path)
        try:
            self._introduce(log)
            self._run_in_container(log)
        except JobError as error:
            log.say(str(error))
            self.fail(str(error))
        except Exception as error:  # a bug of ours; the job has failed all the same
            log.say(traceback.format_exc())
            self.fail(f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            log.close()
            self.ended.set()
            if self.container.folder.exists():
                self.container.remove()

    def _introduce(self, log: LogFile) -> None:
        image = self._kind.image(self.record.request)
        log.say(f"{interpreter()} of this machine in place of the image {image}")
        ignored = self._kind.supported.not_enforced(self.record.request)
        log.say(f"recorded, not enforced: {', '.join(ignored)}")

    def _run_in_container(self, log: LogFile) -> None:
        container = self.container
        container.create()
        self._enter("Downloading")
        command = self._kind.prepare(self.record, container, self._around.objects)
        if self.stopping.is_set():
            self._end("Stopped")
            return
        self._enter("Training", started=milliseconds())
        exit = self._run_process(command, log)
        message = self._kind.message(container)
        if exit.stopped is None and exit.code != 0:
            reason = failure_reason(exit, message)
            log.say(reason)
            self._end("Failed", failure_reason=reason, exit_message=message)
            return
        self._enter("Uploading")
        completed = exit.stopped is None
        artifacts = self._kind.collect(
            self.record, container, self._around.objects, self._tell_owner, completed=completed
        )
        if exit.stopped == "max_runtime":
            why = f"MaxRuntimeExceeded: ended after {command.max_runtime_s:g} s"
            log.say(why)
            self._end(
                "Stopped",
                secondary="MaxRuntimeExceeded",
                exit_message=message or why,
                artifacts=artifacts,
            )
        else:
            status = "Completed" if completed else "Stopped"
            self._end(status, exit_message=message, artifacts=artifacts)

    def _run_process(self, command: Command, log: LogFile) -> Exit:
        region = self.record.arn.split(":")[3]
        argv = self.container.command(command.argv)
        try:
            return run_process(
                argv,
                cwd=command.cwd,
                environment=self.container.environment(region, command.environment),
                log=log,
                guardian=self._around.guardian,
                stop=self.stopping,
                max_runtime_s=command.max_runtime_s,
                grace_s=self._around.grace_s,
            )
        except OSError as error:
            raise JobError(f"ClientError: cannot run {argv[0]}: {error.strerror}") from error
        except ValueError as error:  # a NUL in an argument, which no kernel takes
            raise JobError(f"ClientError: cannot run {argv[0]}: {error}") from error
        finally:
            end_leftovers(self.container.home)

    def _tell_owner(self, key: str, path: Path) -> None:
        if self.record.owner is not None:
            self._around.stored(self.record.owner, self.record.name, key, path)

    # The record

    def _enter(self, secondary: str, **changes: Any) -> None:
        with self._lock:
            self._change(secondary, **changes)

    def _end(self, status: str, *, secondary: str | None = None, **changes: Any) -> None:
        with self._lock:
            self._change(secondary or status, status=status, ended=milliseconds(), **changes)

    def _change(self, secondary: str, **changes: Any) -> None:
        now = milliseconds()
        transitions = (*self.record.transitions, (secondary, now))
        before = self.record.status
        self.record = replace(self.record, modified=now, transitions=transitions, **changes)
        # What a later engine needs to know is only whether it has ended, and how.
        if self.record.status != before:
            self.save()


def failure_reason(exit: Exit, message: str) -> str:
    """Why a process that ended badly did so, in SageMaker's form.

    >>> failure_reason(Exit(3, None, "no such column: age"), "")
    'AlgorithmError: no such column: age, exit code: 3'
    >>> failure_reason(Exit(-9, None, ""), "")
    'AlgorithmError: killed by signal 9 (out of memory?), exit code: 137'
    """
    reason, code = message or exit.last_error, exit.code
    if code < 0:
        guess = " (out of memory?)" if code == -9 else ""
        reason = f"killed by signal {-code}{guess}{': ' + reason if reason else ''}"
        code = 128 - code  # what a container's runtime reports
    tail = f", exit code: {code}"
    return f"AlgorithmError: {reason}"[: MAX_REASON - len(tail)] + tail
