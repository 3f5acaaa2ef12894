"""`python -m pipelines data profile`: what to expect of data, proposed from data."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option("--label", metavar="COLUMN", help="What is to be predicted.")
def profile(files: tuple[Path, ...], label: str | None) -> None:
    """Propose the sections `validation` and `features` from FILEs of rows, CSV or Parquet.

    Standard output has YAML to paste into config/base.yaml, each line with what it was made from:
    types, ranges with slack, values where the list seems complete, and shares of missing ones. With
    the label it says, too, which columns may be numeric, dropped, or name the row.

    \b
    Example:
        python -m pipelines data profile train.csv --label income
    """
    from pipelines.data import profile as job
    from pipelines.data.proposal import propose

    click.echo(propose(job.profile(files, label), label), nl=False)
