"""`list`: the executions of a pipeline, newest first."""

from __future__ import annotations

import json
from pathlib import Path

import click

_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


@click.command()
@click.argument("pipeline", metavar="PIPELINE")
@click.argument("env", metavar="ENV")
@click.option("--status", type=click.Choice(_STATUSES, case_sensitive=False))
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def list(
    project: Path | None, pipeline: str, env: str, status: str | None, limit: int, as_json: bool
) -> None:
    """List the executions of PIPELINE (training or inference) in ENV, newest first.

    \b
    Example:
        python -m pipelines list training local
        python -m pipelines list inference prod --status failed --json
    """
    from pipelines.cli.connection import open_connection
    from pipelines.cli.run import check_pipeline
    from pipelines.deployment.deployed import find_pipeline
    from pipelines.environment.load import load_environment
    from pipelines.environment.project import find_root
    from pipelines.execution.listing import list_executions

    check_pipeline(pipeline)
    root = find_root(project)
    environment = load_environment(root, env)
    connection = open_connection(root, environment)
    machine = find_pipeline(environment, connection, pipeline).state_machine_arn
    listed = list_executions(connection.client("stepfunctions"), machine, status, limit)
    if as_json:
        click.echo(json.dumps([each.as_document() for each in listed], indent=2))
        return
    if not listed:
        click.echo(f"There is no execution of {pipeline} in {env}.", err=True)
    rows = [each.as_row() for each in listed]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[4]]).rstrip())
