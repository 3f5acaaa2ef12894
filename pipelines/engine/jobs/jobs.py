"""All jobs of one kind: starting, finding and stopping them, across the engine's own lives."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipelines.engine.jobs import record as job_record
from pipelines.engine.jobs.job import Job
from pipelines.engine.jobs.kind import Kind, Surroundings
from pipelines.engine.jobs.record import RUNNING, Owner, Record, milliseconds
from pipelines.engine.logs import LogStream
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.validation import validate
from pipelines.regions import partition

J = TypeVar("J", bound=Job)
ENGINE_STOPPED = "InternalServerError: the local engine stopped while the job ran"


class Jobs(Generic[J]):
    """All jobs of one kind. Safe for threads.

    Args:
        make: A job, from its record and its folder.
    """

    def __init__(
        self, kind: Kind, surroundings: Surroundings, make: Callable[[Record, Path], J]
    ) -> None:
        self.kind = kind
        self._make = make
        self._around = surroundings
        self._folder = surroundings.root / "jobs" / kind.folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._jobs: dict[str, J] = {}
        self._threads: set[threading.Thread] = set()

    # What others ask for

    def create(
        self, request: Mapping[str, Any], *, region: str, owner: Owner | None = None, **more: Any
    ) -> J:
        """Start a job; it runs on in its own thread.

        Args:
            more: Of its record.

        Raises:
            ServiceError: ValidationException, ResourceInUse.
        """
        validate("sagemaker", self.kind.operation, request)
        self.kind.supported.require(request)
        self.kind.check(request)
        name = request[self.kind.name_key]
        now = milliseconds()
        record = Record(
            name=name,
            arn=f"arn:{partition(region)}:sagemaker:{region}:{self._around.account}"
            f":{self.kind.arn_type}/{name.lower()}",
            request=dict(request),
            created=now,
            modified=now,
            stream=f"{name}/algo-1-{int(now)}",
            tags={tag["Key"]: tag["Value"] for tag in request.get("Tags", ())},
            owner=owner,
            transitions=(("Starting", now),),
            **more,
        )
        with self._lock:
            job = self._make(record, self._home(name))
            try:
                job.home.mkdir()
            except FileExistsError:
                raise ServiceError("ResourceInUse", self.kind.name_in_use(record.arn)) from None
            job.log_path.touch()
            job.save()
            self._jobs[name] = job
            thread = threading.Thread(
                target=self._run, args=(job,), name=f"job-{name}", daemon=True
            )
            self._threads.add(thread)
        thread.start()
        return job

    def get(self, name: str) -> J:
        """A job by its name.

        Raises:
            ServiceError: ValidationException, which is SageMaker's way to say: not found.
        """
        job = self._jobs.get(name)
        if job is None:
            raise self.kind.not_found(name)
        return job

    def stop(self, name: str) -> None:
        """Have a job stopped; its process is gone when the job has ended.

        Raises:
            ServiceError: there is no such job, or it has ended.
        """
        job = self.get(name)
        if not job.request_stop():
            raise ServiceError(
                "ValidationException",
                f"The request was rejected because the {self.kind.folder} job is in status"
                f" {job.record.status}.",
            )

    def all(self) -> list[J]:
        """Every job, oldest first."""
        return sorted(list(self._jobs.values()), key=lambda job: job.record.created)

    def log_streams(self, group: str) -> list[LogStream] | None:
        """The jobs' logs, if the group is the one that SageMaker has for jobs of this kind."""
        if group != self.kind.log_group or not group:
            return None
        return [
            LogStream(
                name=job.record.stream,
                path=job.log_path,
                created=job.record.created,
                modified=job.record.modified,
                arn=_log_group_arn(job.record.arn, group),
            )
            for job in self.all()
        ]

    # The engine's own start and end

    def recover(self) -> None:
        """Read the records of earlier engines; what one left in progress has failed."""
        for home in sorted(path for path in self._folder.iterdir() if path.is_dir()):
            if not (home / "job.json").exists():
                shutil.rmtree(home)  # the engine ended before it had answered
                continue
            record = job_record.load(home / "job.json")
            job = self._make(record, home)
            self._jobs[record.name] = job
            job.clear()
            if record.status in RUNNING:
                job.fail(ENGINE_STOPPED)
            job.ended.set()

    def shutdown(self) -> None:
        """Stop every job; returns when no process is left."""
        with self._lock:
            jobs, threads = list(self._jobs.values()), list(self._threads)
        for job in jobs:
            job.stop()
        for thread in threads:
            thread.join()

    def _run(self, job: J) -> None:
        try:
            job.run()
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _home(self, name: str) -> Path:
        # SageMaker's ARNs do not tell `A` from `a`, and neither do some file systems.
        return self._folder / name.lower()


def _log_group_arn(job_arn: str, group: str) -> str:
    """
    >>> _log_group_arn("arn:aws:sagemaker:eu-central-1:000000000000:processing-job/x", "/a")
    'arn:aws:logs:eu-central-1:000000000000:log-group:/a'
    """
    _, partition_, _, region, account, _ = job_arn.split(":", 5)
    return f"arn:{partition_}:logs:{region}:{account}:log-group:{group}"
