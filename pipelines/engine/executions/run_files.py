"""What a person opens: the outputs of an execution's jobs, by state.

    .local/runs/<execution name>/<state>/model.tar.gz, evaluation/report.html, …
    .local/runs/<execution name>/.execution.json       whose they are, and which job was which state

They are the objects themselves under a second name: nothing is copied.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

from pipelines.engine.arns import arn_parts
from pipelines.engine.files import folder_name, read_json, write_json
from pipelines.engine.jobs.record import Owner

_CLAIM = ".execution.json"


def local_file(root: Path, execution_arn: str, uri: str) -> Path | None:
    """The file in which an S3 object that an execution made lies below `.local`, if there is one.

    Args:
        root: `.local`.
        uri: The object, as a job's request or result names it.
    """
    folder = _folder(root, execution_arn)
    claim = _read_claim(folder)
    if claim is None or claim["execution"] != execution_arn:
        return None
    for job_name, state in claim["jobs"].items():
        if f"/{job_name}/" in uri:
            file = folder / folder_name(state) / _name(uri, job_name)
            return file if file.is_file() else None
    return None


class RunFiles:
    """Puts each output of a job where a person finds it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()

    def add(self, owner: Owner, job_name: str, key: str, path: Path) -> None:
        """Copy the object at `path` below its state's name: what a person edits there is a copy."""
        folder = self._claim(owner, job_name)
        target = folder / folder_name(owner.state) / _name(key, job_name)
        target.parent.mkdir(parents=True, exist_ok=True)
        new = folder / ".new"
        with self._lock:
            shutil.copyfile(path, new)
            os.replace(new, target)

    def _claim(self, owner: Owner, job_name: str) -> Path:
        with self._lock:
            folder = _folder(self._root, owner.execution_arn)
            folder.mkdir(parents=True, exist_ok=True)
            claim = _read_claim(folder) or {"execution": owner.execution_arn, "jobs": {}}
            if job_name not in claim["jobs"]:
                claim["jobs"][job_name] = owner.state
                write_json(folder / _CLAIM, claim)
        return folder


def _folder(root: Path, execution_arn: str) -> Path:
    """Executions of two state machines may have one name: the first has the plain folder."""
    _, machine, name = arn_parts(execution_arn)
    plain = root / "runs" / folder_name(name)
    claim = _read_claim(plain)
    if claim is None or claim["execution"] == execution_arn:
        return plain
    return plain.with_name(f"{plain.name}~{folder_name(machine)}")


def _read_claim(folder: Path) -> dict[str, Any] | None:
    path = folder / _CLAIM
    if not path.exists():
        return None
    claim: dict[str, Any] = read_json(path)
    return claim


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
