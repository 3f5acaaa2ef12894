"""Which files of a bundle a program needs: what its imports lead to, and no more.

A change elsewhere in the bundle then does not make the results of a job outdated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pipelines.errors import InputError


def closure(files: Mapping[str, bytes], program: str) -> dict[str, bytes]:
    """The Python files of a bundle that the program at a path needs, itself included.

    Imports inside functions count. A package that is imported counts as a whole: its modules may
    be chosen by name, as the algorithms are.

    Raises:
        KeyError: there is no such program.
        InputError: a file that it needs is not Python.
    """
    needed: set[str] = set()
    waiting = [program]
    while waiting:
        path = waiting.pop()
        if path in needed:
            continue
        needed.add(path)
        for module in _imports(files[path], path):
            waiting += _files(files, module)
    return {path: files[path] for path in sorted(needed)}


def _imports(source: bytes, path: str) -> Iterator[str]:
    """The names that a module imports, dotted; of `from a import b` both a and a.b."""
    package = PurePosixPath(path).parent.parts
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{path} is not Python: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *(node.module or "").split("."))).strip(".")
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _files(files: Mapping[str, bytes], module: str) -> Iterator[str]:
    """The files of a module, and of the packages that it lies in; nothing if it is none of ours."""
    path = module.replace(".", "/")
    if f"{path}.py" in files:
        yield f"{path}.py"
    elif f"{path}/__init__.py" in files and "/" in path:
        yield from (name for name in files if name.startswith(f"{path}/") and name.endswith(".py"))
    for above in PurePosixPath(path).parents:
        if f"{above}/__init__.py" in files:
            yield f"{above}/__init__.py"
