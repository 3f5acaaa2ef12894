"""Read JSON: a small document that a job wrote, into the execution's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.sdk import Expression
from pipelines.steps import permissions
from pipelines.steps.api_call import api_call
from pipelines.steps.expressions import without_bucket
from pipelines.steps.step import Scope, Step


def read_json(
    name: str,
    scope: Scope,
    uri: Expression,
    *,
    document: Mapping[str, Any],
    result: str,
    comment: str,
) -> Step:
    """Read the object at `uri` in the environment's bucket; its JSON becomes `$.<result>.document`.

    The document must leave room in a state's 262,144 bytes.

    Args:
        document: Its JSON Schema, to which the checker holds the paths that lead into it.
    """
    state = api_call(
        name,
        scope,
        "S3",
        "getObject",
        {"Bucket": "${Bucket}", "Key": without_bucket(uri)},
        result=result,
        comment=comment,
        result_selector={"document.$": "States.StringToJson($.Body)"},
    )
    body = {"type": "string", "contentMediaType": "application/json", "contentSchema": document}
    return Step(
        state,
        machine=(permissions.read_runs(scope, scope.pipeline),),
        answer={"type": "object", "properties": {"Body": body}, "required": ["Body"]},
    )
