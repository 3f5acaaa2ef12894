"""`why`: what an execution failed with, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_obj
def why(project: Path | None, run: str, env: str | None, as_json: bool) -> None:
    """Say why the execution RUN did not succeed, and what to do.

    RUN is its name or ARN; without ENV, the environment is the one that has it. It can also be a
    file, of any state machine: a history that `aws stepfunctions get-execution-history` wrote.
    Shows the state, its error, the job's reason and last lines, what went in, the likeliest
    remedy, and the command that runs it again. Changes nothing.

    \b
    Example:
        python -m pipelines why run-20261121-023721-c5613a
        python -m pipelines why history.json
    """
    from pipelines.cli.explaining import explained
    from pipelines.cli.find_run import find_run
    from pipelines.cli.following import files_of
    from pipelines.cli.run_question import waiting_lines, waits
    from pipelines.cli.run_report import LOG_LINES
    from pipelines.cli.why_report import why_document, why_lines
    from pipelines.clock import RealClock
    from pipelines.execution.history import Event, History
    from pipelines.execution.saved import read_history
    from pipelines.execution.view import view_of
    from pipelines.execution.watch import last_lines
    from pipelines.patience import Patience

    def say(line: str) -> None:
        click.echo(line, err=True)

    found, log, name = None, [], run
    if run.endswith(".json") or Path(run).is_file():
        events: list[Event] = list(read_history(Path(run)))
        view = view_of(events)
    else:
        found = find_run(project, run, env)
        name = found.name
        patience = Patience(found.connection, RealClock(), say)
        history = History(found.connection.client("stepfunctions"), found.arn, patience)
        view = view_of(history.new_events())
        job = view.failed_state.job if view.failed_state else None
        if job is not None and view.status not in ("RUNNING", "SUCCEEDED"):
            log = last_lines(found.connection, job, LOG_LINES, say)
    if view.status in ("RUNNING", "SUCCEEDED"):
        at = f", in the state {view.states[-1].name}" if view.is_running and view.states else ""
        if as_json:
            click.echo(json.dumps({"name": name, "status": view.status}))
        what = "still runs" if view.is_running else "succeeded"
        say(f"{name} {what}{at}: there is no failure to explain.")
        if found is not None and waits(view):
            for line in waiting_lines(name, found.environment.name):
                say(line)
        return
    explanation = explained(found, view, log)
    if as_json:
        document = {"name": name, **why_document(explanation)}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    click.echo(f"{explanation.status}: {name}\n")
    if found is None:
        click.echo("\n".join(why_lines(explanation, None)))
        return
    files = files_of(found.environment, found.root, found.arn)
    click.echo("\n".join(why_lines(explanation, found.connection, files)))
