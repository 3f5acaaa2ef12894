"""What a person opens: the outputs of an execution's jobs, by state.

    .local/runs/<execution name>/<state>/model.tar.gz, evaluation/report.html, …

They are the objects themselves under a second name: nothing is copied.
"""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path

from pipelines.engine.arns import arn_parts
from pipelines.engine.files import folder_name
from pipelines.engine.job_record import Owner

_CLAIM = ".execution"


def run_folder(root: Path, execution_arn: str) -> Path:
    """Where the files of an execution lie, or will lie, below `.local`.

    Executions of two state machines may have one name: the first has the plain folder.
    """
    _, machine, name = arn_parts(execution_arn)
    plain = root / "runs" / folder_name(name)
    with suppress(OSError):
        if (plain / _CLAIM).read_text(encoding="utf-8") != execution_arn:
            return root / "runs" / f"{folder_name(name)}~{folder_name(machine)}"
    return plain


class RunFiles:
    """Puts each output of a job where a person finds it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()

    def add(self, owner: Owner, job_name: str, key: str, path: Path) -> None:
        """Give the object at `path` a second name, below its state's."""
        target = self._claim(owner.execution_arn) / folder_name(owner.state) / _name(key, job_name)
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name[:200]}.new")
        new.unlink(missing_ok=True)
        try:
            os.link(path, new)
        except OSError:  # a file system without hard links
            shutil.copyfile(path, new)
        os.replace(new, target)

    def _claim(self, execution_arn: str) -> Path:
        with self._lock:
            folder = run_folder(self._root, execution_arn)
            folder.mkdir(parents=True, exist_ok=True)
            claim = folder / _CLAIM
            if not claim.exists():
                claim.write_text(execution_arn, encoding="utf-8")
        return folder


def _name(key: str, job_name: str) -> str:
    """The part of a key behind its job's name; `output/` of a training job says nothing more.

    >>> _name("p/runs/training/monday/p-train-1/output/model.tar.gz", "p-train-1")
    'model.tar.gz'
    >>> _name("elsewhere/predictions.csv", "p-predict-1")
    'predictions.csv'
    """
    _, found, rest = key.rpartition(f"/{job_name}/")
    name = rest.removeprefix("output/") if found else key.rpartition("/")[2]
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "output"
