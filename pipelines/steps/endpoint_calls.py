"""Calls of SageMaker's hosting, whose failure leads to what takes the deployment back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines import naming
from pipelines.regions import partition
from pipelines.sdk import Catch, JsonataTask, State
from pipelines.steps import retry
from pipelines.steps.api_call import api_call
from pipelines.steps.endpoint import FAILURE_PATH, NAME, hosting
from pipelines.steps.step import Scope, Statement, Step


def call(
    name: str,
    scope: Scope,
    operation: str,
    request: Mapping[str, Any],
    *,
    result: str,
    comment: str,
    also: tuple[Statement, ...] = (),
) -> Step:
    """One call of SageMaker's hosting; its answer is at `$.Endpoint.<result>`."""
    state = api_call(
        name,
        scope,
        "SageMaker",
        operation,
        request,
        result=f"{NAME}.{result}",
        comment=comment,
    )
    return Step(state, machine=(hosting(scope.environment), *also))


def update(
    name: str,
    scope: Scope,
    request: Mapping[str, Any],
    *,
    output: str,
    comment: str,
    also: tuple[Statement, ...] = (),
) -> Step:
    """Update the endpoint; `output` is JSONata, an object that is merged into `$.Endpoint`."""
    state = JsonataTask(
        name,
        comment=comment,
        resource=resource(scope, "updateEndpoint"),
        arguments={"EndpointName": naming.endpoint_name(scope.environment), **request},
        output=(
            f"{{% $merge([$states.input, {{'{NAME}': "
            f"$merge([$states.input.{NAME}, {output}])}}]) %}}"
        ),
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("SageMaker"),
    )
    return Step(state, machine=(hosting(scope.environment), *also))


def caught(step: Step, then: State, path: str = FAILURE_PATH) -> None:
    """Lead every error of a step to `then`, which takes back what was made."""
    catch = Catch(
        error_equals=["States.ALL"],
        next_step=then,
        **(
            {
                "output": f"{{% $merge([$states.input, {{'{path.removeprefix('$.')}': "
                "$states.errorOutput}]) %}"
            }
            if isinstance(step.state, JsonataTask)
            else {"result_path": path}
        ),
    )
    step.state.add_catch(catch)


def resource(scope: Scope, operation: str) -> str:
    """The Resource of a Task that calls an operation of SageMaker's."""
    return f"arn:{partition(scope.environment.region)}:states:::aws-sdk:sagemaker:{operation}"
