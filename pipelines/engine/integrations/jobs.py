"""SageMaker's jobs: started, and waited for with `.sync`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import TASK_FAILED
from pipelines.asl.integrations import Integration, models
from pipelines.asl.interpreter import Signal, TaskCall, TaskFailed
from pipelines.asl.json_text import dumps
from pipelines.engine.arns import region_of
from pipelines.engine.integrations.casing import milliseconds, request_of, result_of
from pipelines.engine.integrations.failures import task_failed
from pipelines.engine.integrations.http_metadata import with_metadata
from pipelines.engine.integrations.threads import in_thread, until, until_certainly
from pipelines.engine.jobs import processing, training
from pipelines.engine.jobs.job import Job
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.process_job import ProcessJob
from pipelines.engine.jobs.record import Owner, Record
from pipelines.engine.jobs.tuning.job import TuningJob
from pipelines.engine.jobs.tuning.searches import Searches
from pipelines.engine.wire.service import ServiceError


@dataclass(frozen=True)
class _Kind:
    jobs: Jobs[Any]
    describe_operation: str
    arn_key: str
    describe: Callable[[Record], dict[str, Any]]


class SageMakerTasks:
    """Runs jobs for a Task state."""

    def __init__(
        self,
        processing_jobs: Jobs[ProcessJob],
        training_jobs: Jobs[ProcessJob],
        tuning_jobs: Jobs[TuningJob],
    ) -> None:
        self._kinds: Mapping[str, _Kind] = {
            "createProcessingJob": _Kind(
                processing_jobs, "DescribeProcessingJob", "ProcessingJobArn", processing.describe
            ),
            "createTrainingJob": _Kind(
                training_jobs, "DescribeTrainingJob", "TrainingJobArn", training.describe
            ),
            "createHyperParameterTuningJob": _Kind(
                tuning_jobs,
                "DescribeHyperParameterTuningJob",
                "HyperParameterTuningJobArn",
                Searches(tuning_jobs, training_jobs).describe,
            ),
        }

    def supports(self, integration: Integration) -> str | None:
        if integration.action in self._kinds:
            return None
        return f"of SageMaker the local engine runs {', '.join(self._kinds)} only"

    async def run(self, integration: Integration, call: TaskCall) -> Any:
        """The job's ARN, or with `.sync` its description once it has ended.

        Raises:
            TaskFailed: there is no such job to be had, or it ended otherwise than completed.
        """
        kind = self._kinds[integration.action]
        job = await in_thread(lambda stop: _create(kind, integration, call, stop))
        response = {kind.arn_key: job.record.arn}
        submitted = with_metadata("sagemaker", response, dumps(response).encode(), call.now())
        if integration.pattern != "sync":
            return submitted
        try:
            call.record("TaskSubmitted", {"output": dumps(submitted)})
            await until(job.ended)
        except BaseException:
            # Also a history that cannot be written leaves no process behind.
            job.stop()
            await until_certainly(job.ended)
            raise
        answer = models.service("sagemaker").operation(kind.describe_operation).answer
        assert answer is not None
        result = result_of(answer, kind.describe(job.record), str, milliseconds)
        if job.record.status != "Completed":
            raise TaskFailed(TASK_FAILED, dumps(result))
        return result


def _create(kind: _Kind, integration: Integration, call: TaskCall, stop: Signal) -> Job:
    shape = integration.request_shape
    assert shape is not None
    execution_arn = call.context["Execution"]["Id"]
    try:
        job: Job = kind.jobs.create(
            request_of(shape, call.parameters, str),
            region=region_of(execution_arn),
            owner=Owner(execution_arn, call.state),
        )
    except ServiceError as error:
        raise task_failed(integration, error) from error
    if stop.is_set() and integration.pattern == "sync":
        job.stop()
        job.ended.wait()
    return job
