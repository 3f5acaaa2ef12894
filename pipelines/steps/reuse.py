"""Reuse: a step of which nothing has changed since it succeeded is not run again.

The state machine itself looks the step up in the environment's table, under a digest of everything
that its result depends on: the code that its job's imports lead to, the documents and settings it
reads, its image, the steps before it, and the data as S3 lists them. So a scheduler profits too.
The table holds what each digest was made of, so that `reuse explain` can say what has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines import naming
from pipelines.bundle.closure import closure
from pipelines.regions import partition
from pipelines.sdk import Chain, Choice, ChoiceRule, JsonataTask
from pipelines.steps import permissions, retry
from pipelines.steps.only_measured import KEY, REPRODUCE
from pipelines.steps.segment import End, Segment, when
from pipelines.steps.step import Scope, Statement, Step

# S3 lists so many objects at once; data in more of them are not looked up, and always processed.
LISTED = 1000
REMEMBERED_S = 90 * 24 * 3600
FORMAT = "1"
# The part that is not a file: what the step's request asks for, as JSON.
SETTINGS = "settings"
# Of a file's digest, so many are kept.
DIGITS = 32

# What a request says about where and as whom a job runs, and not about what comes of it.
_WITHOUT_EFFECT = frozenset(
    {
        "CODE_SHA256",
        "CheckpointConfig",
        "EnableManagedSpotTraining",
        "HyperParameterTuningJobName",
        "InputDataConfig",
        "OutputDataConfig",
        "ProcessingInputs",
        "ProcessingJobName",
        "ProcessingOutputConfig",
        "ProcessingResources",
        "ResourceConfig",
        "RetryStrategy",
        "RoleArn",
        "StoppingCondition",
        "Tags",
        "TrainingJobName",
        "sagemaker_submit_directory",
    }
)


@dataclass(frozen=True)
class Ingredients:
    """What a step's result is made of, as far as `create` knows it: each part by its name.

    Attributes:
        result: where the step's result lies in the execution's data.
        data: names of the listings that it depends on, such as "training".
        champion: whether it depends on the approved model.
    """

    step: str
    result: str
    parts: Mapping[str, str]
    data: tuple[str, ...]
    champion: bool = False

    @property
    def digest(self) -> str:
        return _sha256(_canonical({"format": FORMAT, "step": self.step, **self.parts}))


def ingredients(
    scope: Scope,
    segment: Segment,
    *,
    program: str | None,
    documents: Sequence[str] = (),
    after: Sequence[Ingredients] = (),
    data: Sequence[str] = (),
    champion: bool = False,
    result: str = "",
) -> Ingredients:
    """What the result of a segment, whose first Task starts its job, is made of.

    Args:
        program: the path of the job's program in the bundle; None if it is in an image.
        documents: the bundle's documents that it reads.
        after: what it reads the results of.
        result: where the result lies, if not under the first Task's name.
    """
    request = segment.steps[0].state.fields["parameters"]
    files = closure(scope.sources, program) if program is not None else {}
    files |= {name: scope.sources[name] for name in documents}
    parts = {
        **{name: _sha256(content)[:DIGITS] for name, content in files.items()},
        SETTINGS: _canonical(_effective(request)).decode(),
        **{f"after {before.step}": before.digest for before in after},
    }
    listed = dict.fromkeys([*data, *(name for before in after for name in before.data)])
    first = segment.steps[0].name
    return Ingredients(first, result or first, parts, tuple(listed), champion)


def list_data(scope: Scope, name: str, *, is_first: bool = False) -> Step:
    """List the objects of a data location; their digest is at `$.listed.<name>`.

    It is the execution's own, and so nobody else's, if there are too many to list, or none, or if
    the execution is to show that the same comes out again.
    """
    uri = getattr(scope.environment.data, name)
    bucket = permissions.data_folder(uri).removeprefix("s3://").split("/", 1)[0]
    objects = "$states.result.Contents"
    others = "" if is_first else "$states.input.listed, "
    state = JsonataTask(
        f"List {name} data",
        comment="What the results of an earlier execution must have been made of",
        resource=_resource(scope, "s3", "listObjectsV2"),
        arguments={
            "Bucket": bucket,
            "Prefix": f"{{% $substringAfter($states.input.input.{name}_data, 's3://{bucket}/') %}}",
            "MaxKeys": LISTED,
        },
        output=(
            f"{{% $merge([$states.input, {{'listed': $merge([{others}"
            f"{{'{name}': $states.result.IsTruncated or $not($exists({objects})) "
            f"or $states.input.input.{KEY} = '{REPRODUCE}' "
            "? $states.context.Execution.Id "
            f": $hash($join({objects}.(Key & ' ' & ETag), ' '), 'SHA-256')}}])}}]) %}}"
        ),
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("S3"),
    )
    return Step(state, machine=tuple(permissions.list_objects(scope, [uri])))


def reusable(scope: Scope, segment: Segment, made_of: Ingredients) -> Segment:
    """The segment, behind a look-up that goes past it, and followed by a note of its result."""
    remember = _remember(scope, made_of)
    segment.then(remember.state)
    ends: list[End] = [remember.state]
    steps = [*segment.steps, remember]
    following = segment.start
    for environment in reversed((scope.environment.name, *scope.environment.reuse_from)):
        look = replace(_look_up(scope, made_of, environment), answer=_found(segment, made_of))
        found = Choice(
            f"{made_of.step} known{_in(scope, environment)}?", comment="Then it is not run again"
        )
        found.default_choice(following)
        Chain([look.state, found])
        known = ChoiceRule.IsPresent(variable=f"$.{made_of.result}", value=True)
        ends.append(when(found, known))
        steps.insert(0, look)
        following = look.state
    return Segment(following, tuple(ends), tuple(steps))


def _look_up(scope: Scope, made_of: Ingredients, environment: str) -> Step:
    name, result = made_of.step, made_of.result
    theirs = _scope_of(scope, environment)
    table = naming.reuse_table_name(theirs.environment)
    state = JsonataTask(
        f"Look up {name}{_in(scope, environment)}",
        comment="Has it been run on the same data, with the same code and configuration?",
        resource=_resource(scope, "dynamodb", "getItem"),
        arguments={
            "TableName": table,
            "Key": {"step": {"S": name}, "digest": {"S": _digest(made_of)}},
        },
        output=(
            "{% $exists($states.result.Item) ? $merge([$states.input, "
            f"{{'{result}': $merge([$parse($states.result.Item.result.S), "
            "{'reused_from': $states.result.Item.execution.S}])}]) : $states.input %}"
        ),
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("DynamoDb"),
    )
    return Step(
        state,
        machine=(Statement("LookUp", ("dynamodb:GetItem",), (_table_arn(table),)),),
        # What another environment's jobs wrote is read by jobs of this one.
        job=() if theirs is scope else (permissions.read_runs(theirs, scope.pipeline),),
    )


def _found(segment: Segment, made_of: Ingredients) -> Mapping[str, Any]:
    """What a look-up gets, as JSON Schema: the step's result is kept as JSON, with the members that
    the segment puts at `$.<result>`."""
    path = f"$.{made_of.result}"
    [selected] = {
        tuple(step.state.fields["result_selector"])
        for step in segment.steps
        if step.state.fields.get("result_path") == path
    }
    names = [key.removesuffix(".$") for key in selected]
    result = _object(additionalProperties=False, **dict.fromkeys(names, _TEXT))
    kept = {**_TEXT, "contentMediaType": "application/json", "contentSchema": result}
    item = _object(result=_object(S=kept), execution=_object(S=_TEXT))
    return {"type": "object", "properties": {"Item": item}}


_TEXT = {"type": "string"}


def _object(additionalProperties: bool = True, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": additionalProperties,
    }


def _remember(scope: Scope, made_of: Ingredients) -> Step:
    name = made_of.step
    table = naming.reuse_table_name(scope.environment)
    parts = {key: {"S": value} for key, value in made_of.parts.items()}
    runtime = dict(_runtime(made_of))
    state = JsonataTask(
        f"Remember {name}",
        comment="For later executions, with what it was made of",
        resource=_resource(scope, "dynamodb", "putItem"),
        arguments={
            "TableName": table,
            "Item": {
                "step": {"S": name},
                "digest": {"S": _digest(made_of)},
                "result": {"S": f"{{% $string($states.input.{made_of.result}) %}}"},
                "execution": {"S": "{% $states.context.Execution.Name %}"},
                "at": {"S": "{% $now() %}"},
                "expires": {"N": f"{{% $string($floor($millis() / 1000) + {REMEMBERED_S}) %}}"},
                "parts": {"M": {**parts, **{k: {"S": f"{{% {v} %}}"} for k, v in runtime.items()}}},
            },
        },
        output="{% $states.input %}",
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling("DynamoDb"),
    )
    return Step(
        state, machine=(Statement("Remember", ("dynamodb:PutItem",), (_table_arn(table),)),)
    )


def _digest(made_of: Ingredients) -> str:
    """The key: the digest known when the template is made, and what only the execution knows."""
    runtime = " & ' ' & ".join(expression for _, expression in _runtime(made_of))
    return f"{{% $hash('{made_of.digest} ' & {runtime or repr('')}, 'SHA-256') %}}"


def _runtime(made_of: Ingredients) -> Iterator[tuple[str, str]]:
    for name in made_of.data:
        yield f"{name} data", f"$states.input.listed.{name}"
    if made_of.champion:
        yield "champion", "$states.input.Champion.sha256"


def _scope_of(scope: Scope, environment: str) -> Scope:
    """The scope of another environment of the project, or the one given."""
    if environment == scope.environment.name:
        return scope
    return replace(scope, environment=scope.environment.model_copy(update={"name": environment}))


def _table_arn(table: str) -> str:
    return f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{table}"


def _in(scope: Scope, environment: str) -> str:
    return "" if environment == scope.environment.name else f" in {environment}"


def _resource(scope: Scope, service: str, operation: str) -> str:
    return f"arn:{partition(scope.environment.region)}:states:::aws-sdk:{service}:{operation}"


def _effective(request: Any) -> Any:
    """What of a request has an effect on the result."""
    if isinstance(request, Mapping):
        return {
            key: _effective(value)
            for key, value in request.items()
            if key.removesuffix(".$") not in _WITHOUT_EFFECT
        }
    return [_effective(item) for item in request] if isinstance(request, list) else request


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
