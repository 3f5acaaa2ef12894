"""Facts of files of rows, from the job that knows how to read them.

`jobs` reads files as Preprocess does, and needs pandas; this package does neither, and imports no
job: they meet at a command line, here as everywhere.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import DataError, InputError

# Where the jobs lie that came with this package.
_TOOL = Path(__file__).parents[2]


def profile(files: Sequence[Path], label: str | None = None) -> dict[str, Any]:
    """What `python -m jobs.profile` says of the files.

    Raises:
        InputError: a file cannot be read, the label is no column, or a package is missing.
        DataError: the job failed.
    """
    words = [sys.executable, "-m", "jobs.profile", *(str(file.absolute()) for file in files)]
    words += [] if label is None else ["--label", label]
    done = subprocess.run(words, cwd=_TOOL, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts
    *_, reason = done.stderr.strip().splitlines() or ["jobs.profile failed"]
    reason = reason.removeprefix("Error: ")
    if "No module named" in reason:  # what every job needs
        raise InputError(
            f"this command needs more packages than are installed: {reason}",
            hint="Install what the jobs need, in the project's folder: pip install '.[jobs]'",
        )
    if done.returncode == 2:
        raise InputError(reason)
    raise DataError(f"the files could not be profiled: {reason}")
