"""How both pipelines begin: an id for the job names, and the execution's input over its defaults.

A scheduler starts an execution with `{}`. Whoever wants other data or another model gives it by a
key of the published schema; the state machine itself refuses any other key, and any value that its
roles could not read, before a job is paid for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Fail, Pass, State, bind
from pipelines.steps.expressions import NEW_ID
from pipelines.steps.permissions import data_folder

_BUCKET = "${Bucket}"
# What the schema, which is the same wherever the stack is deployed, can say of such a value.
_BOUND_LATER = {
    _BUCKET: "[a-z0-9.-]+",
    "${ModelPackageArn}": "arn:[a-z-]+:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package/[A-Za-z0-9-]+",
}


@dataclass(frozen=True)
class Key:
    """One key of the execution's input.

    Attributes:
        default: The value when the input does not have the key; may hold `${Bucket}`.
        patterns: What a value must match, one of them; `*` stands for any characters.
    """

    name: str
    default: str
    patterns: tuple[str, ...]
    description: str


def data_key(name: str, uri: str, description: str) -> Key:
    """A data location: its default is the configured one, any other lies in the same folder."""
    folder = data_folder(uri)
    where = f"{description}; a file or a folder in {folder}"
    if _BUCKET in folder:
        where += f" ({_BUCKET} is the environment's bucket)"
    return Key(name, uri.replace("${bucket}", _BUCKET), (f"{folder}*",), where)


def begin(keys: Sequence[Key], then: State) -> State:
    """The states that read the input, up to `then`; returns the first.

    From there on, `$.id` is the execution's short id and `$.input` has every key.
    """
    defaults = Pass(
        "Defaults",
        comment="What the execution does when its input says nothing else",
        parameters=bind({"id": NEW_ID, "defaults": {key.name: key.default for key in keys}}),
    )
    merge = Pass(
        "Input",
        comment="The execution's input over the defaults",
        parameters=bind(
            {
                "id": Expression("$.id"),
                "input": Expression("States.JsonMerge($.defaults, $$.Execution.Input, false)"),
            }
        ),
    )
    count = Pass(
        "Input keys",
        comment="A key that is not among the defaults makes them more",
        parameters=bind({"count": Expression("States.ArrayLength($.input[*])")}),
        result_path="$.keys",
    )
    wrong = Fail(
        "Input wrong",
        comment="A key that is not known, or a value that is not allowed",
        error="InputWrong",
        cause_path=_cause(keys),
    )
    right = Choice("Input right?", comment="Only known keys, and values that the roles can read")
    right.add_choice(ChoiceRule.And(_rules(keys)), next_step=then)
    right.default_choice(wrong)
    Chain([defaults, merge, count, right])
    return defaults


def input_schema(pipeline: str, keys: Sequence[Key]) -> dict[str, Any]:
    """The JSON Schema that is published beside the definition."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Input of an execution of the {pipeline} pipeline",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key.name: {
                "type": "string",
                "description": key.description,
                "default": key.default,
                "pattern": "^(" + "|".join(map(_regular_expression, key.patterns)) + ")$",
            }
            for key in keys
        },
    }


def _rules(keys: Sequence[Key]) -> list[ChoiceRule]:
    rules = [ChoiceRule.NumericEquals(variable="$.keys.count", value=len(keys))]
    for key in keys:
        variable = f"$.input.{key.name}"
        matches = [
            ChoiceRule.StringMatches(variable=variable, value=pattern) for pattern in key.patterns
        ]
        rules.append(ChoiceRule.IsString(variable=variable, value=True))
        rules.append(matches[0] if len(matches) == 1 else ChoiceRule.Or(matches))
    return rules


def _cause(keys: Sequence[Key]) -> str:
    """What is taken, and what was given."""
    allowed = "; ".join(f"{key.name}: {' or '.join(key.patterns)}" for key in keys)
    return (
        f"States.Format('The execution takes these keys only: {allowed}. "
        "It was given, over the defaults: {}', States.JsonToString($.input))"
    )


def _regular_expression(pattern: str) -> str:
    known = {**_BOUND_LATER, "*": ".*"}
    return "".join(
        # Not re.escape, which also escapes what JSON Schema's dialect does not allow to be escaped.
        known.get(part) or re.sub(r"([.^$+?()\[\]{}|\\])", r"\\\1", part)
        for part in re.split(r"(\$\{\w+\}|\*)", pattern)
    )
