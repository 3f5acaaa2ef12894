"""The endpoint's alarms: what rolls an update back while traffic moves to the new machines."""

from __future__ import annotations

from typing import Any

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.steps.endpoint import VARIANT
from pipelines.template.parts import tags

_NAMESPACE = "AWS/SageMaker"
# SageMaker's finest, and so the soonest that an alarm can ring.
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
_PERIOD_S = 60


def build_alarms(environment: Environment) -> dict[str, dict[str, Any]]:
    """The resources `EndpointErrors` and `EndpointLatency`, as far as they are configured.

    Without requests there is nothing to measure, and nothing wrong.
    """
    names = naming.endpoint_alarm_names(environment)
    alarms = environment.endpoint.alarms if environment.endpoint is not None else None
    resources = {}
    if alarms is not None and "errors" in names:
        resources["EndpointErrors"] = _alarm(
            environment,
            names["errors"],
            "The share of requests that the endpoint failed to answer",
            alarms.max_error_share,
            [
                _metric("errors", environment, "Invocation5XXErrors", "Sum"),
                _metric("requests", environment, "Invocations", "Sum"),
                {"Id": "share", "Expression": "errors / requests", "ReturnData": True},
            ],
        )
    if alarms is not None and "latency" in names:
        resources["EndpointLatency"] = _alarm(
            environment,
            names["latency"],
            "How long the slowest hundredth of the requests took, in milliseconds",
            alarms.max_latency_ms,
            [
                # SageMaker measures in microseconds.
                _metric("latency", environment, "ModelLatency", "p99"),
                {"Id": "milliseconds", "Expression": "latency / 1000", "ReturnData": True},
            ],
        )
    return resources


def _alarm(
    environment: Environment,
    name: str,
    description: str,
    bound: float | None,
    metrics: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": name,
            "AlarmDescription": description,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": bound,
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
            "Metrics": metrics,
            **tags(environment),
        },
    }


def _metric(id: str, environment: Environment, name: str, statistic: str) -> dict[str, Any]:
    """A metric of the endpoint, old and new machines together, for an expression to use."""
    dimensions = {"EndpointName": naming.endpoint_name(environment), "VariantName": VARIANT}
    return {
        "Id": id,
        "MetricStat": {
            "Metric": {
                "Namespace": _NAMESPACE,
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
            },
            "Period": _PERIOD_S,
            "Stat": statistic,
        },
        "ReturnData": False,
    }
