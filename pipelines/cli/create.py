"""`create`: from configuration and code to build/."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[training|inference] [ENV]...")
@click.pass_obj
def create(project: Path | None, names: tuple[str, ...]) -> None:
    """Write the templates and definitions of every environment, or of those named.

    Needs no AWS account, no region and no network: the same commit and configuration give the
    same bytes. All files are written, or none.

    \b
    Example:
        python -m pipelines create
        python -m pipelines create training dev
    """
    from pipelines.cli.selection import select

    selection = select(project, names)

    from pipelines.template.create import create as create_files

    changes = create_files(selection.root, selection.environments, selection.pipelines)
    for change in changes:
        click.echo(str(change), err=True)
    written = sum(change.action != "unchanged" for change in changes)
    click.echo(f"{len(changes)} files, {written} of them new or changed.", err=True)
