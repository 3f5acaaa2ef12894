"""The endpoint's alarms in the training stack, and who is allowed what for the endpoint."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.bundle import Bundle
from pipelines.template.alarms import build_alarms
from pipelines.template.build import Build, build
from tests.environments import make_environment
from tests.steps.hosting import environment


@pytest.fixture(scope="module")
def built() -> Build:
    watched = environment(
        alarms={"max_error_share": 0.01, "max_latency_ms": 200.0}, data_capture=0.5
    )
    return build(watched, Bundle({}))


def statements(built: Build, role: str) -> list[dict[str, Any]]:
    [policy] = built.templates["training"]["Resources"][role]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def allowing(built: Build, role: str, action: str) -> dict[str, Any]:
    """The one statement that allows an action."""
    [found] = [each for each in statements(built, role) if action in each["Action"]]
    return found


def test_only_what_is_configured_is_watched():
    section = {"realtime": {"instance_type": "ml.m5.large"}, "alarms": {"max_latency_ms": 50.0}}

    alarms = build_alarms(make_environment(endpoint=section))

    assert list(alarms) == ["EndpointLatency"]
    assert build_alarms(make_environment()) == {}


def test_latency_is_bounded_in_milliseconds_and_measured_in_microseconds(built):
    properties = built.templates["training"]["Resources"]["EndpointLatency"]["Properties"]

    assert properties["Threshold"] == 200.0
    assert properties["Metrics"][-1]["Expression"] == "latency / 1000"
    assert [each["ReturnData"] for each in properties["Metrics"]] == [False, True]


def test_the_alarms_are_those_that_an_update_listens_to(built):
    resources = built.templates["training"]["Resources"]
    names = {
        each["Properties"]["AlarmName"]
        for each in resources.values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    }

    states = built.definitions["training"].document["States"]
    update = states["Update endpoint"]["Parameters"]["DeploymentConfig"]
    listened = {each["AlarmName"] for each in update["AutoRollbackConfiguration"]["Alarms"]}

    assert names == listened == {"demo-dev-endpoint-errors", "demo-dev-endpoint-latency"}


def test_the_inference_stack_has_none_of_it(built):
    types = {each["Type"] for each in built.templates["inference"]["Resources"].values()}

    assert "AWS::CloudWatch::Alarm" not in types


def test_hosting_is_allowed_for_the_endpoint_and_for_names_of_ours(built):
    statement = allowing(built, "StateMachineRole", "sagemaker:DeleteEndpoint")

    resources = [each["Fn::Sub"].rsplit(":", 1)[1] for each in statement["Resource"]]
    assert resources == [
        "endpoint/demo-dev",
        "endpoint-config/demo-dev-serve-*",
        "model/demo-dev-serve-*",
    ]


def test_scaling_is_allowed_for_variants_of_endpoints_only(built):
    for action in ("DeregisterScalableTarget", "RegisterScalableTarget"):
        statement = allowing(built, "StateMachineRole", f"application-autoscaling:{action}")

        assert statement["Condition"]["StringEquals"] == {
            "application-autoscaling:scalable-dimension": "sagemaker:variant:DesiredInstanceCount",
            "application-autoscaling:service-namespace": "sagemaker",
        }


def test_the_jobs_role_may_ask_the_endpoint_and_capture_what_is_asked(built):
    assert "endpoint/demo-dev" in str(allowing(built, "JobRole", "sagemaker:InvokeEndpoint"))
    assert "/demo/dev/captured/*" in json.dumps(
        [each for each in statements(built, "JobRole") if each["Action"] == "s3:PutObject"]
    )
