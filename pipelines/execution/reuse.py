"""Why steps of an execution were run again, or were not: what their results were made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.aws import AwsError, Connection
from pipelines.errors import InputError

# Both names, and the form of what is remembered, are those of pipelines.steps.reuse, which is
# built with the SDKs: a scheduler that asks has none.
_REMEMBER, _LOOK_UP = "Remember ", "Look up "
_SETTINGS = "settings"
_OF_INPUT = re.compile(r"\{% \$states\.input\.([\w.]+) %\}")


@dataclass(frozen=True)
class Reuse:
    """What became of one step.

    Attributes:
        reused_from: the execution whose result was taken over, or empty.
        compared_with: the execution before that ran the step, or empty if none is remembered.
        changed: what is not as it was then.
    """

    step: str
    reused_from: str = ""
    compared_with: str = ""
    changed: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.reused_from:
            return f"{self.step}: not run again; its result is that of {self.reused_from}"
        if not self.compared_with:
            return f"{self.step}: run, because no earlier result of it is remembered"
        changes = ", ".join(self.changed) or "nothing, but that result was not yet there"
        return f"{self.step}: run; since {self.compared_with} has changed: {changes}"


def explain_reuse(
    connection: Connection, execution_arn: str, events: Sequence[Mapping[str, Any]]
) -> list[Reuse]:
    """What became of each step of an execution that can be reused, in their order.

    Args:
        events: the execution's history.

    Raises:
        InputError: nothing is reused in its pipeline.
        AwsError
    """
    states = _states(connection, execution_arn)
    known = {name.removeprefix(_REMEMBER): s for name, s in states.items() if _is_note(name)}
    if not known:
        raise InputError(
            "no step of this execution's state machine can be reused",
            hint="Set reuse: true in the environment's configuration, and deploy it.",
        )
    answers = dict(_answers(events))
    return [
        _reuse(connection, step, state["Arguments"], answers[step], execution_arn)
        for step, state in known.items()
        if step in answers
    ]


def _is_note(name: str) -> bool:
    return name.startswith(_REMEMBER)


def _states(connection: Connection, execution_arn: str) -> Mapping[str, Any]:
    answer = connection.client("stepfunctions").describe_state_machine_for_execution(
        executionArn=execution_arn
    )
    states: Mapping[str, Any] = json.loads(answer["definition"])["States"]
    return states


def _answers(
    events: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, tuple[Mapping[str, Any], str]]]:
    """By step: the data with which it was looked up, and the execution that was found, if any."""
    step = ""
    data: Mapping[str, Any] = {}
    for event in events:
        if event["type"] == "TaskStateEntered":
            details = event["stateEnteredEventDetails"]
            name = details["name"]
            step = looked_up(name)
            data = json.loads(details["input"]) if step else {}
        elif event["type"] == "TaskSucceeded" and step:
            item = json.loads(event["taskSucceededEventDetails"]["output"]).get("Item", {})
            yield step, (data, item.get("execution", {}).get("S", ""))


def looked_up(state: str) -> str:
    """The step that a state looks up, here or in another environment; empty, if it looks up none.

    >>> looked_up("Look up Train"), looked_up("Look up Train in dev"), looked_up("Train")
    ('Train', 'Train', '')
    """
    return state.removeprefix(_LOOK_UP).split(" in ")[0] if state.startswith(_LOOK_UP) else ""


def _reuse(
    connection: Connection,
    step: str,
    note: Mapping[str, Any],
    answer: tuple[Mapping[str, Any], str],
    execution_arn: str,
) -> Reuse:
    data, found = answer
    if found:
        return Reuse(step, reused_from=found)
    own = execution_arn.rpartition(":")[2]
    before = _latest(connection, note["TableName"], step, own)
    if before is None:
        return Reuse(step)
    now = {name: _part(value["S"], data) for name, value in note["Item"]["parts"]["M"].items()}
    then = {name: value["S"] for name, value in before["parts"]["M"].items()}
    return Reuse(
        step, compared_with=before["execution"]["S"], changed=tuple(sorted(_changes(then, now)))
    )


def _latest(
    connection: Connection, table: str, step: str, execution: str
) -> Mapping[str, Any] | None:
    """What is remembered of the step's last run before this execution."""
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "step = :step",
        "ExpressionAttributeValues": {":step": {"S": step}},
    }
    items: list[Mapping[str, Any]] = []
    while True:
        try:
            page = connection.client("dynamodb").query(**request)
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise
        items += page["Items"]
        if "LastEvaluatedKey" not in page:
            break
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    own = [item["at"]["S"] for item in items if item["execution"]["S"] == execution]
    before = [
        item
        for item in items
        if item["execution"]["S"] != execution and (not own or item["at"]["S"] <= min(own))
    ]
    return max(before, key=lambda item: str(item["at"]["S"]), default=None)


def _part(text: str, data: Any) -> str:
    """A part as the execution saw it: what stands in the definition, or in the data."""
    expression = _OF_INPUT.fullmatch(text)
    if expression is None:
        return text
    for key in expression[1].split("."):
        data = data.get(key, {}) if isinstance(data, Mapping) else {}
    return str(data)


def _changes(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """The names of parts that differ; of the settings, each one, with both values."""
    for name in {*then, *now} - {_SETTINGS}:
        if name not in then:
            yield f"{name} (new)"
        elif name not in now:
            yield f"{name} (gone)"
        elif then[name] != now[name]:
            yield name
    before, after = (dict(_leaves(json.loads(each.get(_SETTINGS, "{}")))) for each in (then, now))
    for key in {*before, *after}:
        if before.get(key) != after.get(key):
            yield f"{key} ({before.get(key, 'unset')} → {after.get(key, 'unset')})"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)
