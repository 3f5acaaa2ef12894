"""`python -m pipelines config`: what an environment comes to, and which line said so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from pipelines.environment.load import Resolved, load_environment, resolve
from pipelines.environment.nodes import key_text
from pipelines.environment.project import environment_names, find_root
from pipelines.environment.written import Line, write_settings
from pipelines.errors import ConfigError

_WIDEST = 72  # where the sources stand at most; a longer line pushes its own to the right


@click.command()
@click.argument("environment", metavar="[ENV]", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def config(ctx: click.Context, environment: str | None, as_json: bool) -> None:
    """Print ENV's resolved configuration and where each value came from.

    What is printed is itself a configuration. Without ENV, list the environments; the exit status
    is 2 if any of them has a problem.

    \b
    Example:
        python -m pipelines config
        python -m pipelines config dev
        python -m pipelines config prod --json | jq .environment.steps.train
    """
    root = find_root(ctx.obj)
    if environment is None:
        ctx.exit(_list(root, as_json))
    resolved = resolve(root, environment)
    if as_json:
        click.echo(json.dumps(_document(resolved), indent=2, ensure_ascii=False))
    else:
        _print(resolved)


def _document(resolved: Resolved) -> dict[str, object]:
    return {
        "environment": resolved.environment.model_dump(mode="json"),
        "sources": {
            key_text(setting.key): str(setting.source or "default")
            for setting in resolved.settings
            if setting.key != ("name",)
        },
    }


def _print(resolved: Resolved) -> None:
    own = f"config/{resolved.environment.name}.yaml"
    lines = list(write_settings(resolved.settings))
    lengths = [len(line.text) for line in lines if line.setting is not None]
    width = max(length for length in lengths if length <= _WIDEST)
    _echo(
        click.style(
            f"# {resolved.environment.prefix}: config/base.yaml, and {own} over it", dim=True
        )
    )
    for line in lines:
        _echo(_styled(line, width, own))


def _styled(line: Line, width: int, own: str) -> str:
    """The line, with its source as a comment; the environment's own ones stand out."""
    head, value = line.text[: line.value_at], line.text[line.value_at :]
    if line.setting is None:
        return click.style(head, fg="cyan") + value
    source = line.source
    is_own = source is not None and source.file == own
    comment = click.style(
        f"# {source or 'default'}", fg="green" if is_own else None, dim=not is_own
    )
    padding = " " * max(0, width - len(line.text))
    value = click.style(value, bold=is_own or None)
    return f"{click.style(head, fg='cyan')}{value}{padding}  {comment}"


def _list(root: Path, as_json: bool) -> int:
    """Print a line for each environment, and what is wrong with the others; the exit status."""
    status = 0
    rows = []
    for name in environment_names(root):
        try:
            found = load_environment(root, name)
        except ConfigError as error:
            click.echo(f"Error in {name}: {error}", err=True)
            status = error.exit_status
            continue
        rows.append(
            {
                "name": name,
                "engine": found.engine,
                "region": found.region,
                "account": found.account,
                "approval": found.approval,
            }
        )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    elif rows:
        _table([list(rows[0]), *([value or "any" for value in row.values()] for row in rows)])
    return status


def _table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        _echo(click.style("  ".join(cells).rstrip(), dim=number == 0 or None))


def _echo(text: str) -> None:
    # click takes the colours out where standard output is not a terminal.
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)
