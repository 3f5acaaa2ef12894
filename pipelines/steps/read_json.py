"""Read JSON: a small document that a job wrote, into the execution's data."""

from __future__ import annotations

from pipelines.sdk import Expression, Task, bind, partition
from pipelines.steps import permissions, retry
from pipelines.steps.expressions import without_bucket
from pipelines.steps.step import Scope, Step


def read_json(name: str, scope: Scope, uri: Expression, *, result: str, comment: str) -> Step:
    """Read the object at `uri` in the environment's bucket; its JSON becomes `$.<result>`.

    The document must leave room in a state's 262,144 bytes.
    """
    environment = scope.environment
    state = Task(
        name,
        resource=f"arn:{partition(environment.region)}:states:::aws-sdk:s3:getObject",
        parameters=bind({"Bucket": "${Bucket}", "Key": without_bucket(uri)}),
        comment=comment,
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("S3"),
        result_selector={"document.$": "States.StringToJson($.Body)"},
        result_path=f"$.{result}",
    )
    return Step(state, machine=(permissions.read_runs(scope, scope.pipeline),))
