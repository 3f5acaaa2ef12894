"""The kind of job that CreateHyperParameterTuningJob starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.kind import Surroundings
from pipelines.engine.jobs.process_job import ProcessJob
from pipelines.engine.jobs.supported import TUNING
from pipelines.engine.jobs.tuning.job import TuningJob
from pipelines.engine.jobs.tuning.ranges import texts
from pipelines.engine.jobs.tuning.search import search_of, training_request, trial_name
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.validation import validate


class Tuning:
    """Tuning jobs, whose trials are jobs of another kind."""

    folder = "tuning"
    operation = "CreateHyperParameterTuningJob"
    name_key = "HyperParameterTuningJobName"
    arn_type = "hyper-parameter-tuning-job"
    log_group = ""  # the trials have logs, and SageMaker nothing to add
    supported = TUNING

    def __init__(self, training_jobs: Jobs[ProcessJob]) -> None:
        self._training_jobs = training_jobs

    def check(self, request: Mapping[str, Any]) -> None:
        """A search that can be meant, and a first trial that can be run."""
        search = search_of(request)
        first = texts(search.strategy.propose(0, ()), search.ranges)
        trial = training_request(request, trial_name(request[self.name_key], 0), first)
        kind = self._training_jobs.kind
        validate("sagemaker", kind.operation, trial)
        kind.supported.require(trial)
        kind.check(trial)

    def name_in_use(self, arn: str) -> str:
        return (
            "Hyperparameter tuning job names must be unique within an AWS account and region, "
            f"and a tuning job with this name already exists ({arn})"
        )

    def not_found(self, name: str) -> ServiceError:
        return ServiceError("ResourceNotFound", f"There is no tuning job with the name {name}.")


def tuning_jobs(training_jobs: Jobs[ProcessJob], surroundings: Surroundings) -> Jobs[TuningJob]:
    """All tuning jobs."""
    return Jobs(
        Tuning(training_jobs),
        surroundings,
        lambda record, home: TuningJob(record, home, training_jobs, surroundings),
    )
