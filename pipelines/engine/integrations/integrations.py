"""What the interpreter calls for Task states: who of the engine runs which resource."""

from __future__ import annotations

import re
from typing import Any

from pipelines.asl.integrations import Integration, Problem, integration, start_problems
from pipelines.asl.interpreter import TaskCall, TaskTokens
from pipelines.asl.interpreter.distributed import MapRuns
from pipelines.engine.calls import Calls
from pipelines.engine.executions.activities import Activities
from pipelines.engine.executions.endings import Endings
from pipelines.engine.functions.service import Lambda
from pipelines.engine.integrations.api_calls import SERVICES, ApiCalls
from pipelines.engine.integrations.aws_sdk import AwsSdk
from pipelines.engine.integrations.function_calls import FunctionCalls
from pipelines.engine.integrations.items import READERS, WRITER, StoredItems
from pipelines.engine.integrations.jobs import SageMakerTasks
from pipelines.engine.integrations.nested import NestedExecutions
from pipelines.engine.integrations.objects import Objects
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.process_job import ProcessJob
from pipelines.engine.jobs.tuning.job import TuningJob
from pipelines.engine.s3.objects import ObjectStore

_OF_ITEMS = re.compile(rf"arn:aws[a-z-]*:states:::s3:({'|'.join(sorted(READERS))}|{WRITER})")


class Integrations:
    """Runs the tasks of the interpreter on the engine's own services.

    Attributes:
        callbacks: The task tokens that executions wait for.
        items: What Distributed Maps read and write.
        map_runs: Where their Map Runs are kept.
    """

    start_problems = staticmethod(start_problems)

    def __init__(
        self,
        *,
        processing_jobs: Jobs[ProcessJob],
        training_jobs: Jobs[ProcessJob],
        tuning_jobs: Jobs[TuningJob],
        functions: Lambda,
        calls: Calls,
        objects: ObjectStore,
        endings: Endings,
        callbacks: TaskTokens,
        map_runs: MapRuns,
        activities: Activities,
    ) -> None:
        self.callbacks = callbacks
        self.items = StoredItems(objects)
        self.map_runs = map_runs
        self._activities = activities
        self._jobs = SageMakerTasks(processing_jobs, training_jobs, tuning_jobs)
        self._functions = FunctionCalls(functions)
        self._nested = NestedExecutions(calls, endings)
        self._api_calls = ApiCalls(calls)
        self._sdk = AwsSdk(calls, Objects(objects))

    def supports(self, resource: str) -> str | None:
        """None if the engine runs this resource, else why not."""
        if _OF_ITEMS.fullmatch(resource):
            return None
        called = integration(resource)
        if called is None:
            return "it is no ARN that Step Functions calls"
        if isinstance(called, Problem):
            return called.message
        match called.kind:
            case "activity" | "function":
                return None
            case "aws-sdk":
                return self._sdk.supports(called)
        if called.service == "sagemaker":
            return self._jobs.supports(called)
        if called.service in SERVICES or called.service in ("lambda", "states"):
            return None
        return "the local engine does not have this service"

    def has_activity(self, arn: str) -> bool:
        """Whether there is the activity now."""
        return self._activities.has(arn)

    async def run(self, call: TaskCall) -> Any:
        """Run a task of a resource that is supported."""
        called = integration(call.resource)
        assert isinstance(called, Integration), call.resource
        if called.kind == "function":
            return await self._functions.run_function(call)
        if called.kind == "activity":
            return await self._activities.run(call)
        if called.is_sdk:
            return await self._sdk.run(called, call)
        match called.service:
            case "lambda":
                return await self._functions.invoke(called, call)
            case "sagemaker":
                return await self._jobs.run(called, call)
            case "states":
                return await self._nested.run(called, call)
        return await self._api_calls.run(called, call)
