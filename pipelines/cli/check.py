"""`check`: everything that can be known before deploying."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[training|inference] [ENV]...")
@click.pass_obj
def check(project: Path | None, names: tuple[str, ...]) -> None:
    """Hold every environment's templates, or those of the named ones, to all rules.

    Our own rules, each Task's request against the model of its service, and cfn-lint. Nothing is
    written; exit status 1 if there is a finding.

    \b
    Example:
        python -m pipelines check
        python -m pipelines check inference prod
    """
    from pipelines.cli.selection import select
    from pipelines.errors import CheckError

    selection = select(project, names)

    from pipelines.template.build import build_project
    from pipelines.template.check import check as find

    builds = build_project(selection.root, selection.environments, selection.pipelines)
    findings = find(builds, selection.root)
    if findings:
        raise CheckError("\n".join(findings), hint=f"{len(findings)} findings.")
    checked = ", ".join(environment.name for environment in selection.environments)
    click.echo(f"{checked}: nothing to complain about.", err=True)
