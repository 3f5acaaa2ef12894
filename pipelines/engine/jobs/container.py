"""A job's folders and environment, in place of those of the container that it has on AWS.

.local/jobs/<kind>/<name>/job.json    what is known of the job
.local/jobs/<kind>/<name>/log.txt     its log
.local/jobs/<kind>/<name>/container/  gone when the job has ended:
    ml/      stands for /opt/ml
    home/    HOME
    tmp/     TMPDIR
    work/    the working directory of a processing job
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ML = "/opt/ml"
# Not `/opt/mlflow`, nor the `/opt/ml` in `s3://bucket/opt/ml` or `/home/opt/ml`.
_ML = re.compile(r"(?<![\w./-])/opt/ml(?=/|$|[^\w.-])")
_THREADS = (
    "LOKY_MAX_CPU_COUNT",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
_PYTHONS = ("python", "python3")
# What a reader of a log most wants to know of the packages beside a job.
_PACKAGES = ("numpy", "pyarrow", "scikit-learn")
MAX_REASON = 1024
"""The quota on FailureReason and ExitMessage, in characters."""


class JobError(Exception):
    """The job fails, with this FailureReason."""


class Container:
    """The folders of one job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ml = folder / "ml"
        self.home = folder / "home"
        self.work = folder / "work"

    def create(self) -> None:
        for name in ("ml", "home", "tmp", "work"):
            (self.folder / name).mkdir(parents=True)

    def remove(self) -> None:
        """Remove all of it, also what the job made unreadable."""
        shutil.rmtree(self.folder, onerror=_make_removable)

    def path(self, container_path: str) -> Path:
        """Where a path of the container lies on this machine."""
        return Path(self.rebase(container_path))

    def rebase(self, value: Any) -> Any:
        """The value with each `/opt/ml` in its texts as the job's own folder.

        A program that has such a path in its own code is out of reach: it has to be given it.
        """
        if isinstance(value, str):
            return _ML.sub(lambda _: str(self.ml), value)
        if isinstance(value, Mapping):
            return {key: self.rebase(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.rebase(item) for item in value]
        return value

    def write_config(self, container_path: str, content: Any) -> None:
        """Write a JSON file that SageMaker puts into every container."""
        path = self.path(container_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.rebase(content)), encoding="utf-8")

    def read_message(self, container_path: str) -> str:
        """What the job wrote about its end (`/opt/ml/output/failure`); empty if nothing."""
        try:
            with self.path(container_path).open("rb") as file:
                return file.read(4 * MAX_REASON).decode("utf-8", "replace").strip()[:MAX_REASON]
        except OSError:
            return ""

    def environment(
        self, region: str, variables: Mapping[str, str], *, cores: int
    ) -> dict[str, str]:
        """The process's whole environment: what a container has, then `variables`.

        Nothing is inherited from the engine, so that no job passes here and fails there.

        Args:
            cores: How many it shall use, which numpy's, Arrow's, scikit-learn's and joblib's
                threads are told each in its own way.
        """
        return {
            "AWS_REGION": region,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            **{name: str(cores) for name in _THREADS},
            # These cores are shared: threads that wait for one another sleep instead of spinning.
            "OMP_WAIT_POLICY": "PASSIVE",
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "UTF-8",
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(self.folder / "tmp"),
            **{name: self.rebase(value) for name, value in variables.items()},
        }

    def command(self, argv: list[str]) -> list[str]:
        """The container's command on this machine: its Python is the engine's own."""
        program, *arguments = self.rebase(argv)
        return [sys.executable if program in _PYTHONS else program, *arguments]


def _make_removable(remove: Any, path: str, _: object) -> None:
    for name in (os.path.dirname(path), path):
        if not os.path.islink(name):
            os.chmod(name, 0o700)
    remove(path)


@cache
def interpreter() -> str:
    """The Python that jobs get, and its packages, for the first line of a log."""
    packages = ["Python {}.{}.{}".format(*sys.version_info[:3])]
    for name in _PACKAGES:
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(packages)
