"""The operations on tuning jobs that look at their trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.pages import page
from pipelines.engine.jobs.process_job import ProcessJob
from pipelines.engine.jobs.record import Record
from pipelines.engine.jobs.tuning.job import TuningJob
from pipelines.engine.jobs.tuning.trials import describe, list_summary, trial_summary


class Searches:
    """Tuning jobs beside the training jobs that they have started."""

    def __init__(self, tuning_jobs: Jobs[TuningJob], training_jobs: Jobs[ProcessJob]) -> None:
        self._tuning_jobs = tuning_jobs
        self._training_jobs = training_jobs

    def describe(self, record: Record) -> dict[str, Any]:
        """DescribeHyperParameterTuningJob's response."""
        return describe(record, self._trials(record))

    def summary(self, record: Record) -> dict[str, Any]:
        """What ListHyperParameterTuningJobs has of it alone."""
        return list_summary(record, self._trials(record))

    def list_trials(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """ListTrainingJobsForHyperParameterTuningJob.

        Sorted by their objective, trials without one are left out.
        """
        record = self._tuning_jobs.get(str(request.get("HyperParameterTuningJobName"))).record
        found = [trial_summary(trial, record) for trial in self._trials(record)]
        if (status := request.get("StatusEquals")) is not None:
            found = [each for each in found if each["TrainingJobStatus"] == status]
        match request.get("SortBy", "Name"):
            case "CreationTime":
                found.sort(key=lambda each: each["CreationTime"])
            case "Status":
                found.sort(key=lambda each: each["TrainingJobStatus"])
            case "FinalObjectiveMetricValue":
                key = "FinalHyperParameterTuningJobObjectiveMetric"
                found = sorted(
                    (each for each in found if key in each), key=lambda each: each[key]["Value"]
                )
        if request.get("SortOrder", "Ascending") == "Descending":
            found.reverse()
        summaries, token = page(found, request)
        return {"TrainingJobSummaries": summaries, **token}

    def _trials(self, record: Record) -> list[Record]:
        """In the order in which they were started."""
        found = [job.record for job in self._training_jobs.all()]
        return sorted(
            (trial for trial in found if trial.tuning_arn == record.arn),
            key=lambda trial: trial.name,
        )
