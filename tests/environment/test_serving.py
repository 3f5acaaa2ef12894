"""The section `endpoint`: what of it goes together."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.environment.serving import Endpoint

MACHINES: dict[str, Any] = {"instance_type": "ml.m5.large"}
SERVERLESS: dict[str, Any] = {"memory_mb": 2048, "max_concurrency": 5}
ALARMS: dict[str, Any] = {"max_error_share": 0.01}


def test_an_endpoint_is_of_one_kind_and_all_else_may_be_left_out():
    assert Endpoint(realtime=MACHINES).update.bake_s == 300
    assert Endpoint(serverless=SERVERLESS).alarms is None


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({}, "needs realtime or serverless"),
        ({"realtime": MACHINES, "serverless": SERVERLESS}, "cannot stand beside realtime"),
        (
            {"serverless": SERVERLESS, "data_capture": 0.5},
            "data_capture: is not to be had with serverless",
        ),
        ({"serverless": SERVERLESS, "alarms": ALARMS}, "alarms: is not to be had with serverless"),
        (
            {"serverless": SERVERLESS, "update": {"first": 0.1}},
            "update.first: is not to be had with serverless",
        ),
        ({"realtime": MACHINES, "update": {"first": 0.1}}, "update.first: needs alarms"),
        ({"realtime": MACHINES, "alarms": {}}, "needs max_error_share or max_latency_ms"),
        ({"realtime": MACHINES, "data_capture": 0.005}, "data_capture: must be a whole percentage"),
        (
            {"realtime": MACHINES, "alarms": ALARMS, "update": {"first": 0.125}},
            "first: must be a whole percentage",
        ),
        (
            # A first share, and then the rest: each is watched.
            {"realtime": MACHINES, "alarms": ALARMS, "update": {"first": 0.1, "bake_s": 1800}},
            "max_s: must be more than the 3600 s of baking",
        ),
        (
            {
                "realtime": {
                    **MACHINES,
                    "autoscaling": {"min_count": 2, "max_count": 4, "invocations_per_minute": 9},
                }
            },
            "instance_count: must be from min_count to max_count of autoscaling, 2 to 4; is 1",
        ),
    ],
)
def test_what_does_not_go_together_is_said(section, message):
    with pytest.raises(ValidationError) as error:
        Endpoint.model_validate(section)

    assert message in str(error.value)


@pytest.mark.parametrize("share", [0.01, 0.07, 0.29, 0.57, 1.0])
def test_every_whole_percentage_is_one(share):
    """Though 0.29 * 100 is 28.999999999999996."""
    assert Endpoint.model_validate({"realtime": MACHINES, "data_capture": share})
