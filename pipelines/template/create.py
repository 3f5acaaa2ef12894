"""Writing `build/`: all of it or nothing, and what changed."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.errors import InputError
from pipelines.template.build import Build, build_project


@dataclass(frozen=True)
class FileChange:
    """What became of one file of `build/`.

    Attributes:
        path: relative to the project's root.
        added, removed: lines.
    """

    path: str
    action: Literal["new", "changed", "unchanged"]
    added: int = 0
    removed: int = 0

    def __str__(self) -> str:
        lines = f" (+{self.added} −{self.removed} lines)" if self.action == "changed" else ""
        return f"{self.action:<9} {self.path}{lines}"


def create(
    root: Path, environments: Sequence[Environment], pipelines: Sequence[str] = naming.PIPELINES
) -> list[FileChange]:
    """Build the environments and write `build/<environment>/` for each.

    Everything is built and written aside first: whatever goes wrong, `build/` is as it was.

    Raises:
        CheckError, ConfigError: as `build`.
        InputError: the folder cannot be written.
    """
    return write(root, build_project(root, environments, pipelines))


def write(root: Path, builds: Sequence[Build]) -> list[FileChange]:
    """Put the builds in their folders; files of a pipeline that was not built stay as they are."""
    target = root / "build"
    changes: list[FileChange] = []
    try:
        target.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=target) as scratch:
            for built in builds:
                name = built.environment.name
                if (target / name).is_dir():
                    shutil.copytree(target / name, Path(scratch) / name)
                for file, content in built.files.items():
                    path = Path(scratch) / name / file
                    changes.append(_change(f"build/{name}/{file}", path, content))
                    path.parent.mkdir(exist_ok=True)
                    path.write_bytes(content)
            for built in builds:
                _replace(Path(scratch) / built.environment.name, target / built.environment.name)
    except OSError as error:
        raise InputError(
            f"{target} cannot be written: {error.strerror}", hint="Is it a folder of yours?"
        ) from error
    return changes


def _change(name: str, path: Path, content: bytes) -> FileChange:
    if not path.exists():
        return FileChange(name, "new")
    if path.read_bytes() == content:
        return FileChange(name, "unchanged")
    before = path.read_text(encoding="utf-8", errors="replace").splitlines()
    after = content.decode().splitlines()
    difference = [line[0] for line in difflib.unified_diff(before, after, n=0, lineterm="")][2:]
    return FileChange(name, "changed", difference.count("+"), difference.count("-"))


def _replace(new: Path, old: Path) -> None:
    """A folder cannot be renamed over another: the old one steps aside for the moment between."""
    aside = new.with_name(f"{new.name}.old")
    if old.exists():
        os.rename(old, aside)
    try:
        os.rename(new, old)
    except OSError:
        if aside.exists():
            os.rename(aside, old)
        raise
