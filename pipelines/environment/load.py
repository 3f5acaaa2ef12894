"""Read an environment: both of its files, checked as a whole before anything happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.environment.document import read_document
from pipelines.environment.judge import judge_file, judge_whole
from pipelines.environment.merge import merge
from pipelines.environment.model import Environment
from pipelines.environment.nodes import Node, Problem, Source, plain
from pipelines.environment.policy import POLICY
from pipelines.environment.project import BASE, CONFIG, environment_file
from pipelines.environment.text import read_text
from pipelines.errors import ConfigError


@dataclass(frozen=True)
class Setting:
    """One value of an environment, and where it was written; None is a default of the schema."""

    key: tuple[str, ...]
    value: Any
    source: Source | None


@dataclass(frozen=True)
class Resolved:
    """An environment, with the source of each of its values, in the order of the schema."""

    environment: Environment
    settings: tuple[Setting, ...]


def load_environment(root: Path, name: str) -> Environment:
    """The environment `name` of the project at `root`.

    Raises:
        ConfigError: it does not exist, or either file is wrong; the message lists every problem.
    """
    return _load(root, name)[0]


def resolve(root: Path, name: str) -> Resolved:
    """As `load_environment`, with where each value came from."""
    environment, merged = _load(root, name)
    return Resolved(environment, tuple(_settings(environment.model_dump(), merged)))


def _load(root: Path, name: str) -> tuple[Environment, Node]:
    over_path = environment_file(root, name)
    base_file, over_file = f"{CONFIG}/{BASE}.yaml", f"{CONFIG}/{name}.yaml"
    base, problems = _read(root / base_file, base_file)
    over, more = _read(over_path, over_file)
    problems += more
    for node in (base, over):
        if node is not None:
            problems += judge_file(node, name)
    if base is not None and over is not None:
        merged = merge(base, over, POLICY)
        problems += judge_whole(merged, name)
        if not problems:
            return Environment.model_validate({**plain(merged), "name": name}), merged
    raise ConfigError(_report(problems, [base_file, over_file]))


def _read(path: Path, file: str) -> tuple[Node | None, list[Problem]]:
    text, problems = read_text(path, file)
    if text is None:
        return None, problems
    node, more = read_document(text, file)
    return node, [*problems, *more]


def _report(problems: Sequence[Problem], files: list[str]) -> str:
    """Every problem once, in the order of the files and their lines."""
    ordered = sorted(
        dict.fromkeys(problems), key=lambda p: (files.index(p.source.file), p.source[1:])
    )
    lines = list(dict.fromkeys(map(str, ordered)))
    if len(lines) == 1:
        return lines[0]
    return "\n  ".join([f"{len(lines)} problems in the configuration:", *lines])


def _settings(value: Any, node: Node | None, key: tuple[str, ...] = ()) -> Iterator[Setting]:
    """The leaves of `value`, a dumped environment; `node` is what the files say of it, if they do.

    A list is one leaf, and so is an empty mapping.
    """
    if isinstance(value, dict) and (value or not key):
        children = node.value if node is not None else {}
        for name, child in value.items():
            yield from _settings(child, children.get(name), (*key, name))
    else:
        yield Setting(key, value, None if node is None else node.source)
