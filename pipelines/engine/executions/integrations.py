"""What Task states call: SageMaker's jobs to their end (`.sync`), and AWS's APIs (`aws-sdk`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.asl.errors import TASK_FAILED, AslSyntaxError
from pipelines.asl.interpreter import Signal, TaskCall, TaskFailed, TaskTokens
from pipelines.asl.json_text import dumps
from pipelines.asl.resources import Resource, parse_resource
from pipelines.engine.arns import arn_parts
from pipelines.engine.executions.aws_sdk import AwsSdk
from pipelines.engine.jobs import processing, training
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.record import Owner, Record
from pipelines.engine.wire.api_models import operation_model
from pipelines.engine.wire.service import ServiceError

_SDK = "aws-sdk:"


@dataclass(frozen=True)
class _Kind:
    jobs: Jobs
    operation: str
    arn_key: str
    describe: Callable[[Record], dict[str, Any]]


class Integrations:
    """Runs the tasks of the interpreter on the engine's own services."""

    def __init__(self, processing_jobs: Jobs, training_jobs: Jobs, sdk: AwsSdk) -> None:
        self.callbacks = TaskTokens()
        self._sdk = sdk
        self._kinds: Mapping[str, _Kind] = {
            "createProcessingJob.sync": _Kind(
                processing_jobs, "DescribeProcessingJob", "ProcessingJobArn", processing.describe
            ),
            "createTrainingJob.sync": _Kind(
                training_jobs, "DescribeTrainingJob", "TrainingJobArn", training.describe
            ),
        }

    def supports(self, resource: str) -> str | None:
        try:
            parsed = parse_resource(resource)
        except AslSyntaxError as error:
            return str(error)
        if parsed.service == "sagemaker":
            if parsed.name in self._kinds:
                return None
            return f"of SageMaker the local engine runs {' and '.join(self._kinds)} only"
        if not parsed.service.startswith(_SDK):
            return "the local engine runs SageMaker's jobs and the aws-sdk integrations only"
        if parsed.pattern:
            return f"the aws-sdk integrations have no .{parsed.pattern} here"
        return self._sdk.supports(parsed.service.removeprefix(_SDK), parsed.action)

    async def run(self, call: TaskCall) -> Any:
        """Run the task in a thread; when it is cancelled, what it started is ended first."""
        cancel, loop = Signal(), asyncio.get_running_loop()

        async def record(type: str, details: dict[str, Any]) -> None:
            call.record(type, details)

        def record_in_loop(type: str, details: dict[str, Any]) -> None:
            asyncio.run_coroutine_threadsafe(record(type, details), loop).result()

        threaded = replace(call, record=record_in_loop)
        work = asyncio.ensure_future(asyncio.to_thread(self._run, threaded, cancel))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            cancel.set()
            await asyncio.wait([work])
            work.exception()  # what a cancelled task says is not used
            raise

    def _run(self, call: TaskCall, cancel: Signal) -> Any:
        resource = parse_resource(call.resource)
        if resource.service.startswith(_SDK):
            region = arn_parts(call.context["Execution"]["Id"])[0]
            service = resource.service.removeprefix(_SDK)
            return self._sdk.call(service, resource.action, call.parameters, region)
        return self._run_job(resource, call, cancel)

    def _run_job(self, resource: Resource, call: TaskCall, cancel: Signal) -> Any:
        kind = self._kinds[resource.name]
        execution_arn = call.context["Execution"]["Id"]
        try:
            job = kind.jobs.create(
                call.parameters,
                region=arn_parts(execution_arn)[0],
                owner=Owner(execution_arn, call.state),
            )
        except ServiceError as error:
            raise _api_error(error) from error
        unfollow = cancel.follow(job.stop)
        try:
            call.record("TaskSubmitted", {"output": dumps({kind.arn_key: job.record.arn})})
            job.ended.wait()
        except BaseException:
            job.stop()  # a history that cannot be written leaves no process behind
            job.ended.wait()
            raise
        finally:
            unfollow()
        model = operation_model("sagemaker", kind.operation)
        result = _with_milliseconds(model.output_shape, kind.describe(job.record))
        if job.record.status != "Completed":
            raise TaskFailed(TASK_FAILED, dumps(result))
        return result


def _api_error(error: ServiceError) -> TaskFailed:
    """An error of SageMaker's API, by one of the two names that the integration has for them."""
    name = (
        "ResourceLimitExceededException"
        if error.code == "ResourceLimitExceeded"
        else "AmazonSageMakerException"
    )
    return TaskFailed(
        f"SageMaker.{name}",
        f"{error.message} (Service: AmazonSageMaker; Status Code: {error.status}; "
        f"Error Code: {error.code})",
    )


def _with_milliseconds(shape: Any, value: Any) -> Any:
    """A response as this integration gives it: times in milliseconds since the epoch."""
    if shape.type_name == "structure":
        return {name: _with_milliseconds(shape.members[name], value[name]) for name in value}
    if shape.type_name == "list":
        return [_with_milliseconds(shape.member, item) for item in value]
    if shape.type_name == "timestamp":
        return round(value * 1000)
    return value
