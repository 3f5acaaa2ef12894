"""Deploy endpoint: the model serves, or what served before it goes on.

    Create model → Create endpoint configuration → Look at endpoint → In service? ─┬─ yes → …
                                                        ^                          ├─ there is none
                                                        └── Wait ── Create, Update ┘  another serves

Whatever goes wrong leads to `take_back`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import naming
from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Pass, State, bind
from pipelines.steps import autoscaling
from pipelines.steps.endpoint import (
    BEGUN_PATH,
    CONFIGURATION,
    ENDPOINT,
    FAILURE_PATH,
    NAME,
    NONE,
    new_name,
    section,
)
from pipelines.steps.endpoint_calls import caught
from pipelines.steps.endpoint_changes import changes_to
from pipelines.steps.endpoint_looks import (
    ABSENT,
    has_new_configuration,
    has_status,
    look,
    too_often,
    wait,
)
from pipelines.steps.hosted_model import create_configuration, create_model
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope, Step
from pipelines.steps.take_back import TakeBack, take_back

_FOUND = "found"
_IN_MOTION = ("Creating", "Deleting", "RollingBack", "SystemUpdating", "Updating")
_BEGUN = ChoiceRule.IsPresent(variable=BEGUN_PATH, value=True)


@dataclass(frozen=True)
class Deployment:
    """The segment that deploys, and where a failure after it leads.

    Attributes:
        taking_back: what takes the deployment back, with what failed at `$.Failure`.
    """

    segment: Segment
    taking_back: TakeBack


def deploy_endpoint(scope: Scope, model_sha256: Expression) -> Deployment:
    """Create the endpoint, or update it to the trained model, and wait until it is in service.

    Afterwards `$.Endpoint` has EndpointName, EndpointConfigName, and `previous`: the configuration
    that served before, or "none".

    Args:
        model_sha256: the digest of the archive at `$.Train.model`.
    """
    start = Pass(
        "Deploy endpoint",
        comment="What it is called, and what this execution makes for it",
        parameters=bind(
            {
                "EndpointName": naming.endpoint_name(scope.environment),
                "EndpointConfigName": new_name(scope.environment),
                "previous": NONE,
            }
        ),
        result_path=f"$.{NAME}",
    )
    back = take_back(scope, start)
    model = create_model(scope, model_sha256)
    configuration = create_configuration(scope)
    deployed = Pass("Endpoint deployed", comment="It answers with the new model")
    scaling = _scaling(scope, deployed, back)

    state = Choice("Endpoint in service?", comment="With the new configuration?")
    looking = look(
        "Look at endpoint", scope, _FOUND, comment="What there is, and what serves", then=state
    )
    pause = wait("Wait for endpoint", _FOUND, comment="Longer each time", then=looking.state)
    changes = changes_to(scope, _FOUND)

    failed = _failed(back)
    new = has_new_configuration(_FOUND)
    state.add_choice(ChoiceRule.And([has_status(_FOUND, "InService"), new]), scaling[0])
    state.add_choice(too_often(scope, _FOUND), failed)
    state.add_choice(
        ChoiceRule.And([has_status(_FOUND, ABSENT), ChoiceRule.Not(_BEGUN)]), changes.create
    )
    state.add_choice(
        ChoiceRule.And([has_status(_FOUND, "InService"), ChoiceRule.Not(_BEGUN)]), changes.replace
    )
    state.add_choice(
        ChoiceRule.And([has_status(_FOUND, "Failed"), ChoiceRule.Not(_BEGUN)]), changes.clear
    )
    state.add_choice(has_status(_FOUND, *_IN_MOTION), pause)
    state.default_choice(failed)
    Chain([start, model.state, configuration.state, looking.state])
    for end in changes.ends:
        end.next(pause)
    for step in (model, configuration, *changes.steps):
        caught(step, back.start)
    steps = (model, configuration, looking, *changes.steps, *scaling[1], *back.steps)
    return Deployment(Segment(start, (deployed,), steps), back)


def _failed(back: TakeBack) -> State:
    """The endpoint is not what it was to become."""
    found = f"$.{NAME}.{_FOUND}"
    state = Pass(
        "Deployment failed",
        comment="It was rolled back, has failed, or takes too long",
        parameters=bind(
            {
                "Error": "EndpointNotInService",
                "Cause": Expression(
                    "States.Format('The endpoint {} did not come to serve {}: it is {} with {}. "
                    f"SageMaker says: {{}}', {ENDPOINT}, {CONFIGURATION}, {found}.status, "
                    f"{found}.configuration, {found}.reason)"
                ),
            }
        ),
        result_path=FAILURE_PATH,
    )
    state.next(back.start)
    return state


def _scaling(scope: Scope, then: State, back: TakeBack) -> tuple[State, tuple[Step, ...]]:
    realtime = section(scope).realtime
    if realtime is None or realtime.autoscaling is None:
        return then, ()
    steps = autoscaling.scale(scope, realtime.autoscaling, ("Start scaling", "Set scaling policy"))
    for step in steps:
        caught(step, back.start)
    steps[-1].state.next(then)
    return steps[0].state, steps
