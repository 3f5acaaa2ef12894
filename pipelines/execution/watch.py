"""Following an execution from wherever it is to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from pipelines.aws import AwsError, Connection
from pipelines.clock import Clock
from pipelines.execution.history import Event, History
from pipelines.execution.logs import JobLog
from pipelines.execution.view import Job, View, view_of
from pipelines.patience import Patience

_POLL_S = {"aws": 2.0, "local": 0.2}
# CloudWatch Logs is slower than SageMaker to tell of a job's end.
_LATE_LOG_S = {"aws": (2.0, 4.0), "local": ()}


class Watcher(Protocol):
    """Where the watching shows what it sees."""

    def show(self, view: View, job: Job | None, lines: Sequence[str]) -> None:
        """The execution as it is now, and the lines that this job has written since."""

    def say(self, line: str) -> None:
        """Something that happened to the watching itself, in a sentence."""


class Watch:
    """Watches one execution."""

    def __init__(
        self,
        connection: Connection,
        execution_arn: str,
        watcher: Watcher,
        clock: Clock,
        *,
        redrives: int = 0,
    ) -> None:
        """Args:
        redrives: as often as the execution has been redriven; ends before that are not the end.
        """
        self._where = connection.where
        self._patience = Patience(connection, clock, watcher.say)
        self._history = History(connection.client("stepfunctions"), execution_arn, self._patience)
        self._connection = connection
        self._watcher = watcher
        self._redrives = redrives
        self._log: tuple[Job, JobLog] | None = None
        self._logs_are_readable = True

    def until_the_end(self) -> View:
        """Show the execution until it has ended, and return what it was.

        Raises:
            AwsError: one that does not pass. The execution goes on.
        """
        events: list[Event] = []
        view = View("RUNNING")
        while True:
            new = self._history.new_events()
            if new:
                events += new
                view = view_of(events)
            job = _latest_job(view)
            self._watcher.show(view, job, self._new_lines(job))
            if not view.is_running and view.redrives >= self._redrives:
                return view
            self._patience.wait(_POLL_S[self._where])

    def last_lines(self, job: Job, count: int) -> list[str]:
        """The end of a job's log; empty if it cannot be read, which has been said then."""
        return last_lines(self._connection, job, count, self._watcher.say, self._patience.wait)

    def _new_lines(self, job: Job | None) -> list[str]:
        """Logs are a comfort: without them, the watching goes on."""
        if job is None or not self._logs_are_readable:
            return []
        if self._log is None or self._log[0] != job:
            self._log = (job, JobLog(self._connection.client("logs"), job))
        try:
            return self._log[1].new_lines()
        except AwsError as error:
            if not error.transient:
                self._logs_are_readable = False
                self._watcher.say(f"The jobs' logs cannot be read: {error}")
            return []


def last_lines(
    connection: Connection,
    job: Job,
    count: int,
    say: Callable[[str], None],
    wait: Callable[[float], None] = lambda seconds: None,
) -> list[str]:
    """The end of a job's log; empty if it cannot be read, which has been said then.

    Args:
        wait: lets time pass, for the log of a job that has ended a moment ago.
    """
    for pause_s in (0.0, *_LATE_LOG_S[connection.where]):
        if pause_s:
            wait(pause_s)
        try:
            lines = JobLog(connection.client("logs"), job).last_lines(count)
        except AwsError as error:
            say(f"The job's log cannot be read: {error}")
            return []
        if lines:
            return lines
    return []


def _latest_job(view: View) -> Job | None:
    """The job of the state entered last that runs one, as long as nothing comes after it."""
    return view.states[-1].job if view.states else None
