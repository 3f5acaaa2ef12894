"""Packages that AWS's scikit-learn image does not have: installed by the job that needs one.

Only where `INSTALL_PACKAGES=1` says so, as the steps do for jobs on AWS; by hand and on the local
engine nothing is installed unasked, and what is missing is one clear error. Versions are pinned,
and what the image has already stays as it is: pip is held to the versions that are there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

from preprocessing.errors import DataError

VARIABLE = "INSTALL_PACKAGES"
# Each works with numpy 1.26, scikit-learn 1.4 and Python 3.10, as AWS's image 1.4-2 has them.
PINNED = {
    "lightgbm": "4.6.0",
    "pandas": "2.2.3",
    "pandera": "0.24.0",
    "shap": "0.46.0",
    "uvicorn": "0.34.0",
}


def need(package: str, run: Callable[[list[str]], str | None] | None = None) -> None:
    """Make sure that a package of `PINNED` can be imported.

    Args:
        package: its name in the package index, under which it is imported, too.
        run: runs a command and returns its last words if it failed.

    Raises:
        DataError: it is not there and must not, or cannot, be installed.
    """
    if is_present(package):
        return
    wanted = f"{package}=={PINNED[package]}"
    if os.environ.get(VARIABLE) != "1":
        raise DataError(
            f"this needs the package {package}, which is not installed: `pip install {wanted}`, or "
            f"use an image that has it"
        )
    with tempfile.TemporaryDirectory() as temporary:
        constraints = Path(temporary, "constraints.txt")
        constraints.write_text(
            "".join(sorted({f"{d.metadata['Name']}=={d.version}\n" for d in distributions()}))
        )
        failed = (run or _run)(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--constraint", str(constraints), wanted),
            ]
        )
    if failed is not None:
        raise DataError(
            f"this needs the package {package}, and pip could not install {wanted}: {failed}; use "
            "an image that has it, or give the job a way to the package index"
        )


def is_present(package: str) -> bool:
    """Whether a package is installed, in whatever version."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _run(command: list[str]) -> str | None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    *_, last = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
    return last
