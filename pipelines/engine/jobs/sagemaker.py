"""SageMaker's jobs: the operations on processing, training and tuning jobs, and on their tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.engine.calls import request_region
from pipelines.engine.jobs import processing, training
from pipelines.engine.jobs.job import Job
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.pages import page
from pipelines.engine.jobs.process_job import ProcessJob
from pipelines.engine.jobs.record import Record
from pipelines.engine.jobs.tuning.job import TuningJob
from pipelines.engine.jobs.tuning.searches import Searches
from pipelines.engine.wire.service import ServiceError, UnknownOperation

Request = Mapping[str, Any]


@dataclass(frozen=True)
class _Words:
    """How the operations of a kind of job call things."""

    noun: str
    describe: Callable[[Record], dict[str, Any]]
    # What lists have beyond names, times and the status.
    summary: Callable[[Record], dict[str, Any]] = lambda record: {}
    sort_by: str = "CreationTime"
    sort_order: str = "Descending"


class SageMakerJobs:
    """Answers what is said of jobs, and leaves the rest to others."""

    def __init__(
        self,
        processing_jobs: Jobs[ProcessJob],
        training_jobs: Jobs[ProcessJob],
        tuning_jobs: Jobs[TuningJob],
    ) -> None:
        searches = Searches(tuning_jobs, training_jobs)
        tuning = _Words(
            "HyperParameterTuning", searches.describe, searches.summary, "Name", "Ascending"
        )
        self._kinds: tuple[tuple[_Words, Jobs[Any]], ...] = (
            (_Words("Processing", processing.describe), processing_jobs),
            (_Words("Training", training.describe), training_jobs),
            (tuning, tuning_jobs),
        )
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "AddTags": self._add_tags,
            "DeleteTags": self._delete_tags,
            "ListTags": self._list_tags,
            "ListTrainingJobsForHyperParameterTuningJob": searches.list_trials,
        }
        for words, jobs in self._kinds:
            self.operations |= _operations(words, jobs)

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation in self.operations:
            return self.operations[operation](request)
        raise UnknownOperation(operation)

    def _add_tags(self, request: Request) -> dict[str, Any]:
        job = self._by_arn(request)
        tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", ())}
        job.set_tags({**job.record.tags, **tags})
        return {"Tags": _tags(job.record)}

    def _delete_tags(self, request: Request) -> dict[str, Any]:
        job = self._by_arn(request)
        gone = set(request.get("TagKeys", ()))
        job.set_tags({key: value for key, value in job.record.tags.items() if key not in gone})
        return {}

    def _list_tags(self, request: Request) -> dict[str, Any]:
        return {"Tags": _tags(self._by_arn(request).record)}

    def _by_arn(self, request: Request) -> Job:
        arn = str(request.get("ResourceArn", ""))
        for _, jobs in self._kinds:
            for job in jobs.all():
                if job.record.arn == arn:
                    found: Job = job
                    return found
            if f":{jobs.kind.arn_type}/" in arn:
                raise ServiceError("ResourceNotFound", f"There is no {arn}.")
        raise UnknownOperation(arn)  # something else's tags


def _operations(words: _Words, jobs: Jobs[Any]) -> dict[str, Callable[[Request], dict[str, Any]]]:
    """The four operations of one kind of job."""
    noun = words.noun
    name_key, arn_key, status_key = f"{noun}JobName", f"{noun}JobArn", f"{noun}JobStatus"

    def create(request: Request) -> dict[str, Any]:
        return {arn_key: jobs.create(request, region=request_region.get()).record.arn}

    def describe(request: Request) -> dict[str, Any]:
        return words.describe(jobs.get(str(request.get(name_key))).record)

    def stop(request: Request) -> dict[str, Any]:
        jobs.stop(str(request.get(name_key)))
        return {}

    def list_(request: Request) -> dict[str, Any]:
        found = [job.record for job in jobs.all() if _wanted(job.record, request)]
        if (sort_by := request.get("SortBy", words.sort_by)) != "CreationTime":
            found.sort(key=lambda record: record.name if sort_by == "Name" else record.status)
        if request.get("SortOrder", words.sort_order) == "Descending":
            found.reverse()
        records, token = page(found, request)
        summaries = [
            {
                name_key: record.name,
                arn_key: record.arn,
                status_key: record.status,
                "CreationTime": record.created,
                "LastModifiedTime": record.modified,
                **({f"{noun}EndTime": record.ended} if record.ended is not None else {}),
                **words.summary(record),
            }
            for record in records
        ]
        return {f"{noun}JobSummaries": summaries, **token}

    return {
        f"Create{noun}Job": create,
        f"Describe{noun}Job": describe,
        f"Stop{noun}Job": stop,
        f"List{noun}Jobs": list_,
    }


def _wanted(record: Record, request: Request) -> bool:
    return (
        str(request.get("NameContains", "")).lower() in record.name.lower()
        and request.get("StatusEquals") in (None, record.status)
        and float(request.get("CreationTimeAfter", 0)) <= record.created
        and record.created <= float(request.get("CreationTimeBefore", "inf"))
        and float(request.get("LastModifiedTimeAfter", 0)) <= record.modified
        and record.modified <= float(request.get("LastModifiedTimeBefore", "inf"))
    )


def _tags(record: Record) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in record.tags.items()]
