"""`check`: everything that can be known before deploying, of our definitions or of any other."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipelines.checks.files import Checked
    from pipelines.checks.reported import Reported

FORMATS = ("text", "json", "sarif")
_FILE = click.Path(path_type=Path, dir_okay=False)
_STDIN = Path("/dev/stdin")
_SUFFIXES = {".json", ".yaml", ".yml", ".template", ".asl"}


@click.command()
@click.argument("names", nargs=-1, metavar="[training|inference] [ENV]... | FILE...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 1 for a warning, too.")
@click.option(
    "--input-schema", type=_FILE, help="JSON Schema of the execution input of the definitions."
)
@click.option("--baseline", type=_FILE, help="Report only findings that this file does not have.")
@click.option("--write-baseline", type=_FILE, help="Write the findings into this file, and exit 0.")
@click.pass_obj
def check(
    project: Path | None,
    names: tuple[str, ...],
    form: str,
    strict: bool,
    input_schema: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
) -> None:
    """Hold state machines to every rule: this project's templates, or those in FILEs.

    Of this project: every environment, or those named, with our own rules, each Task's request
    against the model of its service, the data's way through the states, and cfn-lint. A FILE is
    any definition, or a CloudFormation or SAM template or a serverless.yml with state machines in
    it, as JSON or YAML; - is standard input.

    Exit status 1 if there is an error (with --strict: or a warning), 2 if a FILE cannot be read.
    docs/rules.md explains each rule. Nothing but a baseline is written.

    \b
    Example:
        python -m pipelines check
        python -m pipelines check inference prod
        python -m pipelines check --format sarif my-machine.asl.json template.yaml
    """
    from pipelines.checks.reported import count, in_order
    from pipelines.errors import InputError

    files = [_STDIN if name == "-" else Path(name) for name in names if _is_file(name)]
    if files and len(files) < len(names):
        [other, *_] = [name for name in names if not _is_file(name)]
        raise InputError(
            f"{other} is no file, and {files[0]} is one",
            hint="Check files, or this project's pipelines and environments, not both at once.",
        )
    if input_schema is not None and not files:
        raise InputError(
            "--input-schema is for FILEs", hint="This project's own definitions have their schema."
        )
    checked = _of_files(files, input_schema) if files else _of_project(project, names)
    found = in_order(checked.findings)
    if write_baseline is not None and not checked.unreadable:
        _write_baseline(write_baseline, found)
        return
    if baseline is not None:
        found = _without_known(found, baseline)
    _print(found, form)
    machines = f"{checked.machines} state machine{'s' * (checked.machines != 1)}"
    said = count(found) if found else "nothing to complain about"
    click.echo(f"{machines}: {said}." if checked.machines else "Nothing was checked.", err=True)
    if checked.unreadable:
        raise click.exceptions.Exit(2)
    if any(each.severity == "error" or strict for each in found):
        raise click.exceptions.Exit(1)


def _is_file(name: str) -> bool:
    """Whether a word names a file: by its looks, or because there is one and nothing else."""
    path = Path(name)
    if path.suffix in _SUFFIXES or os.sep in name or name in ("-", ".", ".."):
        return True
    from pipelines.naming import PIPELINES  # which takes as long to import as files to check

    return name not in PIPELINES and path.is_file()


def _of_files(files: list[Path], input_schema: Path | None) -> Checked:
    from pipelines.checks.files import check_files, read_schema

    checked = check_files(files, read_schema(input_schema) if input_schema else None)
    for note in checked.notes:
        click.echo(note, err=True)
    for error in checked.unreadable:
        click.echo(f"Error: {error}\n{error.hint}".rstrip(), err=True)
    return checked


def _of_project(project: Path | None, names: tuple[str, ...]) -> Checked:
    from pipelines.cli.selection import select
    from pipelines.errors import InputError, PipelinesError

    try:
        selection = select(project, names)
    except PipelinesError:
        folders = [name for name in names if name and Path(name).is_dir()]
        if not folders:
            raise
        raise InputError(
            f"{folders[0]} is a folder, and no environment",
            hint=f"Name the files in it: python -m pipelines check {folders[0]}/*.json",
        ) from None

    from pipelines.checks.files import Checked
    from pipelines.checks.project import check_builds
    from pipelines.template.build import build_project

    builds = build_project(selection.root, selection.environments, selection.pipelines)
    checked = ", ".join(environment.name for environment in selection.environments)
    click.echo(f"Checking {checked}.", err=True)
    machines = sum(len(built.definitions) for built in builds)
    return Checked(check_builds(builds, selection.root), machines)


def _write_baseline(file: Path, found: list[Reported]) -> None:
    from pipelines.checks.baseline import baseline_text
    from pipelines.checks.reported import count
    from pipelines.errors import InputError

    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(baseline_text(found) + "\n", encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"{file}: {count(found)}.", err=True)


def _without_known(found: list[Reported], baseline: Path) -> list[Reported]:
    from pipelines.checks.baseline import compare

    compared = compare(found, baseline)
    click.echo(f"{baseline}: findings known and not shown: {compared.known}.", err=True)
    if compared.gone:
        click.echo(
            f"{compared.gone} of its findings no longer occur: --write-baseline {baseline}",
            err=True,
        )
    return compared.new


def _print(found: list[Reported], form: str) -> None:
    if form == "sarif":
        from pipelines.checks.sarif import sarif

        click.echo(sarif(found))
        return
    from pipelines.checks.text import json_text, lines

    if form == "json":
        click.echo(json_text(found))
        return
    for line in lines(found):
        click.echo(line)
