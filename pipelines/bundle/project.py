"""From a project's folder to its bundle.

The bundle holds `jobs/` and `preprocessing/` (the project's own, or else those that came with the
tool), the environment's documents, and the Python files that its configuration names:

    features.derive      derive.py
    validation.python    validation.py
    model.script         under its own path, with everything else in its folder

Hidden files, `__pycache__` and compiled files are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.bundle.bundle import Bundle
from pipelines.bundle.documents import documents
from pipelines.environment.model import Environment
from pipelines.errors import InputError

PACKAGES = ("jobs", "preprocessing")
DERIVE, EXPECTATIONS = "derive.py", "validation.py"
_TOOL = Path(__file__).parents[2]


def build_bundle(root: Path, environment: Environment) -> Bundle:
    """Read the bundle from the project at `root`.

    Raises:
        InputError: a package or a file is missing, or something in it is not a plain file.
    """
    files = documents(environment)
    for package in PACKAGES:
        home = root if (root / package).is_dir() else _TOOL
        if not (home / package / "__init__.py").is_file():
            raise InputError(
                f"{home / package} is not a Python package",
                hint=f"The code bundle needs {' and '.join(PACKAGES)}, with an __init__.py each.",
            )
        for path in _plain_files(home, home / package):
            files[path.relative_to(home).as_posix()] = path.read_bytes()
    if environment.features.derive is not None:
        files[DERIVE] = _named(root, environment.features.derive, "features.derive")
    validation = environment.validation
    if validation is not None and validation.enabled and validation.python is not None:
        files[EXPECTATIONS] = _named(root, validation.python, "validation.python")
    if environment.model.script is not None:
        files[environment.model.script] = _named(root, environment.model.script, "model.script")
        folder = (root / environment.model.script).parent
        if folder != root:
            for path in _plain_files(root, folder):
                files[path.relative_to(root).as_posix()] = path.read_bytes()
    return Bundle(files)


def _named(root: Path, name: str, key: str) -> bytes:
    """The contents of a file that the configuration names."""
    if not (root / name).is_file() or (root / name).is_symlink():
        raise InputError(
            f"{root / name} is not a file, and {key} names it",
            hint="The path begins at the project's root.",
        )
    return (root / name).read_bytes()


def _plain_files(root: Path, folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(root)
        if any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise InputError(
                f"{relative} is not a plain file, and the code bundle holds nothing else",
                hint="Put a copy in its place, or move it out of the package.",
            )
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}:
            yield path
