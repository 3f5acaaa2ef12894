"""``python -m pipelines.testing.compare FOLDER…``: the interpreter held against recordings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines.errors import PipelinesError
from pipelines.testing.compare.compare import compare
from pipelines.testing.compare.report import report
from pipelines.testing.recorded import find_recordings


def main(arguments: list[str]) -> int:
    """Compare; 0 if nothing differs, 1 if something does, 2 if a recording cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.testing.compare", description=__doc__
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--decoded",
        action="store_true",
        help="the recordings hold values in place of texts that are JSON",
    )
    parser.add_argument("--differences", type=int, default=8, help="shown of each recording")
    options = parser.parse_args(arguments)
    try:
        recordings = [each for folder in options.folders for each in find_recordings(folder)]
    except PipelinesError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    comparisons = [compare(each, decoded=options.decoded) for each in recordings]
    sys.stdout.write(report(comparisons, most=options.differences) + "\n")
    return 1 if any(each.differences for each in comparisons) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
