"""Any module of the jobs can be imported first: there is no circle among their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from tests.conftest import ROOT


def modules() -> dict[str, Path]:
    """Every module that runs in containers, by its dotted name."""
    found = {}
    for package in ("jobs", "preprocessing"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imported(path: Path) -> Iterator[str]:
    """What a module imports while it is imported itself: not in functions, nor for types alone."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield str(node.module)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)


def test_imports_lead_to_no_module_twice():
    known = modules()
    needs = {
        name: {
            other
            for other in imported(path)
            if other in known and not f"{name}.".startswith(f"{other}.")
        }
        for name, path in known.items()
    }

    TopologicalSorter(needs).prepare()  # raises CycleError, with the circle

    assert "jobs.preprocess" not in needs["jobs.model"] | needs["jobs.predict"]
    assert "jobs.model" in needs["jobs.preprocess"]
