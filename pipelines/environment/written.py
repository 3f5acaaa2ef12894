"""A resolved environment as one would write it: lines of YAML, each with its source.

Read back, the lines are the same environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.environment.document import read_document
from pipelines.environment.load import Setting
from pipelines.environment.nodes import Source, plain
from pipelines.environment.scalars import quoted, read_word

_INDENT = "  "
_LONGEST_LIST = 66  # a longer one is written with an item a line
_SURELY_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*")


class Line(NamedTuple):
    """A line of YAML. `value_at` is where its value begins; `setting` is None for a header."""

    text: str
    value_at: int
    setting: Setting | None = None

    @property
    def source(self) -> Source | None:
        return self.setting.source if self.setting is not None else None


def write_settings(settings: tuple[Setting, ...]) -> Iterator[Line]:
    """The lines of `settings`; the name is left out, as no file may set it."""
    above: tuple[str, ...] = ()
    for setting in settings:
        if setting.key == ("name",):
            continue
        *parents, name = setting.key
        for depth, parent in enumerate(parents):
            if above[: depth + 1] != tuple(parents[: depth + 1]):
                text = f"{_INDENT * depth}{write_scalar(parent)}:"
                yield Line(text, len(text))
        above = tuple(parents)
        yield from _leaf(setting, f"{_INDENT * len(parents)}{write_scalar(name)}:")


def _leaf(setting: Setting, head: str) -> Iterator[Line]:
    value = setting.value
    at = len(head) + 1
    if not isinstance(value, tuple):
        yield Line(f"{head} {write_scalar(value)}", at, setting)
        return
    inline = f"{head} [{', '.join(write_scalar(item, in_list=True) for item in value)}]"
    if len(inline) <= _LONGEST_LIST or not value:
        yield Line(inline, at, setting)
        return
    yield Line(head, len(head), setting)
    indent = " " * (len(head) - len(head.lstrip())) + _INDENT
    for item in value:
        yield Line(f"{indent}- {write_scalar(item)}", len(indent) + 2)


def write_scalar(value: Any, *, in_list: bool = False) -> str:
    """A value as YAML, in quotes only where it would not read back as it is.

    >>> [write_scalar(value) for value in (True, None, 0.06, "the rest", "1.4-2", "1.4", "no", {})]
    ['true', 'null', '0.06', 'the rest', '1.4-2', "'1.4'", "'no'", '{}']
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if _reads_back(value, in_list) else quoted(value)
    return str(value)


@lru_cache(maxsize=1000)
def _reads_back(text: str, in_list: bool) -> bool:
    if _SURELY_PLAIN.fullmatch(text):
        return read_word(text) == text
    node, problems = read_document(f"a: [{text}]" if in_list else f"a: {text}", "")
    wanted = {"a": (text,)} if in_list else {"a": text}
    return node is not None and not problems and plain(node) == wanted
