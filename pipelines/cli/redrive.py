"""`redrive`: let an execution go on at what failed."""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@click.option(
    "--old-definition",
    is_flag=True,
    help="Redrive though another definition has been deployed since.",
)
@click.option("--detach", is_flag=True, help="Print the execution's ARN and return at once.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def redrive(
    context: click.Context,
    run: str,
    env: str | None,
    old_definition: bool,
    detach: bool,
    as_json: bool,
) -> None:
    """Run the execution RUN again from what failed, keep what succeeded, and follow it.

    RUN is its name or ARN; without ENV, the environment is the one that has it. Its input, its
    definition and its code stay those that it started with. Where a redrive cannot do, or would
    fail the same way, it says so, with the command that starts a new execution, and exits with 2.

    \b
    Example:
        python -m pipelines redrive run-20261121-023721-c5613a local
    """
    from pipelines.aws import AwsError
    from pipelines.cli.explaining import obstacle_of, rerun_command
    from pipelines.cli.find_run import find_run
    from pipelines.cli.following import follow, report
    from pipelines.clock import RealClock
    from pipelines.errors import InputError
    from pipelines.execution.history import History
    from pipelines.execution.redrive import redrive as ask_for_it
    from pipelines.execution.start import Started
    from pipelines.execution.view import view_of
    from pipelines.patience import Patience

    found = find_run(context.obj, run, env)
    stepfunctions = found.connection.client("stepfunctions")
    patience = Patience(found.connection, RealClock(), lambda line: click.echo(line, err=True))
    view = view_of(History(stepfunctions, found.arn, patience).new_events())
    obstacle = obstacle_of(found, view)
    if obstacle is not None and (obstacle.is_final or not old_definition):
        hint = f"A new one:        {rerun_command(found, view.input)}" if obstacle.rerun else ""
        if not obstacle.is_final:
            hint += f"\nThe old one again: python -m pipelines redrive {found.name} "
            hint += f"{found.environment.name} --old-definition"
        raise InputError(f"{found.name} is not redriven: {obstacle.reason}", hint=hint.strip())
    ask_for_it(stepfunctions, found.arn)
    if detach:
        document = {"name": found.name, "arn": found.arn}
        click.echo(json.dumps(document) if as_json else found.arn)
        return
    started = Started(found.name, found.arn, is_new=True)
    follow_it = f"python -m pipelines run {found.pipeline} {found.environment.name} --name"
    try:
        outcome = follow(
            found.connection, started, found.environment.name, redrives=view.redrives + 1
        )
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted. The execution {found.name} goes on.", err=True)
        click.echo(f"Stop it: python -m pipelines stop {found.name}", err=True)
        context.exit(130)
    except AwsError as error:
        if error.transient:
            error.hint += f"\nThe execution may go on: {follow_it} {found.name}"
        raise
    if as_json:
        from pipelines.cli.run_report import as_document

        document = as_document(outcome, found.pipeline, found.environment)
        click.echo(json.dumps(document, indent=2))
    report(outcome, found.connection, found.environment, found.root)
    context.exit(0 if outcome.view.status == "SUCCEEDED" else 1)
