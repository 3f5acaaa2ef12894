"""P403, P404: errors that pass, and nobody tries again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests.tasks import requests_of
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, State

_ANY_TASK_ERROR = {"States.ALL", "States.TaskFailed"}
_PASSING = re.compile(
    r"Throttl|TooManyRequests|Limit|Capacity|SdkClient|ServiceException|Unavailable|Internal|"
    r"Provisioned|SlowDown|^(\w+)\.(?:Amazon|AWS)?\1\w*Exception$"
)
"""Errors that pass: throttling, capacity, and what stands for all errors of an API."""
_LAMBDA = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
_PUBLISH = {"TopicArn": "${Topic}", "Message": "Done"}
_INVOKE = {"FunctionName": "${Function}", "Payload": {}}


@rule(
    "P403",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
    quote="By default, when a state reports an error, Step Functions causes the execution to fail "
    "entirely.",
    bad=one_task("sns:publish", _PUBLISH, Retry=None),
    good=one_task("sns:publish", _PUBLISH),
)
def throttled_calls_are_tried_again(machine: Machine) -> Iterator[Broken]:
    """A call of a service has a Retry for what passes: throttling, a lack of capacity, an error
    of the service. States.ALL, States.TaskFailed or the service's own names match it."""
    for request in requests_of(machine):
        found = request.found
        is_call = found.kind in ("optimized", "aws-sdk") and found.service != "lambda"
        if is_call and not any(_passes(name) for name in _retried(request.state)):
            yield Broken(
                request.state.place,
                f"nothing that passes is tried again: one throttled call of {found.name} fails it",
                "add a Retry with BackoffRate and JitterStrategy",
            )


@lru_cache(maxsize=1024)
def _passes(error: str) -> bool:
    return error in _ANY_TASK_ERROR or _PASSING.search(error) is not None


@rule(
    "P404",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
    quote="AWS Lambda can occasionally experience transient service errors. In this case, "
    "invoking Lambda results in a 500 error, such as "
    "ServiceException, AWSLambdaException, or SdkClientException. As a best practice, proactively "
    "handle these exceptions in your state machine to Retry invoking your Lambda function, or to "
    "Catch the error.",
    bad=one_task("lambda:invoke", _INVOKE, Retry=None),
    good=one_task("lambda:invoke", _INVOKE),
)
def lambda_s_own_errors_are_tried_again(machine: Machine) -> Iterator[Broken]:
    """A Task that invokes a Lambda function has a Retry for the errors of Lambda itself:
    Lambda.ServiceException, Lambda.AWSLambdaException, Lambda.SdkClientException,
    Lambda.TooManyRequestsException."""
    for request in requests_of(machine):
        if request.found.service != "lambda":
            continue
        names = set(_retried(request.state))
        if _ANY_TASK_ERROR.isdisjoint(names) and names.isdisjoint(_LAMBDA):
            yield Broken(
                request.state.place,
                "errors of Lambda itself are not tried again",
                f"add a Retry for {', '.join(_LAMBDA)}",
            )


def _retried(state: State) -> list[str]:
    """The names of the errors that are tried again at least once."""
    return [
        name
        for _, retrier in state.objects("Retry")
        if retrier.get("MaxAttempts") != 0
        for name in _names(retrier.get("ErrorEquals"))
    ]


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
