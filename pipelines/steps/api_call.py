"""One call of an AWS API, through Step Functions' AWS SDK integrations: what such steps share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.regions import partition
from pipelines.sdk import Retry, State, Task, bind
from pipelines.steps import retry
from pipelines.steps.step import Scope


def api_call(
    name: str,
    scope: Scope,
    service: str,
    operation: str,
    request: Mapping[str, Any],
    *,
    result: str,
    comment: str,
    retriers: list[Retry] | None = None,
    **fields: Any,
) -> State:
    """A Task that calls `service` (as in "SageMaker") and puts the answer at `$.<result>`.

    Args:
        operation: in the API's spelling with a small first letter, such as "listModelPackages".
        request: The parameters; expressions are bound.
        retriers: if not those of any call.
        fields: further fields of the Task, under the SDK's names.
    """
    return Task(
        name,
        resource=(
            f"arn:{partition(scope.environment.region)}"
            f":states:::aws-sdk:{service.lower()}:{operation}"
        ),
        parameters=bind(request),
        comment=comment,
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retriers or retry.calling(service),
        result_path=f"$.{result}",
        **fields,
    )
