"""`invoke`: ask an environment's endpoint."""

from __future__ import annotations

import json
from pathlib import Path

import click

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("env", metavar="ENV")
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
@click.option("--rows", "count", type=click.IntRange(1, 1000), default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the endpoint's answer as JSON.")
@click.pass_obj
def invoke(project: Path | None, env: str, file: Path | None, count: int, as_json: bool) -> None:
    """Send the first rows of a CSV file to ENV's endpoint, and print its predictions.

    Without FILE, those of the data that ENV is to score. Standard output has a line for each row.

    \b
    Example:
        python -m pipelines invoke local
        python -m pipelines invoke dev people.csv --rows 10
    """
    from pipelines.cli.connection import open_connection
    from pipelines.data.first_rows import first_people, first_rows
    from pipelines.environment.load import load_environment
    from pipelines.environment.project import find_root
    from pipelines.execution.invoke import invoke as ask

    root = find_root(project)
    environment = load_environment(root, env)
    connection = open_connection(root, environment)
    rows = first_people(connection, environment, count) if file is None else first_rows(file, count)
    answers = ask(connection, environment, rows)
    if as_json:
        document = {"predictions": answers.predictions, "model_sha256": answers.model_sha256}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    click.echo(f"answered by the model {answers.model_sha256[:12]}", err=True)
    for number, answer in enumerate(answers.predictions, 1):
        is_class = isinstance(answer["prediction"], str)
        score = f"  {answer['score']:.4f}" if is_class else ""
        click.echo(f"row {number}  {answer['prediction']}{score}")
