"""Retire: the configuration that served before, and its model, once the new one has the endpoint.

SageMaker needs neither for a later update, which names a configuration of its own; kept, they
would pile up. Only what earlier executions of this pipeline made is deleted. What cannot be deleted
costs nothing and does no harm: that is noted in `$.Endpoint`, and the execution goes on.
"""

from __future__ import annotations

from pipelines.sdk import Chain, Choice, ChoiceRule, State
from pipelines.steps.endpoint import NAME, PREVIOUS, own_names
from pipelines.steps.endpoint_calls import call, caught
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope


def retire_endpoint(scope: Scope) -> Segment:
    """Delete the superseded configuration and its model, if there was one."""
    superseded = Choice("Anything superseded?", comment="Made by an execution of this pipeline")
    configuration = call(
        "Remove superseded configuration",
        scope,
        "deleteEndpointConfig",
        {"EndpointConfigName": PREVIOUS},
        result="retired",
        comment="Nothing is served with it any more",
    )
    model = call(
        "Remove superseded model",
        scope,
        "deleteModel",
        {"ModelName": PREVIOUS},
        result="retired",
        comment="The entry only: its archive and its model package stay",
    )
    superseded.add_choice(
        ChoiceRule.StringMatches(variable=str(PREVIOUS), value=own_names(scope.environment)),
        configuration.state,
    )
    caught(configuration, model.state, f"$.{NAME}.kept_configuration")
    Chain([configuration.state, model.state])

    def then(following: State) -> None:
        superseded.default_choice(following)
        caught(model, following, f"$.{NAME}.kept_model")
        Chain([model.state, following])

    return Segment(superseded, (then,), (configuration, model))
