"""Serves already?: with reuse, an endpoint that serves this very model as configured is left alone.

What serves? → Look at served model → Serves already? ── yes → …
     └──── no endpoint, or no telling ────┴──── no → Deploy endpoint → … → …
"""

from __future__ import annotations

from pipelines import naming
from pipelines.bundle import ARCHIVE
from pipelines.sdk import Catch, Chain, Choice, ChoiceRule, Expression
from pipelines.steps import train
from pipelines.steps.api_call import api_call
from pipelines.steps.endpoint import hosting, section
from pipelines.steps.endpoint_calls import retry_soon
from pipelines.steps.hosted_model import AS_CONFIGURED, SUBMITTED, as_configured
from pipelines.steps.segment import Segment, when
from pipelines.steps.step import Scope, Statement, Step

_ENDPOINT, _MODEL = "Serving", "ServingModel"
_CONTAINER = f"$.{_MODEL}.PrimaryContainer"


def unless_serving(scope: Scope, deployment: Segment) -> Segment:
    """The segment that deploys, which is gone past if there is nothing for it to do."""
    environment = scope.environment
    permissions = hosting(environment)
    endpoint = api_call(
        "What serves?",
        scope,
        "SageMaker",
        "describeEndpoint",
        {"EndpointName": naming.endpoint_name(environment)},
        result=_ENDPOINT,
        comment="There may be no endpoint yet",
        retriers=retry_soon(),
    )
    model = api_call(
        "Look at served model",
        scope,
        "SageMaker",
        "describeModel",
        # A configuration and its model have one name.
        {"ModelName": Expression(f"$.{_ENDPOINT}.EndpointConfigName")},
        result=_MODEL,
        comment="Which archive, with which code and configuration",
    )
    serves = Choice("Serves already?", comment="Is it this model, served as configured?")
    serves.default_choice(deployment.start)
    for state in (endpoint, model):
        state.add_catch(
            Catch(
                error_equals=["States.ALL"],
                result_path=f"$.{_ENDPOINT}",
                next_step=deployment.start,
            )
        )
    Chain([endpoint, model, serves])
    same = {
        f"{_CONTAINER}.Environment.{SUBMITTED}": f"{scope.code_uri}/{ARCHIVE}",
        f"{_CONTAINER}.Environment.{AS_CONFIGURED}": as_configured(section(scope)),
    }
    is_same = ChoiceRule.And(
        [
            ChoiceRule.StringEquals(variable=f"$.{_ENDPOINT}.EndpointStatus", value="InService"),
            *(ChoiceRule.IsPresent(variable=path, value=True) for path in same),
            ChoiceRule.IsPresent(variable=f"{_CONTAINER}.ModelDataUrl", value=True),
            *(ChoiceRule.StringEquals(variable=path, value=value) for path, value in same.items()),
            ChoiceRule.StringEqualsPath(
                variable=f"{_CONTAINER}.ModelDataUrl", value=str(train.MODEL_URI)
            ),
        ]
    )
    looks = Statement("LookAtModel", ("sagemaker:DescribeModel",), permissions.resources)
    return Segment(
        endpoint,
        (*deployment.ends, when(serves, is_same)),
        (
            Step(endpoint, machine=(permissions,)),
            Step(model, machine=(looks,)),
            *deployment.steps,
        ),
    )
