"""The states that deploy an endpoint and take it back, run on the engine's own hosting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.hosted import PROGRAM
from tests.engine.running import archive
from tests.engine.whole import REGION, ROLE, Whole
from tests.steps.hosting import BEFORE, definition, environment

BUCKET = "a-bucket"
CODE = f"demo/dev/code/{'c' * 64}/sourcedir.tar.gz"
ENVIRONMENT = environment(
    realtime={
        "instance_type": "ml.m5.large",
        "autoscaling": {"min_count": 1, "max_count": 3, "invocations_per_minute": 600},
    },
    alarms={"max_error_share": 0.01},
    update={"bake_s": 1},
    test=None,
)
ALARM = "demo-dev-endpoint-errors"


class Pipeline:
    """The states as a state machine on an engine; each execution deploys another model."""

    def __init__(self, engine: Whole) -> None:
        self.engine = engine
        self.count = 0
        s3 = engine.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        code = archive({"jobs/__init__.py": "", "jobs/inference.py": PROGRAM})
        s3.put_object(Bucket=BUCKET, Key=CODE, Body=code)
        engine.client("cloudwatch").put_metric_alarm(
            AlarmName=ALARM,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="Invocation5XXErrors",
            Namespace="AWS/SageMaker",
            Period=60,
            Statistic="Sum",
            Threshold=1,
        )
        self.arn: str = engine.client("stepfunctions").create_state_machine(
            name="deploy", roleArn=ROLE, definition=json.dumps(definition(ENVIRONMENT))
        )["stateMachineArn"]

    def deploy(self, says: str | None) -> dict[str, Any]:
        """Deploy a model that says something, or one that cannot be loaded; the execution."""
        self.count += 1
        key = f"models/{self.count}/model.tar.gz"
        files = {} if says is None else {"model.txt": says}
        self.engine.client("s3").put_object(Bucket=BUCKET, Key=key, Body=archive(files))
        return self.engine.ended(self.engine.start(self.arn, self._input(key)))

    def _input(self, key: str) -> dict[str, Any]:
        train = {**BEFORE["Train"], "model": f"s3://{BUCKET}/{key}"}
        return {**BEFORE, "id": f"{self.count:012d}", "Train": train}

    def answers(self) -> str:
        """What the endpoint's model says."""
        response = self.engine.client("sagemaker-runtime").invoke_endpoint(
            EndpointName="demo-dev", Body=b"{}", ContentType="application/json"
        )
        said: str = json.loads(response["Body"].read())["model"]
        return said

    def left(self) -> set[str]:
        """The names of all models and configurations."""
        client = self.engine.client("sagemaker")
        models = {each["ModelName"] for each in client.list_models()["Models"]}
        configurations = client.list_endpoint_configs()["EndpointConfigs"]
        return models | {each["EndpointConfigName"] for each in configurations}

    def scaling(self) -> list[tuple[int, int]]:
        client = self.engine.client("application-autoscaling")
        targets = client.describe_scalable_targets(ServiceNamespace="sagemaker")
        return [(each["MinCapacity"], each["MaxCapacity"]) for each in targets["ScalableTargets"]]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    engine = Whole(tmp_path_factory.mktemp("engine") / ".local")
    yield Pipeline(engine)
    engine.close()


def test_models_take_the_endpoint_over_or_leave_it_as_it_was(pipeline):
    """One story, since each chapter takes processes: nothing, first, second, broken, alarmed."""
    broken = pipeline.deploy(None)

    assert (broken["status"], broken["error"]) == ("FAILED", "EndpointNotInService")
    assert "did not pass the ping health check" in broken["cause"]
    assert pipeline.left() == set()
    assert pipeline.engine.client("sagemaker").list_endpoints()["Endpoints"] == []

    first = pipeline.deploy("first")

    assert first["status"] == "SUCCEEDED", first
    assert pipeline.answers() == "first"
    assert pipeline.scaling() == [(1, 3)]

    second = pipeline.deploy("second")

    assert second["status"] == "SUCCEEDED", second
    assert json.loads(second["output"])["previous"] == "demo-dev-serve-000000000002-0"
    assert pipeline.answers() == "second"
    assert pipeline.left() == {"demo-dev-serve-000000000003-0"}

    broken = pipeline.deploy(None)

    assert (broken["status"], broken["error"]) == ("FAILED", "EndpointNotInService")
    assert pipeline.answers() == "second"
    assert pipeline.left() == {"demo-dev-serve-000000000003-0"}
    assert pipeline.scaling() == [(1, 3)]

    alarms = pipeline.engine.client("cloudwatch")
    alarms.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="a test")
    alarmed = pipeline.deploy("fourth")

    assert alarmed["status"] == "FAILED"
    assert ALARM in alarmed["cause"]
    assert pipeline.answers() == "second"
    assert pipeline.left() == {"demo-dev-serve-000000000003-0"}

    alarms.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="a test")
    states = pipeline.engine.client("stepfunctions")
    states.redrive_execution(executionArn=alarmed["executionArn"])
    redriven = pipeline.engine.ended(alarmed["executionArn"])

    assert redriven["status"] == "SUCCEEDED", redriven
    assert pipeline.answers() == "fourth"
    assert pipeline.left() == {"demo-dev-serve-000000000005-1"}
