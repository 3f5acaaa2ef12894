"""Expressions that the state machine computes: job names, and S3 URIs below the execution's own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.errors import CheckError
from pipelines.sdk import Expression
from pipelines.steps.step import Scope

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
JOB_NAME_LIMIT = 63
# The last group of a UUID. A whole one, or an execution's name, would not fit into a job name.
ID_LENGTH = 12
# An execution is redriven within 14 days of its start, and at most 1,000 times.
REDRIVE_LENGTH = 4
# The most attempts that a retrier of ours makes has two digits.
ATTEMPT_LENGTH = 2

NEW_ID = Expression("States.ArrayGetItem(States.StringSplit(States.UUID(), '-'), 4)")
NAME_ARGUMENTS = "$.id, $$.Execution.RedriveCount, $$.State.RetryCount"


def quote(text: str) -> str:
    r"""A string literal of an intrinsic function. `${Name}` is left for CloudFormation to replace.

    >>> print(quote("it's"))
    'it\'s'
    """
    return "'" + re.sub(r"(['\\])", r"\\\1", text) + "'"


def array(items: Sequence[str]) -> Expression:
    """`States.Array` of literals and expressions: the language has no list that mixes the two."""
    return Expression(
        "States.Array("
        + ", ".join(item if isinstance(item, Expression) else quote(item) for item in items)
        + ")"
    )


def _job_name_template(environment: Environment, step: str) -> str:
    base = f"{environment.prefix}-{step}"
    longest = len(base) + sum(1 + n for n in (ID_LENGTH, REDRIVE_LENGTH, ATTEMPT_LENGTH))
    if longest > JOB_NAME_LIMIT:
        over = longest - JOB_NAME_LIMIT
        raise CheckError(
            f"{environment.name}: the job names of {step} ({base}-<id>-<redrive>-<attempt>) can "
            f"have {longest} characters; SageMaker takes {JOB_NAME_LIMIT}",
            hint=f"Make `project` or the environment's name {over} characters shorter.",
        )
    return base + "-{}-{}-{}"


def job_name(environment: Environment, step: str) -> Expression:
    """`<project>-<environment>-<step>-<id>-<redrive>-<attempt>`: new for each attempt and redrive.

    Raises:
        CheckError: a name could be longer than SageMaker accepts.
    """
    return Expression(f"States.Format('{_job_name_template(environment, step)}', {NAME_ARGUMENTS})")


def own_output_uri(scope: Scope, step: str, output: str) -> Expression:
    """Where the job that is being started writes: a folder that no other attempt writes to."""
    template = _job_name_template(scope.environment, step)
    return Expression(
        f"States.Format('{scope.runs_uri}/{{}}/{template}/{output}', "
        f"$$.Execution.Name, {NAME_ARGUMENTS})"
    )


def job_folder(scope: Scope, job_name_path: str) -> Expression:
    """The key of the folder that a job of this execution writes to, as its state's result keeps it.

    The result of a job may be taken over by a later execution: the folder says whose it is.
    """
    prefix = naming.runs_prefix(scope.environment, scope.pipeline)
    return Expression(f"States.Format('{prefix}/{{}}/{{}}', $$.Execution.Name, {job_name_path})")


def output_uri(scope: Scope, job_name_path: str, output: str) -> Expression:
    """What an earlier job wrote, from the `folder` beside the job name in its state's result."""
    folder = job_name_path.rpartition(".")[0] + ".folder"
    return Expression(f"States.Format('s3://${{Bucket}}/{{}}/{output}', {folder})")


def execution_uri(scope: Scope) -> Expression:
    """The folder of this execution."""
    return Expression(f"States.Format('{scope.runs_uri}/{{}}', $$.Execution.Name)")


def without_bucket(uri: Expression) -> Expression:
    """The key of an object, from the expression for its URI in the environment's bucket.

    Raises:
        ValueError: the URI is in another bucket.
    """
    if "s3://${Bucket}/" not in uri:
        raise ValueError(f"{uri} is not in the environment's bucket")
    return Expression(uri.replace("s3://${Bucket}/", "", 1))
