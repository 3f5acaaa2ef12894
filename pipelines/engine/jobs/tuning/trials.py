"""What is told of a tuning job and its trials, as SageMaker's API shapes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.engine.jobs.record import RUNNING, Record
from pipelines.engine.jobs.tuning.ranges import ranges_of
from pipelines.engine.jobs.tuning.search import OBJECTIVE


def objective(record: Record, metric: str) -> float | None:
    """The objective of a trial that has ended: the last value that it printed."""
    for each in record.metrics:
        if each["MetricName"] == metric:
            value: float = each["Value"]
            return value
    return None


def best_of(trials: Sequence[Record], metric: str, sign: int) -> Record | None:
    """The completed trial with the best objective, of equals the first."""
    values = [
        (sign * value, record)
        for record in trials
        if record.status == "Completed" and (value := objective(record, metric)) is not None
    ]
    return max(values, key=lambda each: each[0])[1] if values else None


def describe(record: Record, trials: Sequence[Record]) -> dict[str, Any]:
    """DescribeHyperParameterTuningJob's response."""
    request = {key: value for key, value in record.request.items() if key != "Tags"}
    definition = request["TrainingJobDefinition"]
    wanted = _objective(record)
    static = {**definition.get("StaticHyperParameters", {}), OBJECTIVE: wanted["MetricName"]}
    best = best_of(trials, wanted["MetricName"], 1 if wanted["Type"] == "Maximize" else -1)
    response = {
        **request,
        "HyperParameterTuningJobArn": record.arn,
        "TrainingJobDefinition": {**definition, "StaticHyperParameters": static},
        "HyperParameterTuningJobStatus": record.status,
        "CreationTime": record.created,
        "LastModifiedTime": record.modified,
        "HyperParameterTuningEndTime": record.ended,
        **counters(record, trials),
        "BestTrainingJob": None if best is None else trial_summary(best, record),
        "FailureReason": record.failure_reason or None,
        "ConsumedResources": {"RuntimeInSeconds": sum(map(_seconds, trials))},
    }
    return {key: value for key, value in response.items() if value is not None}


def list_summary(record: Record, trials: Sequence[Record]) -> dict[str, Any]:
    """What ListHyperParameterTuningJobs has beyond names, times and the status."""
    config = record.request["HyperParameterTuningJobConfig"]
    return {
        "Strategy": config["Strategy"],
        "ResourceLimits": config["ResourceLimits"],
        **counters(record, trials),
    }


def counters(record: Record, trials: Sequence[Record]) -> dict[str, dict[str, int]]:
    """How many trials there are in each status, and of their objectives.

    A trial that was stopped early has its objective all the same: the search goes by it.
    """
    metric = _objective(record)["MetricName"]
    statuses = [_objective_status(trial, metric) for trial in trials]
    return {
        "TrainingJobStatusCounters": {
            "Completed": sum(trial.status == "Completed" for trial in trials),
            "InProgress": sum(trial.status in RUNNING for trial in trials),
            "RetryableError": 0,
            "NonRetryableError": sum(trial.status == "Failed" for trial in trials),
            "Stopped": sum(trial.status == "Stopped" for trial in trials),
        },
        "ObjectiveStatusCounters": {
            status: statuses.count(status) for status in ("Succeeded", "Pending", "Failed")
        },
    }


def trial_summary(trial: Record, record: Record) -> dict[str, Any]:
    """A trial, as BestTrainingJob and ListTrainingJobsForHyperParameterTuningJob have it."""
    config = record.request["HyperParameterTuningJobConfig"]
    wanted = _objective(record)
    value = objective(trial, wanted["MetricName"])
    names = [each.name for each in ranges_of(config["ParameterRanges"])]
    summary = {
        "TrainingJobName": trial.name,
        "TrainingJobArn": trial.arn,
        "CreationTime": trial.created,
        "TrainingStartTime": trial.started,
        "TrainingEndTime": trial.ended,
        "TrainingJobStatus": trial.status,
        "TunedHyperParameters": {name: trial.request["HyperParameters"][name] for name in names},
        "FailureReason": trial.failure_reason or None,
        "FinalHyperParameterTuningJobObjectiveMetric": (
            None if value is None else {"MetricName": wanted["MetricName"], "Value": value}
        ),
        "ObjectiveStatus": _objective_status(trial, wanted["MetricName"]),
    }
    return {key: value for key, value in summary.items() if value is not None}


def _objective(record: Record) -> Mapping[str, str]:
    config = record.request["HyperParameterTuningJobConfig"]
    wanted: Mapping[str, str] = config["HyperParameterTuningJobObjective"]
    return wanted


def _objective_status(trial: Record, metric: str) -> str:
    if trial.status in RUNNING:
        return "Pending"
    if trial.status == "Failed" or objective(trial, metric) is None:
        return "Failed"
    return "Succeeded"


def _seconds(trial: Record) -> int:
    """How long a trial has trained, once it has ended."""
    if trial.started is None or trial.ended is None:
        return 0
    return round(trial.ended - trial.started)
