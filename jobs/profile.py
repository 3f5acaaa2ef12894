"""What stands in files of rows: facts of each column, from which expectations can be proposed.

Prints one JSON document. Nothing is expected of the files but that they can be read, and what a
column holds is inferred: numbers, if (nearly) every value of it is one.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import program, requirements
from preprocessing.errors import DataError

if TYPE_CHECKING:
    import numpy as np


def main() -> None:
    arguments = _parser().parse_args()
    sys.stdout.write(json.dumps(profile(arguments.files, arguments.label), ensure_ascii=False))
    sys.stdout.write("\n")


def profile(files: list[Path], label: str | None = None) -> dict[str, object]:
    """The facts.

    Returns:
        `rows`, `ragged` (rows with the wrong number of fields), `files` (their names), `twins`
        (rows that are like another one, in everything but the label) and `columns` (see
        `inferred`).

    Raises:
        DataError: a file cannot be read, lacks a column of the others, or has no rows.
    """
    requirements.need("pandas")
    from jobs.validation.inferred import describe_column
    from jobs.validation.reading import read_files
    from jobs.validation.rows import combinations
    from preprocessing.columns import check_header

    part = read_files("training", files, lambda column: False)
    for file in part.files:
        if file.problem:
            raise DataError(file.problem)
        check_header(part.files[0].header, file.header, file.name)
    if part.frame.empty:
        raise DataError(f"{', '.join(file.name for file in part.files)}: no rows")
    if label is not None:
        check_header((label,), part.files[0].header, part.files[0].name)
    frame = part.frame
    others = combinations(frame[[column for column in frame if column != label]])
    return {
        "rows": len(frame),
        "ragged": len(part.ragged),
        "files": [file.name for file in part.files],
        "twins": _with_twins(others),
        "columns": [describe_column(str(name), values) for name, values in frame.items()],
    }


def _with_twins(numbers: np.ndarray) -> int:
    """How many of these stand there more than once."""
    import numpy as np

    counts = np.bincount(numbers)
    return int(counts[counts > 1].sum())


def _parser() -> argparse.ArgumentParser:
    parser = program.parser("profile", __doc__, "python -m jobs.profile rows.csv --label income")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or Parquet")
    parser.add_argument("--label", help="the column that is to be predicted")
    return parser


if __name__ == "__main__":
    program.end(main)
