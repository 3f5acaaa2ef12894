"""What is done to the endpoint: create it, replace what serves, or clear it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines import naming
from pipelines.sdk import Pass, State
from pipelines.steps import autoscaling
from pipelines.steps.endpoint import (
    CONFIGURATION,
    ENDPOINT,
    NAME,
    PREVIOUS,
    section,
    tags,
    watch_alarms,
)
from pipelines.steps.endpoint_calls import call
from pipelines.steps.step import Scope, Statement, Step


@dataclass(frozen=True)
class Changes:
    """The ways to change the endpoint, each by the state that it begins with.

    Attributes:
        ends: what follows each of them is to be linked to these.
    """

    create: State
    replace: State
    clear: State
    ends: tuple[State, ...]
    steps: tuple[Step, ...]


def changes_to(scope: Scope, at: str) -> Changes:
    """The ways to change the endpoint, which was found as `$.Endpoint.<at>` says."""
    create = call(
        "Create endpoint",
        scope,
        "createEndpoint",
        {
            "EndpointName": ENDPOINT,
            "EndpointConfigName": CONFIGURATION,
            **tags(scope.environment),
        },
        result="begun",
        comment="The first one",
    )
    clear = call(
        "Clear failed endpoint",
        scope,
        "deleteEndpoint",
        {"EndpointName": ENDPOINT},
        result="cleared",
        comment="One that has failed serves nothing, and takes nothing else",
    )
    update = _update(scope)
    steps = [create, update, clear]
    # Noted before anything changes: an update may be made, and its answer be lost.
    note = Pass(
        "Note what serves",
        comment="It serves again if anything goes wrong",
        input_path=f"$.{NAME}.{at}.configuration",
        result_path=str(PREVIOUS),
    )
    if section(scope).realtime is not None:
        stop_scaling = autoscaling.stop_scaling(scope, update.state)
        steps.append(stop_scaling)
        note.next(stop_scaling.state)
    else:
        note.next(update.state)
    ends = (create.state, update.state, clear.state)
    return Changes(create.state, note, clear.state, ends, tuple(steps))


def _update(scope: Scope) -> Step:
    """Replace what serves; the old machines are kept until the traffic has moved."""
    environment, endpoint = scope.environment, section(scope)
    also: tuple[Statement, ...] = ()
    request: dict[str, Any] = {"EndpointName": ENDPOINT, "EndpointConfigName": CONFIGURATION}
    if endpoint.realtime is not None:
        request["DeploymentConfig"] = _deployment(scope)
        if endpoint.realtime.autoscaling is not None:
            # As many instances as the traffic has needed, and everything else as configured.
            request["RetainAllVariantProperties"] = True
            request["ExcludeRetainedVariantProperties"] = [
                {"VariantPropertyType": "DataCaptureConfig"}
            ]
    if endpoint.alarms is not None:
        also = (watch_alarms(environment),)
    return call(
        "Update endpoint",
        scope,
        "updateEndpoint",
        request,
        result="begun",
        comment="Traffic moves to the new model; alarms move it back",
        also=also,
    )


def _deployment(scope: Scope) -> Mapping[str, Any]:
    """The member `DeploymentConfig`: blue/green, all at once or a first share before the rest.

    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
    """
    endpoint = section(scope)
    alarms = naming.endpoint_alarm_names(scope.environment).values()
    wait_s = endpoint.update.bake_s if alarms else 0
    routing: dict[str, Any] = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": wait_s}
    if endpoint.update.first is not None:
        routing["Type"] = "CANARY"
        routing["CanarySize"] = {
            "Type": "CAPACITY_PERCENT",
            "Value": round(endpoint.update.first * 100),
        }
    deployment: dict[str, Any] = {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": 0,
            "MaximumExecutionTimeoutInSeconds": endpoint.update.max_s,
        }
    }
    if alarms:
        deployment["AutoRollbackConfiguration"] = {
            "Alarms": [{"AlarmName": name} for name in alarms]
        }
    return deployment
