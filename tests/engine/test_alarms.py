"""Alarms and scalable targets on the engine: kept as AWS keeps them, and nothing measures."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipelines.engine.alarms import alarm_state
from pipelines.template.alarms import build_alarms
from tests.engine.conftest import REGION, Engine
from tests.engine.test_cloudformation import Deployer
from tests.environments import machine, make_environment

ENVIRONMENT = make_environment(
    endpoint={
        "realtime": {"instance_type": "ml.m5.large"},
        "alarms": {"max_error_share": 0.01, "max_latency_ms": 200.0},
    },
    steps={step: machine() for step in ("preprocess", "train", "evaluate", "predict")},
)
TEMPLATE = {"Resources": build_alarms(ENVIRONMENT)}
NAME = "demo-dev-endpoint-errors"
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/demo-dev/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def described(engine: Engine) -> dict[str, Any]:
    [alarm] = engine.client("cloudwatch").describe_alarms(AlarmNames=[NAME])["MetricAlarms"]
    return dict(alarm)


@pytest.fixture
def deployer(engine: Engine) -> Deployer:
    deployer = Deployer(engine)
    assert deployer.create(TEMPLATE)["StackStatus"] == "CREATE_COMPLETE"
    return deployer


def test_the_endpoints_alarms_are_made_as_the_template_has_them(engine, deployer):
    alarm = described(engine)

    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (0.01, "notBreaching")
    assert [each["Id"] for each in alarm["Metrics"]] == ["errors", "requests", "share"]
    assert engine.client("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])[
        "Tags"
    ] == [{"Key": "team", "Value": "data"}]


def test_an_alarm_rings_when_it_is_told_to_and_still_does_after_a_restart(engine, deployer):
    calls = engine.application.calls
    assert alarm_state(calls, NAME, REGION) == "OK"

    engine.client("cloudwatch").set_alarm_state(
        AlarmName=NAME, StateValue="ALARM", StateReason="a test"
    )
    engine.restart()

    assert alarm_state(engine.application.calls, NAME, REGION) == "ALARM"
    assert alarm_state(engine.application.calls, "no-such-alarm", REGION) is None


def test_a_bound_is_changed_in_place_and_an_alarm_goes_with_its_stack(engine, deployer):
    errors = TEMPLATE["Resources"]["EndpointErrors"]
    changed = {**errors, "Properties": {**errors["Properties"], "Threshold": 0.5}}

    deployer.deploy({"Resources": {"EndpointErrors": changed}})

    assert described(engine)["Threshold"] == 0.5
    client = engine.client("cloudwatch")
    assert [a["AlarmName"] for a in client.describe_alarms()["MetricAlarms"]] == [NAME]


def test_an_alarm_with_actions_is_refused_since_nobody_would_take_them(engine):
    errors = TEMPLATE["Resources"]["EndpointErrors"]
    acting = {**errors, "Properties": {**errors["Properties"], "AlarmActions": ["arn:aws:sns:…"]}}

    with pytest.raises(ClientError, match="AlarmActions"):
        Deployer(engine).create({"Resources": {"EndpointErrors": acting}})


def test_a_scalable_target_is_kept_with_its_policy_and_goes_with_it(engine):
    client = engine.client("application-autoscaling")
    with pytest.raises(client.exceptions.ObjectNotFoundException):
        client.deregister_scalable_target(**TARGET)

    client.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    client.put_scaling_policy(
        **TARGET,
        PolicyName="invocations",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 600,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    )
    [target] = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 3)

    client.deregister_scalable_target(**TARGET)

    assert client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert client.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
