"""Arguments that several commands share: `[PIPELINE] [ENV …]`, and the project they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.environment.load import load_environment
from pipelines.environment.model import Environment
from pipelines.environment.project import environment_names, find_root

_PIPELINES = ("training", "inference")


@dataclass(frozen=True)
class Selection:
    """What a command is about."""

    root: Path
    pipelines: tuple[str, ...]
    environments: tuple[Environment, ...]


def select(project: Path | None, names: Sequence[str]) -> Selection:
    """Pipelines and environments by name: all of those of which none is named.

    Raises:
        ConfigError, InputError: no project, or a name that is neither.
    """
    root = find_root(project)
    pipelines = tuple(name for name in _PIPELINES if name in names)
    chosen = [name for name in dict.fromkeys(names) if name not in _PIPELINES]
    environments = tuple(load_environment(root, name) for name in chosen or environment_names(root))
    return Selection(root, pipelines or _PIPELINES, environments)
