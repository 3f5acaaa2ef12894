"""SageMaker's hosting as simulated executions meet it: models, configurations, one endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.interpreter import TaskCall, TaskFailed, TaskTokens
from pipelines.definitions.definition import render
from pipelines.environment.model import Environment
from pipelines.sdk import Expression, Pass
from pipelines.steps.step import Scope
from pipelines.steps.take_over import take_over
from tests.environments import make_environment

HERE = "arn:aws:sagemaker:eu-central-1:000000000000"


def error(code: str, message: str) -> TaskFailed:
    """An error as the AWS SDK integrations put it."""
    return TaskFailed(
        f"{code}Exception", f"{message} (Service: SageMaker, Status Code: 400, Request ID: 1)"
    )


def not_found(what: str, name: str) -> TaskFailed:
    """As SageMaker says it, which has no error of its own for it."""
    words = what.replace("-", " ").replace("config", "configuration")
    return error("SageMaker.SageMaker", f'Could not find {words} "{HERE}:{what}/{name}".')


@dataclass
class FakeHosting:
    """Models, configurations and the endpoint, which changes as it is looked at.

    Attributes:
        configurations: the model of each.
        serves: the endpoint's configuration; None: there is no endpoint.
        looks: how often the endpoint is seen in motion before a change is done.
        breaks: configurations that no endpoint comes up with.
        scaled: the scalable target's bounds.
        lose: operations that act, and whose answers are lost.
        verdict: endpoint-test/summary.json.
    """

    models: set[str] = field(default_factory=set)
    configurations: dict[str, str] = field(default_factory=dict)
    serves: str | None = None
    status: str = "InService"
    reason: str | None = None
    looks: int = 2
    breaks: Callable[[str], bool] = lambda name: False
    scaled: tuple[int, int] | None = None
    lose: frozenset[str] = frozenset()
    verdict: Mapping[str, Any] = field(
        default_factory=lambda: {"passed": True, "reason": "all is as it was offline"}
    )
    callbacks: TaskTokens = field(default_factory=TaskTokens)
    log: list[str] = field(default_factory=list)
    _left: int = 0
    _then: Callable[[], None] = lambda: None

    @classmethod
    def serving(cls, name: str, **more: Any) -> FakeHosting:
        """One whose endpoint serves with this configuration, and scales from 1 to 2."""
        return cls({name}, {name: name}, name, scaled=(1, 2), **more)

    @property
    def is_settled(self) -> bool:
        return self.serves is None or self.status in ("InService", "Failed")

    def supports(self, resource: str) -> str | None:
        return None

    async def run(self, call: TaskCall) -> Any:
        operation = call.resource.rsplit(":", 1)[1]
        if operation == "getObject":
            return {"Body": json.dumps(self.verdict)}
        if operation == "createProcessingJob.sync":
            return {"ProcessingJobName": call.parameters["ProcessingJobName"]}
        return self.answer(operation, call.parameters)

    def answer(self, operation: str, request: dict[str, Any]) -> Any:
        """What SageMaker answers to one call."""
        answer = getattr(self, operation)(request)
        if operation != "describeEndpoint":
            self.log.append(operation)
        if operation in self.lose:
            raise TaskFailed("States.Timeout", "")
        return answer

    def createModel(self, request: dict[str, Any]) -> Any:
        name = request["ModelName"]
        if name in self.models:
            raise error("SageMaker.SageMaker", f"Cannot create already existing model {name}")
        self.models.add(name)
        return {"ModelArn": f"{HERE}:model/{name}"}

    def createEndpointConfig(self, request: dict[str, Any]) -> Any:
        name = request["EndpointConfigName"]
        if name in self.configurations:
            raise error("SageMaker.SageMaker", f"Cannot create already existing {name}")
        [variant] = request["ProductionVariants"]
        self.configurations[name] = variant["ModelName"]
        return {"EndpointConfigArn": f"{HERE}:endpoint-config/{name}"}

    def describeEndpoint(self, request: dict[str, Any]) -> Any:
        if self._left:
            self._left -= 1
        elif not self.is_settled:
            self._then()
        if self.serves is None:
            raise not_found("endpoint", request["EndpointName"])
        answer = {
            "EndpointName": request["EndpointName"],
            "EndpointArn": f"{HERE}:endpoint/{request['EndpointName']}",
            "EndpointConfigName": self.serves,
            "EndpointStatus": self.status,
            "CreationTime": "2026-01-01T00:00:00Z",
            "LastModifiedTime": "2026-01-01T00:00:00Z",
        }
        return answer if self.reason is None else {**answer, "FailureReason": self.reason}

    def createEndpoint(self, request: dict[str, Any]) -> Any:
        if self.serves is not None:
            raise error("SageMaker.SageMaker", "Cannot create already existing endpoint")
        name = request["EndpointConfigName"]
        if name not in self.configurations:
            raise not_found("endpoint-config", name)

        def done() -> None:
            self.status, self.reason = ("Failed", "no ping") if self.breaks(name) else _IN_SERVICE

        self._change("Creating", done)
        self.serves = name
        return {"EndpointArn": f"{HERE}:endpoint/{request['EndpointName']}"}

    def updateEndpoint(self, request: dict[str, Any]) -> Any:
        self._must_be_settled(request)
        if self.status == "Failed":
            raise error("SageMaker.SageMaker", "Cannot update a failed endpoint")
        name = request["EndpointConfigName"]
        if name not in self.configurations:
            raise not_found("endpoint-config", name)

        def done() -> None:
            if self.breaks(name):
                self.status, self.reason = "InService", "no ping"
            else:
                self.serves, (self.status, self.reason) = name, _IN_SERVICE

        self._change("Updating", done)
        return {"EndpointArn": f"{HERE}:endpoint/{request['EndpointName']}"}

    def deleteEndpoint(self, request: dict[str, Any]) -> Any:
        self._must_be_settled(request)

        def done() -> None:
            # https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-delete-with-scaling.html
            self.serves = self.scaled = None

        self._change("Deleting", done)
        return {}

    def deleteEndpointConfig(self, request: dict[str, Any]) -> Any:
        name = request["EndpointConfigName"]
        if self.configurations.pop(name, None) is None:
            raise not_found("endpoint-config", name)
        return {}

    def deleteModel(self, request: dict[str, Any]) -> Any:
        if request["ModelName"] not in self.models:
            raise not_found("model", request["ModelName"])
        self.models.remove(request["ModelName"])
        return {}

    def registerScalableTarget(self, request: dict[str, Any]) -> Any:
        if self.serves is None:
            raise error("ApplicationAutoScaling.Validation", "no such endpoint")
        self.scaled = (request["MinCapacity"], request["MaxCapacity"])
        return {"ScalableTargetARN": "arn:aws:application-autoscaling:…"}

    def putScalingPolicy(self, request: dict[str, Any]) -> Any:
        return {"PolicyARN": "arn:aws:autoscaling:…"}

    def deregisterScalableTarget(self, request: dict[str, Any]) -> Any:
        if self.scaled is None:
            raise error("ApplicationAutoScaling.ObjectNotFound", "No scalable target found")
        self.scaled = None
        return {}

    def _change(self, status: str, then: Callable[[], None]) -> None:
        self.status, self._left, self._then = status, self.looks, then

    def _must_be_settled(self, request: dict[str, Any]) -> None:
        if self.serves is None:
            raise not_found("endpoint", request["EndpointName"])
        if not self.is_settled:
            raise error("SageMaker.SageMaker", "Cannot update in-progress endpoint")


_IN_SERVICE = ("InService", None)


MACHINES = {"instance_type": "ml.m5.xlarge", "volume_gb": 30, "max_runtime_s": 1200}
REALTIME = {
    "instance_type": "ml.m5.large",
    "autoscaling": {"min_count": 1, "max_count": 3, "invocations_per_minute": 600},
}


def environment(**endpoint: Any) -> Environment:
    """An environment with an endpoint: by default a real-time one that scales, and is tested."""
    steps = ("preprocess", "train", "evaluate", "predict", "test_endpoint")
    sections = {"test": {}, **endpoint}
    if "serverless" not in sections:
        sections.setdefault("realtime", REALTIME)
    return make_environment(endpoint=sections, steps=dict.fromkeys(steps, MACHINES))


def definition(environment: Environment, **options: Any) -> dict[str, Any]:
    """Deploy, test and retire, as a state machine of their own."""
    segment = take_over(
        Scope(environment, "training", "c" * 64),
        model_sha256=Expression("$.Evaluation.document.model_sha256"),
        **options,
    )
    segment.then(Pass("Done", output_path="$.Endpoint"))
    text = json.dumps(render(segment.start, "Deploy, test and retire"))
    values = {"Bucket": "a-bucket", "JobRoleArn": "arn:aws:iam::000000000000:role/jobs"}
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    document: dict[str, Any] = json.loads(text)
    return document


BEFORE = {
    "id": "0123456789ab",
    "Train": {"TrainingJobName": "demo-dev-train-1", "model": "s3://a-bucket/a/model.tar.gz"},
    "Evaluate": {"ProcessingJobName": "demo-dev-evaluate-1", "folder": "demo/dev/runs/evaluate-1"},
    "Evaluation": {"document": {"model_sha256": "ab" * 32}},
}
"""What the execution has come to before the endpoint is deployed."""
