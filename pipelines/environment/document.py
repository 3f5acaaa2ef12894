"""Text → nodes: the part of YAML that every reader reads alike.

Built on PyYAML's events, which come before tags, anchors and its guesses at types. What is refused
is reported, and reading goes on; only a syntax error ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml
from yaml import events

from pipelines.environment.nodes import REFUSED, Key, Node, Problem, Source
from pipelines.environment.scalars import Trap, quoted, read_word

_DEEPEST = 16
# What PyYAML says: what that means for the person who wrote it. The place is that of the context
# (where something began) for what is never closed.
_SYNTAX = (
    (r"mapping values are not allowed", "has a second ': ' in a line, or an odd indentation"),
    (r"could not find expected ':'", "is neither 'key: value' nor '- item'"),
    (r"found unexpected end of stream", "opens a quote that is never closed"),
    (r"found unexpected document", "opens a quote that is never closed"),
    (r"expected ',' or '[]}]', but got", "opens a bracket that is not closed, or lacks a comma"),
    (r"expected the node content, but found", "lacks a value"),
    (r"expected <block end>, but found '(<b|-)", "is indented differently from its neighbours"),
    (r"expected <block end>", "has more after the value; put the whole text in quotes"),
    (r"expected '<document start>'", "is indented differently from its neighbours"),
    (r"expected alphabetic or numeric", "begins a value with & or *; put it in quotes"),
    (r"mapping keys are not allowed", "begins a value with ?; put it in quotes"),
    (r"character '(?P<what>.+)' that cannot start", "begins a value with {what}; put it in quotes"),
    (r"unknown escape character", "has an unknown \\ escape; in 'single quotes' a \\ is a \\"),
    (r"expected escape sequence", "has an unfinished \\ escape; in 'single quotes' a \\ is a \\"),
    (r"sequence entries are not allowed here", "has a '- ' where no list can begin"),
    (r"found a tab character", "is indented with a tab; YAML takes spaces only"),
)  # fmt: skip


class _Stop(Exception):
    """Reading cannot go on."""


@lru_cache(maxsize=16)  # every environment reads the base again
def read_document(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The mapping that `text` holds, and everything in it that is refused.

    Nothing (a file of comments) is an empty mapping. The node is None if reading could not go on:
    after a syntax error, for one.
    """
    reader = _Reader(text, file)
    try:
        return reader.read(), tuple(reader.problems)
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        reader.problems.append(_syntax_problem(error, file, reader.key))
    except (yaml.YAMLError, ValueError, OverflowError):
        # "\UFFFFFFFF": PyYAML turns an escape into a character without looking.
        line = reader.last_line
        reader.problems.append(
            Problem(Source(file, line), reader.key, "is not YAML: here, or just below")
        )
    return None, tuple(reader.problems)


class _Reader:
    """Events → nodes. `key` is the way to what is being read."""

    def __init__(self, text: str, file: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self._file = file
        self.problems: list[Problem] = []
        self.key: Key = ()
        self.last_line = 1

    def read(self) -> Node:
        root = Node({}, Source(self._file))
        self._next()  # StreamStart
        event = self._next()
        if isinstance(event, events.StreamEndEvent):
            return root
        if event.version or event.tags:
            self._refuse(event, "is a YAML directive; leave it out")
        event = self._next()
        if not (isinstance(event, events.ScalarEvent) and event.value == "" and event.implicit[0]):
            node = self._node(event, root.source)
            if isinstance(node.value, dict):
                root = Node(node.value, root.source)
            else:
                self._refuse(event, "must be 'key: value' lines")
                raise _Stop
        self._next()  # DocumentEnd
        event = self._next()
        if not isinstance(event, events.StreamEndEvent):
            self._refuse(event, "begins a second document; one file is one environment")
            raise _Stop
        return root

    def _next(self) -> Any:
        event = next(self._events)
        self.last_line = event.start_mark.line + 1
        return event

    def _node(self, event: Any, at: Source | None = None) -> Node:
        """The node that begins with `event`; `at` is where its key stands."""
        here = self._source(event)
        if isinstance(event, events.AliasEvent):
            self._refuse(event, f"*{event.anchor} is an alias; write the value again")
            return Node(REFUSED, here)
        if event.anchor is not None:
            self._refuse(event, f"&{event.anchor} is an anchor; leave it out")
        if event.tag is not None:
            self._refuse(event, f"has the tag {_tag(event.tag)}; leave it out")
        if isinstance(event, events.ScalarEvent):
            word = self._scalar(event)
            return Node(REFUSED if event.tag is not None else word, here, event.value)
        if len(self.key) >= _DEEPEST:
            self._refuse(event, f"is nested more than {_DEEPEST} deep")
            raise _Stop
        value: Any = (
            self._list() if isinstance(event, events.SequenceStartEvent) else self._mapping()
        )
        if event.tag is not None and self.key:
            value = REFUSED
        return Node(value, here if isinstance(value, tuple) else at or here)

    def _list(self) -> tuple[Node, ...]:
        items: list[Node] = []
        outer = self.key
        while not isinstance(event := self._next(), events.SequenceEndEvent):
            self.key = (*outer, len(items))
            items.append(self._node(event))
        self.key = outer
        return tuple(items)

    def _mapping(self) -> dict[str, Node]:
        children: dict[str, Node] = {}
        outer = self.key
        while not isinstance(event := self._next(), events.MappingEndEvent):
            self.key = outer
            name = self._name(event)
            if name is None:
                self._node(self._next())  # its problems are told, its value is of no use
                continue
            self.key = (*outer, name)
            if name in children:
                first = children[name].source.line
                self._refuse(event, f"is there twice, first in line {first}; remove one")
            children[name] = self._node(self._next(), self._source(event))
        self.key = outer
        return children

    def _name(self, event: Any) -> str | None:
        """The text of a key; None if it cannot be one."""
        if not isinstance(event, events.ScalarEvent):
            self._refuse(event, "has a key that is not text")
            self._node(event)
            return None
        if event.tag is not None or event.anchor is not None:
            self._node(event)
            return None
        if event.style is None and event.value == "<<":
            self._refuse(event, "<< merges another mapping; write its keys here")
            return None
        if event.style is None and not isinstance(read_word(event.value), str):
            self._refuse(
                event,
                f"the key {event.value} is not text to all readers; write {quoted(event.value)}",
            )
            return None
        value = self._scalar(event)
        return value if isinstance(value, str) else None

    def _scalar(self, event: Any) -> Any:
        """The value of a scalar; REFUSED, and a problem, if readers would disagree on it."""
        if event.style is None and event.tag is None:
            if event.start_mark.line != event.end_mark.line and event.value:
                self._refuse(event, "goes on in the next line; put it in quotes, in one line")
                return REFUSED
            value = read_word(event.value)
            if isinstance(value, Trap):
                word = event.value if len(event.value) <= 60 else event.value[:60] + "…"
                self._refuse(event, f"{word} {value.reason}".lstrip())
                return REFUSED
            return value
        if not event.value.isprintable():
            odd = next(c for c in event.value if not c.isprintable())
            what = "a line break" if odd == "\n" else f"the invisible character U+{ord(odd):04X}"
            self._refuse(event, f"contains {what}")
            return REFUSED
        return event.value

    def _source(self, event: Any) -> Source:
        mark = event.start_mark
        return Source(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, event: Any, message: str) -> None:
        self.problems.append(Problem(self._source(event), self.key, message))


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _syntax_problem(error: yaml.MarkedYAMLError, file: str, key: Key) -> Problem:
    """PyYAML's error, where it is and in plain words."""
    said, mark = error.problem or "", error.problem_mark or error.context_mark
    message = f"is not YAML: {said}"
    for pattern, words in _SYNTAX:
        if found := re.search(pattern, said):
            message = words.format(**found.groupdict())
            if message.startswith("opens") and error.context_mark is not None:
                mark = error.context_mark
            break
    if mark is None:
        return Problem(Source(file), key, message)
    return Problem(Source(file, mark.line + 1, mark.column + 1), (), message)
