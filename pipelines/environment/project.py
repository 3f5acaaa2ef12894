"""Where a project lies, and which environments it has: the files in its config/ folder."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from pipelines.environment.forms import NAME_PATTERN
from pipelines.errors import ConfigError

BASE = "base"
CONFIG = "config"
# `create training dev`: these words mean pipelines wherever an environment may stand.
_TAKEN = frozenset({"training", "inference"})
_LONGEST_NAME = 32


def find_root(explicit: Path | None = None) -> Path:
    """The project's root: `explicit`, or the nearest folder upwards with config/base.yaml.

    Raises:
        ConfigError: there is none.
    """
    if explicit is not None:
        root = explicit.resolve()
        if not _base(root).is_file():
            raise ConfigError(
                f"{explicit} is not a project: it has no {CONFIG}/{BASE}.yaml.",
                hint="--project names the folder that holds config/.",
            )
        return root
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _base(folder).is_file():
            return folder
    raise ConfigError(
        f"no {CONFIG}/{BASE}.yaml in {here} or any folder above it.",
        hint="Go to the project's folder, or name it: python -m pipelines --project FOLDER …",
    )


def environment_names(root: Path) -> list[str]:
    """The environments, sorted: every config/*.yaml except base.

    Raises:
        ConfigError: a file that looks like an environment but cannot be one, each named.
    """
    names, odd = [], []
    for path in sorted((root / CONFIG).iterdir()):
        if _is_no_business_of_ours(path):
            continue
        if problem := _why_not_an_environment(path):
            odd.append(f"{CONFIG}/{path.name}: {problem}")
        elif path.stem != BASE:
            names.append(path.stem)
    if odd:
        raise ConfigError(
            "\n".join(odd),
            hint=f"{CONFIG}/ holds {BASE}.yaml and one <environment>.yaml each; "
            "notes may end in .md.",
        )
    return names


def environment_file(root: Path, name: str) -> Path:
    """The file of the environment `name`.

    Raises:
        ConfigError: it has no such file; the nearest ones are named.
    """
    path = root / CONFIG / f"{name}.yaml"
    names = environment_names(root)
    if name in names:
        return path
    if name == BASE:
        raise ConfigError(
            f"{BASE} is what the environments share, not one of them.", hint=_all(names)
        )
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    raise ConfigError(
        f"there is no environment {name!r}: {CONFIG}/{name}.yaml does not exist."
        if _is_name(name)
        else f"{name!r} is not an environment's name.",
        hint=(f"Did you mean {near[0]}? " if near else "") + _all(names),
    )


def _all(names: list[str]) -> str:
    if not names:
        return f"There is none yet: add {CONFIG}/<environment>.yaml."
    return f"The environments are {', '.join(names)}."


def _base(root: Path) -> Path:
    return root / CONFIG / f"{BASE}.yaml"


def _is_name(text: str) -> bool:
    return re.fullmatch(NAME_PATTERN, text) is not None and len(text) <= _LONGEST_NAME


def _is_no_business_of_ours(path: Path) -> bool:
    """Hidden files, editors' backups, notes, and folders that are not called like a file."""
    name = path.name
    if name.startswith((".", "#")) or name.endswith(("~", ".md")):
        return True
    return path.is_dir() and not path.suffix


def _why_not_an_environment(path: Path) -> str:
    """Why the file cannot be an environment; empty if it can."""
    if path.suffix != ".yaml":
        if path.suffix.lower() in {".yaml", ".yml"}:
            return f"would be ignored; rename it to {path.stem}.yaml"
        return "is no environment: those end in .yaml"
    if not path.is_file():
        return "is not a file that can be read"
    if not _is_name(path.stem):
        return (
            f"{path.stem!r} cannot be an environment's name: at most {_LONGEST_NAME} small "
            "letters, digits and single hyphens, a letter first"
        )
    if path.stem in _TAKEN:
        return f"an environment cannot be called {path.stem}: that word names a pipeline"
    return ""
