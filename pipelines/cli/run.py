"""`run`: start an execution, follow it, and exit 0 only on success."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import click

from pipelines.cli.following import follow, report

if TYPE_CHECKING:
    from pipelines.aws import Connection


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
    from pipelines.execution.start import start

    check_pipeline(pipeline)
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
            "This runs what was deployed. To run what is here: "
            f"python -m pipelines deploy {env} BUCKET",
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
        click.echo(_what_next(again), err=True)
        context.exit(130)
    except AwsError as error:
        if error.transient:
            error.hint += "\n" + _when_lost(connection, again)
        raise
    if as_json:
        from pipelines.cli.run_report import as_document

        click.echo(json.dumps(as_document(outcome, pipeline, environment), indent=2))
    report(outcome, connection, environment, root)
    context.exit(0 if outcome.view.status == "SUCCEEDED" else 1)


def check_pipeline(pipeline: str) -> None:
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


def _when_lost(connection: Connection, again: list[str]) -> str:
    """What may have become of an execution that cannot be seen any more, and what to do."""
    if connection.where == "aws":
        return f"The execution may go on.\n{_what_next(again)}"
    return (
        "An engine that ends takes its executions with it.\n"
        f"How this one ended: python -m pipelines {shlex.join(again)}\n"
        f"A new one:          python -m pipelines {shlex.join(again[:3])}"
    )


def _what_next(again: list[str]) -> str:
    """How to follow an execution that nobody watches, and how to stop it."""
    _, _, env, _, name, *_ = again
    return (
        f"Follow it: python -m pipelines {shlex.join(again)}\n"
        f"Stop it:   python -m pipelines stop {name} {env}"
    )
