"""The syntax of paths as Step Functions has it: which texts are paths, and what each step is.

AWS reads paths with the Java library Jayway JsonPath, which is older and more lenient than
RFC 9535: `$.1st`, `$.[0]`, `$.a[0]b` and `$.a:b` are paths, `$.a[?@.b]` is none.  AWS adds `$$`
(the context object) and `$name` (a variable), and takes away functions (`$.list.length()`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipelines.asl.errors import AslSyntaxError

Step = str | int
Kind = Literal["child", "each", "several", "descent", "filter"]


@dataclass(frozen=True)
class Segment:
    """One step of a path.

    Attributes:
        kind: `child` is one name or index; `each` the star; `several` a slice, or a list of names
            or indexes; `filter` what stands in ``[?(…)]``; `descent` the two dots before a step.
        step: The name or index of a child.
        text: The segment as an RFC 9535 library reads it.
    """

    kind: Kind
    text: str
    step: Step = ""


@dataclass(frozen=True)
class PathSyntax:
    """A path that is well-formed.

    Attributes:
        text: As written.
        root: `$` the data, `$$` the context object, anything else the name of a variable.
    """

    text: str
    root: str
    segments: tuple[Segment, ...]

    @property
    def steps(self) -> tuple[Step, ...] | None:
        """Names and indexes, if it can name one place at most."""
        if any(segment.kind != "child" for segment in self.segments):
            return None
        return tuple(segment.step for segment in self.segments)

    @property
    def standard(self) -> str:
        """The path in RFC 9535's own form, from `$`."""
        return "$" + "".join(segment.text for segment in self.segments)


_NAME = r"[^\W\d]\w*"
_ROOT = re.compile(rf"\$\$?(?=[.\[]|\s*$)|\$({_NAME})(?=[.\[]|\s*$)")
_PLAIN = re.compile(rf"(\$\$?)((?:\.{_NAME}|\[\d{{1,9}}\])*)")
_PLAIN_STEP = re.compile(rf"\.({_NAME})|\[(\d+)\]")
_DOTTED = re.compile(r"(?:[^\s.\[\]()'\",{}\\]|\\.)+")
_FUNCTION = re.compile(r"[A-Za-z]+\(")
_INDEXES = re.compile(r"\s*-?\d{1,9}\s*(?:,\s*-?\d{1,9}\s*)*")
_SLICE = re.compile(r"\s*(?:-?\d{1,9})?\s*:\s*(?:-?\d{1,9})?\s*(?::\s*(?:-?\d{1,9})?\s*)?")
_QUOTED = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")\s*(,)?", re.DOTALL)
_LAST = re.compile(r"\(\s*@\.length\s*-\s*(\d{1,9})\s*\)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@lru_cache(maxsize=8192)
def parse_path_syntax(text: str) -> PathSyntax:
    """Read a path.

    >>> parse_path_syntax("$.list[0]['a b']").steps
    ('list', 0, 'a b')
    >>> parse_path_syntax("$$.Execution.Id").root, parse_path_syntax("$order.id").root
    ('$$', 'order')
    >>> parse_path_syntax("$.[0].1st..x[*]").standard
    "$[0]['1st']..['x'][*]"

    Raises:
        AslSyntaxError: it is not a path.
    """
    if plain := _PLAIN.fullmatch(text):  # nearly every path, in a fraction of the time
        steps = _PLAIN_STEP.findall(plain[2])
        return PathSyntax(
            text, plain[1], tuple(_child(name or int(index)) for name, index in steps)
        )
    return _Reader(text).path()


def _child(step: Step) -> Segment:
    return Segment("child", f"[{_quoted(step)}]" if isinstance(step, str) else f"[{step}]", step)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, message: str) -> AslSyntaxError:
        return AslSyntaxError(f"{self.text!r} is not a path: {message}")

    def unexpected(self) -> AslSyntaxError:
        found = self.text[self.at : self.at + 1]
        if not found:
            return self.error("a name is missing")
        if found.isspace():
            return self.error("a name with blanks stands in brackets and quotes, as ['a name']")
        return self.error(f"{found!r} is unexpected")

    def path(self) -> PathSyntax:
        if not self.text.startswith("$"):
            raise self.error("a path begins with $")
        root = _ROOT.match(self.text)
        if root is None:
            raise self.error("after $ comes a dot, a bracket or the name of a variable")
        self.at = root.end()
        end = len(self.text.rstrip())
        segments: list[Segment] = []
        while self.at < end:
            segments.extend(self.segment())
        return PathSyntax(self.text, root[1] or root[0], tuple(segments))

    def segment(self) -> list[Segment]:
        descends = self.text.startswith("..", self.at)
        if descends:
            self.at += 2
        elif self.text.startswith(".", self.at):
            self.at += 1
        before = [Segment("descent", "..")] if descends else []
        following = self.text[self.at : self.at + 1]
        if following == "[":
            return [*before, self.bracket()]
        if following == "*":
            self.at += 1
            return [*before, Segment("each", "[*]")]
        return [*before, self.dotted()]

    def dotted(self) -> Segment:
        if _FUNCTION.match(self.text, self.at):
            raise self.error("functions such as length() are not supported")
        match = _DOTTED.match(self.text, self.at)
        if match is None or self.text[self.at - 1] not in ".]":
            raise self.unexpected()
        self.at = match.end()
        return _child(_ESCAPE.sub(r"\1", match[0]))

    def bracket(self) -> Segment:
        start = self.at + 1
        end = self.closing(start)
        self.at = end + 1
        content = self.text[start:end]
        if content.strip() == "*":
            return Segment("each", "[*]")
        if content.lstrip().startswith("?"):
            return self.filter(content.strip())
        if _INDEXES.fullmatch(content):
            return _one_of([int(part) for part in content.split(",")])
        if _SLICE.fullmatch(content):
            return Segment("several", f"[{content.strip()}]")
        if last := _LAST.fullmatch(content.strip()):
            return Segment("child", f"[-{last[1]}]", -int(last[1]))
        return _one_of(self.names(content))

    def closing(self, start: int) -> int:
        """Where the bracket that opens before `start` is closed, outside of quotes."""
        depth, quote, at = 1, "", start
        while at < len(self.text):
            character = self.text[at]
            if character == "\\":
                at += 1
            elif quote:
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            elif character in "[]":
                depth += 1 if character == "[" else -1
                if depth == 0:
                    return at
            at += 1
        raise self.error("a quote is not closed" if quote else "a bracket is not closed")

    def names(self, content: str) -> list[Step]:
        names: list[Step] = []
        at, more = 0, True
        while more:
            match = _QUOTED.match(content, at)
            if match is None:
                raise self.error("in brackets stands a number, a name in quotes, * or ?(…)")
            names.append(_ESCAPE.sub(r"\1", match[2] if match[1] is None else match[1]))
            at, more = match.end(), match[3] is not None
        if at < len(content):
            raise self.error(f"{content[at:]!r} is unexpected")
        return names

    def filter(self, content: str) -> Segment:
        condition = content[1:].strip()
        if not (condition.startswith("(") and condition.endswith(")")):
            raise self.error("a filter is written ?(…)")
        if not condition[1:-1].strip() or not _is_balanced(condition):
            raise self.error("the filter cannot be read")
        return Segment("filter", f"[?{condition}]")


def _one_of(steps: list[Step] | list[int]) -> Segment:
    if len(steps) == 1:
        return _child(steps[0])
    parts = (_quoted(step) if isinstance(step, str) else str(step) for step in steps)
    return Segment("several", f"[{', '.join(parts)}]")


_DANGLING = re.compile(r"(?:==|!=|<=|>=|=~|<|>|&&|\|\||\()\s*(?:\)|&&|\|\||$)")
_ASSIGNMENT = re.compile(r"(?<![=!<>~])=(?![=~])")
"""One equals sign, which compares nothing."""
_LITERALS = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|/(?:[^/\\]|\\.)+/[a-z]*", re.DOTALL)


def _is_balanced(condition: str) -> bool:
    """Whether a filter's parentheses close, and each of its operators is one and has a right
    side."""
    bare = _LITERALS.sub("0", condition)
    depth = 0
    for character in bare:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0 and not _DANGLING.search(bare) and not _ASSIGNMENT.search(bare)
