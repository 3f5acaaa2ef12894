"""`reuse explain`: why steps of an execution were run again, or were not."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.group()
def reuse() -> None:
    """See what executions took over from earlier ones (reuse: true), and why."""


@reuse.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def explain(project: Path | None, run: str, env: str | None, as_json: bool) -> None:
    """Say of each step of the execution RUN whether it was run, and what had changed.

    RUN is its name or ARN; without ENV, the environment is the one that has it. What changed is
    named: a file of the code, a document, a setting with both values, the data, the image.

    \b
    Example:
        python -m pipelines reuse explain run-20261121-023721-c5613a
    """
    from pipelines.cli.find_run import find_run
    from pipelines.clock import RealClock
    from pipelines.execution.history import History
    from pipelines.execution.reuse import explain_reuse
    from pipelines.patience import Patience

    found = find_run(project, run, env)
    patience = Patience(found.connection, RealClock(), lambda line: click.echo(line, err=True))
    history = History(found.connection.client("stepfunctions"), found.arn, patience)
    steps = explain_reuse(found.connection, found.arn, history.new_events())
    if as_json:
        document = {"name": found.name, "steps": [asdict(step) for step in steps]}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for step in steps:
        click.echo(str(step))
