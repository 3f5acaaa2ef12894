"""How long a person waits for `--help`, and for every template of every environment."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.pairs import command, compare, report, seconds

ROOT = Path(__file__).parent.parent


def main() -> None:
    measured = compare(
        command(sys.executable, "-m", "pipelines", "--help", cwd=ROOT),
        command(sys.executable, "-c", "import click, yaml, pydantic"),
        pairs=9,
    )
    report(
        "--help against importing click, yaml and pydantic",
        f"{measured.ratio:.2f}×",
        "at most 1.5×",
        measured.ratio <= 1.5,
        [f"--help {seconds(measured.ours)}", f"imports {seconds(measured.other)}"],
    )

    measured = compare(
        command(sys.executable, "-m", "pipelines", "create", cwd=ROOT),
        command(sys.executable, "-W", "ignore", "-c", "import stepfunctions.steps"),
        pairs=7,
    )
    report(
        "create, all environments, against importing stepfunctions.steps",
        f"{measured.ratio:.2f}×",
        "at most 1.3×",
        measured.ratio <= 1.3,
        [f"create {seconds(measured.ours)}", f"import {seconds(measured.other)}"],
    )


if __name__ == "__main__":
    main()
