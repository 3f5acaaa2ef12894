"""Following an execution to its end, and saying how it ended: what `run` and `redrive` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipelines.aws import Connection
    from pipelines.cli.run_report import Outcome
    from pipelines.environment.model import Environment
    from pipelines.execution.start import Started


def follow(connection: Connection, started: Started, env: str, *, redrives: int = 0) -> Outcome:
    """Watch on standard error: live on a terminal, line by line elsewhere.

    Args:
        redrives: as often as the execution has been redriven.

    Raises:
        AwsError: one that does not pass. The execution goes on.
    """
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
        watch = Watch(connection, started.arn, questions, RealClock(), redrives=redrives)
        view = watch.until_the_end()
        failed = view.failed_state
        log = watch.last_lines(failed.job, LOG_LINES) if failed and failed.job else []
    return Outcome(started, view, tuple(log))


def report(outcome: Outcome, connection: Connection, environment: Environment, root: Path) -> None:
    """Say on standard error how an execution ended; if it failed, also what to do."""
    from pipelines.aws import AwsError
    from pipelines.cli.explaining import explained
    from pipelines.cli.find_run import Run, pipeline_of
    from pipelines.cli.run_report import head, success_lines
    from pipelines.cli.why_report import why_lines

    arn = outcome.started.arn
    if outcome.view.status == "SUCCEEDED":
        lines = success_lines(outcome, files_of(environment, root, arn))
    else:
        run = Run(root, environment, connection, pipeline_of(arn, environment), arn)
        try:
            why = explained(run, outcome.view, outcome.log)
        except AwsError as error:
            # What is known without asking again is said all the same.
            click.echo(f"Note: {error}", err=True)
            why = explained(None, outcome.view, outcome.log)
        lines = [head(outcome), "", *why_lines(why, connection, files_of(environment, root, arn))]
    click.echo("\n" + "\n".join(lines), err=True)


def files_of(environment: Environment, root: Path, arn: str) -> Callable[[str], Path | None]:
    """What finds the files that show an execution's objects: on AWS there are none."""
    if environment.engine == "aws":
        return lambda uri: None
    from pipelines.engine.executions.run_files import local_file

    return lambda uri: local_file(root / ".local", arn, uri)
