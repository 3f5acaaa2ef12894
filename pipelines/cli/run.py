"""`run`: start an execution, follow it, and exit 0 only on success."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipelines.aws import Connection
    from pipelines.cli.run_report import Outcome
    from pipelines.environment.model import Environment
    from pipelines.execution.start import Started


@click.command()
@click.argument("pipeline")
@click.argument("env")
@click.option("--name", help="The execution's name. The same name and input is one execution.")
@click.option(
    "--input",
    "assignments",
    multiple=True,
    metavar="KEY=VALUE",
    help="A key of the execution's input; may be given several times.",
)
@click.option("--detach", is_flag=True, help="Print the execution's ARN and return at once.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def run(
    context: click.Context,
    pipeline: str,
    env: str,
    name: str | None,
    assignments: tuple[str, ...],
    detach: bool,
    as_json: bool,
) -> None:
    """Start an execution of PIPELINE (training or inference) in ENV, and follow it to its end.

    Exit status 0 only if it succeeds. Ctrl-C stops the watching and not the execution.

    \b
    Example:
        python -m pipelines run training local
        python -m pipelines run inference dev --name monday --input inference_data=s3://…
    """
    from pipelines.aws import AwsError
    from pipelines.cli.connection import open_connection
    from pipelines.deployment.deployed import find_pipeline, is_outdated
    from pipelines.environment.load import load_environment
    from pipelines.environment.project import find_root
    from pipelines.execution.inputs import parse_input, read_schema
    from pipelines.execution.names import check_name
    from pipelines.execution.start import execution_arn, start

    _check_pipeline(pipeline)
    if name is not None:
        check_name(name)
    root = find_root(context.obj)
    environment = load_environment(root, env)
    schema = read_schema(root, env, pipeline) if assignments else {}
    input = parse_input(assignments, schema)

    connection = open_connection(root, environment)
    deployed = find_pipeline(environment, connection, pipeline)
    machine = deployed.state_machine_arn
    if is_outdated(deployed, environment, root):
        click.echo(
            f"Note: {env} was deployed with another configuration or other code than is here now.\n"
            f"This runs what was deployed; ./deploy.sh {env} BUCKET deploys what is here.",
            err=True,
        )
    execution = name or _default_name()
    again = ["run", pipeline, env, "--name", execution]
    for assignment in assignments:
        again += ["--input", assignment]
    try:
        started = start(connection.client("stepfunctions"), machine, execution, input)
        if detach:
            document = {"name": started.name, "arn": started.arn}
            click.echo(json.dumps(document) if as_json else started.arn)
            return
        outcome = follow(connection, started, env)
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted. The execution {execution} goes on.", err=True)
        click.echo(_what_next(connection, execution_arn(machine, execution), again), err=True)
        context.exit(130)
    except AwsError as error:
        if error.transient:
            error.hint += "\n" + _when_lost(connection, execution_arn(machine, execution), again)
        raise
    if as_json:
        from pipelines.cli.run_report import as_document

        click.echo(json.dumps(as_document(outcome, pipeline, environment), indent=2))
    report(outcome, connection, environment, root)
    context.exit(0 if outcome.view.status == "SUCCEEDED" else 1)


def _check_pipeline(pipeline: str) -> None:
    """
    Raises:
        InputError: there is no such pipeline.
    """
    import difflib

    from pipelines import naming
    from pipelines.errors import InputError

    if pipeline not in naming.PIPELINES:
        nearest = difflib.get_close_matches(pipeline, naming.PIPELINES, n=1)
        meant = f" Did you mean {nearest[0]}?" if nearest else ""
        raise InputError(
            f"there is no pipeline {pipeline!r}.{meant}",
            hint=f"The pipelines are {' and '.join(naming.PIPELINES)}: "
            "python -m pipelines run training ENV",
        )


def _default_name() -> str:
    import secrets
    from datetime import UTC, datetime

    from pipelines.execution.names import default_name

    return default_name(datetime.now(UTC), secrets.token_hex(3))


def follow(connection: Connection, started: Started, env: str) -> Outcome:
    """Watch on standard error: live on a terminal, line by line elsewhere."""
    from rich.console import Console

    from pipelines.cli.run_question import Questions
    from pipelines.cli.run_report import LOG_LINES, Outcome
    from pipelines.cli.run_watchers import LineWatcher, LiveWatcher
    from pipelines.clock import RealClock
    from pipelines.execution.watch import Watch

    console = Console(stderr=True, highlight=False)
    console.print(
        f"execution {started.name}" + ("" if started.is_new else " (started earlier)"),
        markup=False,
        soft_wrap=True,
    )
    with LiveWatcher(console) if console.is_terminal else LineWatcher(console) as watcher:
        questions = Questions(watcher, started.name, env)
        watch = Watch(connection, started.arn, questions, RealClock())
        view = watch.until_the_end()
        failed = view.failed_state
        log = watch.last_lines(failed.job, LOG_LINES) if failed and failed.job else []
    return Outcome(started, view, tuple(log))


def report(outcome: Outcome, connection: Connection, environment: Environment, root: Path) -> None:
    from pipelines.cli.run_report import failure_lines, success_lines

    if outcome.view.status == "SUCCEEDED":
        lines = success_lines(outcome, _files(environment, root, outcome.started.arn))
    else:
        lines = failure_lines(outcome, connection.region, connection.endpoint_url)
    click.echo("\n" + "\n".join(lines), err=True)


def _files(environment: Environment, root: Path, arn: str) -> Callable[[str], Path | None]:
    """What finds the files that show an execution's objects: on AWS there are none."""
    if environment.engine == "aws":
        return lambda uri: None
    from pipelines.engine.executions.run_files import local_file

    return lambda uri: local_file(root / ".local", arn, uri)


def _when_lost(connection: Connection, arn: str, again: list[str]) -> str:
    """What may have become of an execution that cannot be seen any more, and what to do."""
    if connection.where == "aws":
        return f"The execution may go on.\n{_what_next(connection, arn, again)}"
    return (
        "An engine that ends takes its executions with it.\n"
        f"How this one ended: python -m pipelines {shlex.join(again)}\n"
        f"A new one:          python -m pipelines {shlex.join(again[:3])}"
    )


def _what_next(connection: Connection, arn: str, again: list[str]) -> str:
    """How to follow an execution that nobody watches, and how to stop it."""
    stop = f"aws stepfunctions stop-execution --region {connection.region} --execution-arn {arn}"
    if connection.where == "local":
        stop = "python -m pipelines local stop (which ends everything that the engine runs)"
    return f"Follow it: python -m pipelines {shlex.join(again)}\nStop it:   {stop}"
