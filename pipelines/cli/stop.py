"""`stop`: end an execution, and what it runs."""

from __future__ import annotations

import json
from pathlib import Path

import click

# An execution is RUNNING until its jobs have ended; SageMaker gives them two minutes.
_LIMIT_S = 300.0
_POLL_S = 0.5


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why; it stays with the execution.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def stop(project: Path | None, run: str, env: str | None, reason: str, as_json: bool) -> None:
    """End the execution RUN, with the job that it runs, and wait until it has ended.

    RUN is its name or ARN; without ENV, the environment is the one that has it. What had succeeded
    is kept, and `redrive` goes on from there. One that has ended already is left as it is: exit 2.

    \b
    Example:
        python -m pipelines stop run-20261121-023721-c5613a local --reason "wrong data"
    """
    from pipelines.cli.find_run import find_run
    from pipelines.clock import RealClock
    from pipelines.errors import ExecutionError, InputError
    from pipelines.execution.stop import stop as ask_for_it
    from pipelines.execution.stop import wait_for_the_end

    found = find_run(project, run, env)
    stepfunctions = found.connection.client("stepfunctions")
    status = stepfunctions.describe_execution(executionArn=found.arn)["status"]
    if status != "RUNNING":
        raise InputError(f"{found.name} has ended already: {status}")
    ask_for_it(stepfunctions, found.arn, reason)
    status = wait_for_the_end(stepfunctions, found.arn, RealClock(), _LIMIT_S, _POLL_S)
    if status == "RUNNING":
        raise ExecutionError(
            f"{found.name} was asked to stop and still runs after {_LIMIT_S:.0f} s",
            hint=f"How it is: python -m pipelines why {found.name} {found.environment.name}",
        )
    if as_json:
        click.echo(json.dumps({"name": found.name, "arn": found.arn, "status": status}))
    click.echo(f"{found.name} has ended: {status}", err=True)
