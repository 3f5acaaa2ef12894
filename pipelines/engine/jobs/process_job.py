"""A job that is a process: folders, process, outputs."""

from __future__ import annotations

from pathlib import Path

from pipelines.engine.jobs.container import MAX_REASON, Container, JobError, interpreter
from pipelines.engine.jobs.job import Job
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.kind import Command, ProcessKind, Surroundings
from pipelines.engine.jobs.metrics import Metrics, metric_definitions
from pipelines.engine.jobs.record import Record, milliseconds
from pipelines.engine.processes.leftovers import end_leftovers
from pipelines.engine.processes.log import LogFile
from pipelines.engine.processes.process import Exit, run_process


class ProcessJob(Job):
    """A processing or a training job.

    Attributes:
        metrics: What it has printed of those that its request defines.
    """

    def __init__(
        self, record: Record, home: Path, kind: ProcessKind, surroundings: Surroundings
    ) -> None:
        super().__init__(record, home)
        self.metrics = Metrics(metric_definitions(record.request))
        self._kind = kind
        self._around = surroundings

    @property
    def container(self) -> Container:
        return Container(self.home / "container")

    def clear(self) -> None:
        """End what it has left running, and remove its folders."""
        if self.container.folder.exists():
            end_leftovers(self.container.home)
            self.container.remove()

    def _work(self, log: LogFile) -> None:
        log.heard = self.metrics.read
        self._introduce(log)
        self._run_in_container(log)

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
        with self._kind.beside(self.record, container, self._around.objects, log):
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
                environment=self.container.environment(
                    region,
                    {**self._around.client_variables(), **command.environment},
                    cores=self.record.cores,
                ),
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
            self._note(metrics=tuple(self.metrics.final()))

    def _tell_owner(self, key: str, path: Path) -> None:
        if self.record.owner is not None:
            self._around.stored(self.record.owner, self.record.name, key, path)


def process_jobs(kind: ProcessKind, surroundings: Surroundings) -> Jobs[ProcessJob]:
    """All jobs of a kind that are processes."""
    return Jobs(
        kind, surroundings, lambda record, home: ProcessJob(record, home, kind, surroundings)
    )


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
