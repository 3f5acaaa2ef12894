"""One execution for one name and input, however often it is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.aws import AwsError
from pipelines.errors import InputError


@dataclass(frozen=True)
class Started:
    """An execution that runs or has run; `is_new` if it is this call that started it."""

    name: str
    arn: str
    is_new: bool


def start(
    stepfunctions: Any, state_machine_arn: str, name: str, input: Mapping[str, Any]
) -> Started:
    """Start the execution, or find the one that has this name and input already.

    Step Functions itself does so only while the execution runs.

    Raises:
        InputError: the name is taken by an execution with another input.
        AwsError
    """
    arn = execution_arn(state_machine_arn, name)
    if _has_run(stepfunctions, arn, name, input):
        return Started(name, arn, is_new=False)
    try:
        answer = stepfunctions.start_execution(
            stateMachineArn=state_machine_arn, name=name, input=json.dumps(input)
        )
    except AwsError as error:
        # Somebody else was faster by a moment.
        if error.code == "ExecutionAlreadyExists" and _has_run(stepfunctions, arn, name, input):
            return Started(name, arn, is_new=False)
        raise
    return Started(name, answer["executionArn"], is_new=True)


def execution_arn(state_machine_arn: str, name: str) -> str:
    """The ARN of an execution of a state machine.

    >>> execution_arn("arn:aws:states:eu-west-1:123456789012:stateMachine:train", "monday")
    'arn:aws:states:eu-west-1:123456789012:execution:train:monday'
    """
    return state_machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"


def state_machine_arn(execution_arn: str) -> str:
    """The ARN of the state machine that an execution is of.

    >>> state_machine_arn("arn:aws:states:eu-west-1:123456789012:execution:train:monday")
    'arn:aws:states:eu-west-1:123456789012:stateMachine:train'
    """
    return execution_arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]


def _has_run(stepfunctions: Any, arn: str, name: str, input: Mapping[str, Any]) -> bool:
    try:
        answer = stepfunctions.describe_execution(executionArn=arn)
    except AwsError as error:
        if error.code == "ExecutionDoesNotExist":
            return False
        raise
    earlier = json.loads(answer.get("input", "{}"))
    if earlier != input:
        raise InputError(
            f"there is an execution {name} already, with another input: {json.dumps(earlier)}",
            hint="A name stands for one execution for 90 days: choose another one, or none.",
        )
    return True
