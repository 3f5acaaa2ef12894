"""Take back: whatever went wrong, nothing half-made is left, and what served before serves again.

It goes by what there is, not by what was done: it looks at the endpoint, takes one thing back, and
looks again. So it makes no difference whether a call failed, or was made and its answer lost.

    no endpoint, or another configuration serves    nothing more to do with it
    the new configuration serves, and replaced one  update to the previous one
    the new configuration, of a new endpoint        delete the endpoint
    anything in between                             wait

Then the new configuration and its model are deleted, and the execution fails with the error that
led here. Redriven, it deploys again, under new names.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sdk import (
    Chain,
    Choice,
    ChoiceRule,
    Expression,
    Pass,
    State,
    bind,
)
from pipelines.steps import autoscaling
from pipelines.steps.endpoint import (
    CONFIGURATION,
    ENDPOINT,
    FAILURE_PATH,
    NAME,
    NONE,
    PREVIOUS,
    section,
)
from pipelines.steps.endpoint_calls import call, caught
from pipelines.steps.endpoint_looks import (
    ABSENT,
    SETTLED,
    UNREADABLE,
    has_new_configuration,
    has_status,
    look,
    too_often,
    wait,
)
from pipelines.steps.step import Scope, Step
from pipelines.steps.stop import stop

_NOW = "now"
_TRIED_PATH = f"$.{NAME}.tried"
_REMAINS_PATH = "$.Remains"


@dataclass(frozen=True)
class TakeBack:
    """Where a failure leads, with what failed at `$.Failure`."""

    start: State
    steps: tuple[Step, ...]


def take_back(scope: Scope, again: State) -> TakeBack:
    """The states that take a deployment back; a redrive goes from there to `again`."""
    ended = stop(
        "Endpoint not deployed",
        "Deployment taken back",
        failure=FAILURE_PATH,
        again=again,
        comment="Fail with the reason; a redrive deploys again",
    )
    done = _told(
        "Taken back",
        "(What was made for it is removed, and what served before serves.)",
        comment="As if nothing had been deployed",
        then=ended,
    )
    stuck = _told(
        "Not taken back",
        "(And it could not be taken back: the endpoint {} is {}: {} The endpoint configuration "
        "and the model {} may be left; the next deployment that succeeds supersedes what serves.)",
        f"{ENDPOINT}, $.{NAME}.{_NOW}.status, $.{NAME}.{_NOW}.reason, {CONFIGURATION}",
        comment="A person has to look",
        then=ended,
    )
    scaled, scaling = _restart_scaling(scope, done=done, ended=ended)
    model, removing_model = _remove(
        "model", scope, "deleteModel", "ModelName", then=scaled, otherwise=stuck
    )
    configuration, removing_configuration = _remove(
        "endpoint configuration",
        scope,
        "deleteEndpointConfig",
        "EndpointConfigName",
        then=removing_model,
        otherwise=stuck,
    )

    state = Choice("Taken back?", comment="What serves now?")
    pause = wait("Wait to take back", _NOW, comment="Until the endpoint is something", then=state)
    again_look = look(
        "Look what is left", scope, _NOW, comment="What has become of the endpoint", then=state
    )
    Chain([pause, again_look.state])
    # Whatever they answer, the next look tells what they did. Nothing is tried twice.
    restore = call(
        "Restore endpoint",
        scope,
        "updateEndpoint",
        {"EndpointName": ENDPOINT, "EndpointConfigName": PREVIOUS},
        result="tried",
        comment="What served before serves again",
    )
    remove = call(
        "Remove endpoint",
        scope,
        "deleteEndpoint",
        {"EndpointName": ENDPOINT},
        result="tried",
        comment="It serves nothing but what is taken back",
    )
    for step in (restore, remove):
        caught(step, pause, _TRIED_PATH)
        step.state.next(pause)

    fresh = ChoiceRule.StringEquals(variable=str(PREVIOUS), value=NONE)
    new = has_new_configuration(_NOW)
    state.add_choice(has_status(_NOW, ABSENT), removing_configuration)
    state.add_choice(has_status(_NOW, UNREADABLE), stuck)
    state.add_choice(
        ChoiceRule.And([has_status(_NOW, *SETTLED), ChoiceRule.Not(new)]), removing_configuration
    )
    state.add_choice(too_often(scope, _NOW), stuck)
    state.add_choice(
        ChoiceRule.And(
            [has_status(_NOW, *SETTLED), ChoiceRule.IsPresent(variable=_TRIED_PATH, value=True)]
        ),
        stuck,
    )
    state.add_choice(ChoiceRule.And([has_status(_NOW, *SETTLED), fresh]), remove.state)
    state.add_choice(has_status(_NOW, "InService"), restore.state)
    # It has failed, and replaced another: only a person, or a redrive, can do away with it.
    state.add_choice(has_status(_NOW, *SETTLED), stuck)
    state.default_choice(pause)
    steps = (again_look, restore, remove, configuration, model, *scaling)
    return TakeBack(again_look.state, steps)


def _told(name: str, words: str, arguments: str = "", *, comment: str, then: State) -> State:
    """Add to the failure what has become of it."""
    more = f", {arguments}" if arguments else ""
    state = Pass(
        name,
        comment=comment,
        parameters=bind(
            {
                "Error": Expression(f"{FAILURE_PATH}.Error"),
                "Cause": Expression(f"States.Format('{{}} {words}', {FAILURE_PATH}.Cause{more})"),
            }
        ),
        result_path=FAILURE_PATH,
    )
    state.next(then)
    return state


def _remove(
    what: str, scope: Scope, operation: str, member: str, *, then: State, otherwise: State
) -> tuple[Step, State]:
    """Delete a thing of the new name, which may never have been made; the step, and its state."""
    step = call(
        f"Remove {what}",
        scope,
        operation,
        {member: CONFIGURATION},
        result="removed",
        comment="It may never have been made",
        soon=True,
    )
    there = Choice(f"No {what}?", comment="It is gone, or it was never there")
    caught(step, there, _REMAINS_PATH)
    there.add_choice(
        ChoiceRule.StringMatches(variable=f"{_REMAINS_PATH}.Cause", value="Could not find*"), then
    )
    there.default_choice(otherwise)
    step.state.next(then)
    return step, step.state


def _restart_scaling(scope: Scope, *, done: State, ended: State) -> tuple[State, tuple[Step, ...]]:
    """Scale what serves again, if the endpoint scales, and there is one."""
    realtime = section(scope).realtime
    if realtime is None or realtime.autoscaling is None:
        return done, ()
    steps = autoscaling.scale(
        scope, realtime.autoscaling, ("Restart scaling", "Reset scaling policy")
    )
    without = _told(
        "Scaling not restarted",
        "(What was made for it is removed, and what served before serves, but does not scale: {})",
        f"{_REMAINS_PATH}.Cause",
        comment="The next deployment starts it again",
        then=ended,
    )
    for step in steps:
        caught(step, without, _REMAINS_PATH)
    steps[-1].state.next(done)
    there = Choice("Anything to scale?", comment="Not if the endpoint was a new one")
    there.add_choice(has_status(_NOW, ABSENT), done)
    there.default_choice(steps[0].state)
    return there, steps
