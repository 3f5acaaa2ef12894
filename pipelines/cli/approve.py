"""`approve` and `reject`: the answer to an execution that waits for a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipelines.execution.approvals import Decision

_REASON = click.option(
    "--reason", required=True, metavar="TEXT", help="Why; it stays with the model."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@_REASON
@_JSON
@click.pass_obj
def approve(project: Path | None, run: str, env: str | None, reason: str, as_json: bool) -> None:
    """Approve the model that the training execution RUN has registered and waits with.

    RUN is its name or ARN; without ENV, the environment is the one that has it. The execution goes
    on, and the model package's approval status follows: who, when and why is kept with it. There
    is one answer: a second one, or one that comes too late, changes nothing and exits with 2.

    \b
    Example:
        python -m pipelines approve run-20261121-023721-c5613a local --reason "looked at the slices"
    """
    _answer(project, run, env, "approved", reason, as_json)


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@_REASON
@_JSON
@click.pass_obj
def reject(project: Path | None, run: str, env: str | None, reason: str, as_json: bool) -> None:
    """Reject the model that the training execution RUN has registered and waits with.

    As approve; the execution then fails with the reason, and nothing is deployed.

    \b
    Example:
        python -m pipelines reject run-20261121-023721-c5613a local --reason "worse for women"
    """
    _answer(project, run, env, "rejected", reason, as_json)


def _answer(
    project: Path | None,
    name: str,
    env: str | None,
    decision: Decision,
    reason: str,
    as_json: bool,
) -> None:
    from pipelines import naming
    from pipelines.cli.find_run import find_run
    from pipelines.clock import RealClock
    from pipelines.execution.approvals import (
        Answer,
        Approvals,
        check_reason,
        now_text,
        who_answers,
    )

    reason = check_reason(reason)
    run = find_run(project, name, env, ["training"])
    clock = RealClock()
    table = naming.approvals_table_name(run.environment)
    approvals = Approvals(run.connection, table, clock)
    question = approvals.waiting(run.arn)
    answer = Answer(decision, who_answers(run.connection, _local_user()), now_text(clock), reason)
    approvals.answer(run.arn, question, answer)
    if as_json:
        document = {
            "execution_arn": run.arn,
            "model_package_arn": question.model_package_arn,
            "decision": decision,
            "by": answer.by,
            "at": answer.at,
            "reason": reason,
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    click.echo(f"{run.name}: {question.model_package_arn} is {decision} by {answer.by}.", err=True)


def _local_user() -> str:
    """The user that this process runs as, whatever its variables say."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container need not know its user by name
        return f"user {os.getuid()}"
