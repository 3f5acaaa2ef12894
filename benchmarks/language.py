"""How fast a definition is checked, beside statelint, and interpreted, beside moto.

Checking only computes, so that its seconds are those of the processor; an execution's are the
clock's.

The ordinary definition (`ordinary.asl.json`, with its input's schema beside it) is the one of 13
states that our own training once was: it stays as it is, so that the numbers of one year compare
with those of another, while the training of today has about ten times as many states.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.pairs import compare, report, seconds

PASSES = 2_000
MANY = 10_000
PROJECT = "census-income"
CODE = "0" * 64  # the digest of the code bundle, as golden files have it


def main() -> None:
    _ordinary()
    _large()
    _interpreter()


def _ordinary() -> None:
    """A definition of a project like ours: every rule, requests and data flow included.

    Each run checks another pipeline's, so that what was found of its texts before helps no run;
    what is known of AWS's services, and of paths that all of them have, does.
    """
    from pipelines.asl.checker import check_all

    definition, input_schema = _ordinary_definition()
    new = (_of_another_pipeline(definition, number) for number in count(1))
    again = compare(
        lambda: check_all(definition, input_schema=input_schema),
        lambda: None,
        pairs=31,
        clock=time.process_time,
    )
    another: dict[str, Any] = {}
    measured = compare(
        lambda: check_all(another, input_schema=input_schema),
        lambda: _statelint(another),
        pairs=31,
        warm_up=3,
        before=lambda: another.update(next(new)),
        clock=time.process_time,
    )
    middle = statistics.median(measured.ours)
    report(
        f"checking an ordinary definition ({len(definition['States'])} states) after start-up",
        f"{middle * 1000:.2f} ms, {measured.ratio:.2f}× statelint",
        "at most 5 ms",
        middle <= 0.005,
        [
            f"every rule {seconds(measured.ours)}",
            f"the same definition again {seconds(again.ours)}",
            f"statelint {seconds(measured.other)}",
        ],
    )


def _of_another_pipeline(definition: dict[str, Any], number: int) -> dict[str, Any]:
    """The definition with a name and code of its own, which are in nearly all of its texts."""
    text = json.dumps(definition)
    assert CODE in text
    assert PROJECT in text
    text = text.replace(CODE, f"{number:064x}")
    another: dict[str, Any] = json.loads(text.replace(PROJECT, f"{PROJECT}-{number}"))
    return another


def _large() -> None:
    """Ten thousand states of all kinds, and half as many: the time grows as the number does."""
    from pipelines.asl.checker import check_all

    large, half = _states(MANY), _states(MANY // 2)
    assert not [each for each in check_all(half) if each.severity == "error"]
    measured = compare(
        lambda: check_all(large), lambda: check_all(half), pairs=5, clock=time.process_time
    )
    middle = statistics.median(measured.ours)
    report(
        f"checking {MANY:,} states",
        f"{middle:.2f} s",
        "under 2 s",
        middle < 2,
        [f"{MANY:,} states {seconds(measured.ours)}"],
    )
    report(
        f"checking {MANY:,} states against {MANY // 2:,}",
        f"{measured.ratio:.2f}×",
        "linear: 2×, at most 2.5×",
        measured.ratio <= 2.5,
    )
    other = compare(
        lambda: check_all(half),
        lambda: _statelint(half),
        pairs=3,
        warm_up=0,
        clock=time.process_time,
    )
    report(
        f"checking {MANY // 2:,} states against statelint",
        f"{other.ratio:.2f}×",
        "no target",
        True,
        [f"every rule {seconds(other.ours)}", f"statelint {seconds(other.other)}"],
    )


def _interpreter() -> None:
    definition = _passes(PASSES)
    with _moto(_passes(PASSES // 4)) as in_moto:
        measured = compare(lambda: _interpret(definition), in_moto, pairs=5)
    ours = PASSES / statistics.median(measured.ours)
    other = PASSES / 4 / statistics.median(measured.other)
    report(
        "interpreting Pass states, with their history",
        f"{ours:,.0f} a second, {ours / other:.1f}× moto's interpreter",
        "at least 5,000 a second",
        ours >= 5_000,
        [
            f"{PASSES:,} states {seconds(measured.ours)}",
            f"moto, {PASSES // 4:,} states {seconds(measured.other)}",
        ],
    )


def _ordinary_definition() -> tuple[dict[str, Any], dict[str, Any]]:
    """The definition, as plain JSON, and its input's schema."""
    here = Path(__file__).parent
    definition, input_schema = (
        json.loads((here / f"ordinary.{part}.json").read_text(encoding="utf-8"))
        for part in ("asl", "input")
    )
    return definition, input_schema


def _statelint(definition: dict[str, Any]) -> None:
    from statelint.config import Config
    from statelint.linter import Linter

    Linter.validate(definition, Config(["URI", "FLOAT"]))


def _states(number: int) -> dict[str, Any]:
    """A chain of Pass, Task and Choice states in turn."""
    states: dict[str, Any] = {}
    for at in range(number):
        following = f"S{at + 1}"
        if at == number - 1:
            states[f"S{at}"] = {"Type": "Succeed"}
        elif at % 3 == 0:
            states[f"S{at}"] = {
                "Type": "Pass",
                "Parameters": {"id.$": "States.Format('{}-x', $.id)", "n": at},
                "Next": following,
            }
        elif at % 3 == 1:
            states[f"S{at}"] = {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sqs:sendMessage",
                "Parameters": {"QueueUrl": "https://sqs.example/q", "MessageBody.$": "$.id"},
                "TimeoutSeconds": 60,
                "ResultPath": "$.sent",
                "Retry": [{"ErrorEquals": ["States.TaskFailed"]}],
                "Next": following,
            }
        else:
            states[f"S{at}"] = {
                "Type": "Choice",
                "Choices": [{"Variable": "$.id", "StringEquals": "a", "Next": following}],
                "Default": following,
            }
    return {"StartAt": "S0", "States": states}


def _passes(number: int) -> dict[str, Any]:
    states: dict[str, Any] = {
        f"S{at}": {"Type": "Pass", "Next": f"S{at + 1}"} for at in range(number - 1)
    }
    states[f"S{number - 1}"] = {"Type": "Pass", "End": True}
    return {"StartAt": "S0", "States": states}


def _interpret(definition: dict[str, Any]) -> None:
    from pipelines.asl.simulation import simulate

    assert simulate(definition, {"a": 1}).status == "SUCCEEDED"


@contextmanager
def _moto(definition: dict[str, Any]) -> Iterator[Callable[[], None]]:
    """Running a definition in moto's interpreter, in this process and without HTTP."""
    settings = {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    os.environ.update(settings)
    import boto3
    from moto import mock_aws

    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions")
        machine = client.create_state_machine(
            name="passes",
            definition=json.dumps(definition),
            roleArn="arn:aws:iam::123456789012:role/passes",
        )["stateMachineArn"]

        numbers = count()

        def run() -> None:
            # Without a name of its own moto's second execution is refused.
            arn = client.start_execution(
                stateMachineArn=machine, name=f"run-{next(numbers)}", input='{"a": 1}'
            )["executionArn"]
            while client.describe_execution(executionArn=arn)["status"] == "RUNNING":
                time.sleep(0.002)

        yield run


if __name__ == "__main__":
    main()
