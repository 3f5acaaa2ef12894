"""A job of any kind, in a thread of its own, with a record of each step."""

from __future__ import annotations

import threading
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.engine.jobs import record as job_record
from pipelines.engine.jobs.container import MAX_REASON, JobError
from pipelines.engine.jobs.record import RUNNING, Record, milliseconds
from pipelines.engine.processes.log import LogFile
from pipelines.signals import Signal


class Job:
    """A job while the engine runs: its record, its end, and how it is stopped.

    Attributes:
        record: What is known of it now.
        stopping: Set when it is to stop.
        ended: Set when it has ended: its process is gone and its outputs are stored.
    """

    def __init__(self, record: Record, home: Path) -> None:
        self.record = record
        self.stopping = Signal()
        self.ended = Signal()
        self.home = home
        self._lock = threading.Lock()

    @property
    def log_path(self) -> Path:
        return self.home / "log.txt"

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
            self._work(log)
        except JobError as error:
            log.say(str(error))
            self.fail(str(error))
        except Exception as error:  # a bug of ours; the job has failed all the same
            log.say(traceback.format_exc())
            self.fail(f"InternalServerError: {type(error).__name__}: {error}")
        finally:
            log.close()
            self.ended.set()
            self.clear()

    def _work(self, log: LogFile) -> None:
        """Do what it does, and say how it has ended. Raises JobError."""
        raise NotImplementedError

    def clear(self) -> None:
        """Leave nothing behind but its record and its log."""

    # The record

    def _enter(self, secondary: str, **changes: Any) -> None:
        with self._lock:
            self._change(secondary, **changes)

    def _note(self, **changes: Any) -> None:
        with self._lock:
            self.record = replace(self.record, **changes)

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
