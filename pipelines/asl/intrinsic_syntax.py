"""The syntax of intrinsic functions: ``States.Format('{} rows', $.rows)`` as a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.paths import Path, parse_path

MAX_DEPTH = 10
"""How deep calls may be nested."""

ARGUMENTS: dict[str, tuple[int, int | None]] = {
    "States.Array": (0, None),
    "States.ArrayContains": (2, 2),
    "States.ArrayGetItem": (2, 2),
    "States.ArrayLength": (1, 1),
    "States.ArrayPartition": (2, 2),
    "States.ArrayRange": (3, 3),
    "States.ArrayUnique": (1, 1),
    "States.Base64Decode": (1, 1),
    "States.Base64Encode": (1, 1),
    "States.Format": (1, None),
    "States.Hash": (2, 2),
    "States.JsonMerge": (3, 3),
    "States.JsonToString": (1, 1),
    "States.MathAdd": (2, 2),
    "States.MathRandom": (2, 3),
    "States.StringSplit": (2, 2),
    "States.StringToJson": (1, 1),
    "States.UUID": (0, 0),
}
"""Every intrinsic function: the least and the greatest number of its arguments."""


@dataclass(frozen=True)
class Literal:
    """A string, number, boolean or null; `raw` is a string before its escapes are undone."""

    value: Any
    raw: str = ""


@dataclass(frozen=True)
class Call:
    """A function and its arguments; `text` is the call as written."""

    function: str
    arguments: tuple[Argument, ...]
    text: str


Argument = Literal | Path | Call

_NAME = re.compile(r"States\.[A-Za-z0-9]+")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_WORDS = {"true": True, "false": False, "null": None}
_SPACE = re.compile(r"\s*")
_PLAIN_CALL = re.compile(r"(States\.[A-Za-z0-9]+)\('([^'\\]*)'((?:,\s*\$[^'\"\[\](),\s]*)*)\)")
"""A text and some paths without brackets, which nearly every call of States.Format has."""
_PLAIN_PATH = re.compile(r"[^'\"\[\](),]*(?=[,)])")
"""A path without brackets and quotes of its own, as nearly every one is."""
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {**{each: each for each in "'\"\\{}"}, "n": "\n", "r": "\r", "t": "\t"}


def is_intrinsic(text: str) -> bool:
    """Whether the text is meant as a call of an intrinsic function."""
    return text.startswith("States.")


@lru_cache(maxsize=4096)
def parse_intrinsic(text: str) -> Call:
    """Read a call.

    >>> call = parse_intrinsic("States.Format('{} of {}', $.done, States.ArrayLength($.all))")
    >>> call.function, [type(argument).__name__ for argument in call.arguments]
    ('States.Format', ['Literal', 'Path', 'Call'])

    Raises:
        AslSyntaxError: not a call, an unknown function, a wrong number of arguments,
            a wrong escape, or nested too deep.
    """
    if plain := _PLAIN_CALL.fullmatch(text):
        _arguments(plain[1], text)  # which is said before what is wrong with a path
        paths = [parse_path(path.strip()) for path in plain[3].split(",")[1:]]
        return _call(plain[1], [Literal(plain[2], raw=plain[2]), *paths], text, text)
    parser = _Parser(text)
    call = parser.call(1)
    parser.space()
    if parser.at < len(text):
        raise parser.error("there is more after the call")
    return call


def _call(function: str, arguments: list[Argument], text: str, whole: str) -> Call:
    """A call, whose function there has to be, with as many arguments.

    Args:
        text: The call as it is written.
        whole: The text in which it stands.
    """
    least, most = _arguments(function, whole)
    if len(arguments) < least or (most is not None and len(arguments) > most):
        raise AslSyntaxError(f"{whole!r}: {function} cannot have {len(arguments)} arguments")
    return Call(function, tuple(arguments), text)


def _arguments(function: str, whole: str) -> tuple[int, int | None]:
    if function not in ARGUMENTS:
        raise AslSyntaxError(f"{whole!r}: there is no intrinsic function {function}")
    return ARGUMENTS[function]


def unescape(raw: str) -> str:
    r"""The text that a string literal stands for.

    >>> unescape(r"it\'s \{1\}")
    "it's {1}"

    Raises:
        AslSyntaxError: a backslash before anything but ``' " \ { } n r t``.
    """

    def plain(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            raise AslSyntaxError(f"\\{match[1]} is no escape; ' \\ {{ }} can be escaped")
        return _ESCAPES[match[1]]

    return _ESCAPE.sub(plain, raw) if "\\" in raw else raw


class _Parser:
    """Recursive descent over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, message: str) -> AslSyntaxError:
        return AslSyntaxError(f"{self.text!r}, character {self.at + 1}: {message}")

    def space(self) -> None:
        self.take(_SPACE)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def skip(self, character: str) -> bool:
        if not self.text.startswith(character, self.at):
            self.space()
            if not self.text.startswith(character, self.at):
                return False
        self.at += 1
        return True

    def call(self, depth: int) -> Call:
        if depth > MAX_DEPTH:
            raise self.error(f"calls are nested more than {MAX_DEPTH} deep")
        start = self.at
        name = self.take(_NAME)
        if not name or not self.skip("("):
            raise self.error("a call like States.Name(…) is expected")
        function = name[0]
        _arguments(function, self.text)
        arguments: list[Argument] = []
        if not self.skip(")"):
            arguments.append(self.argument(depth))
            while not self.skip(")"):
                if not self.skip(","):
                    raise self.error("a comma or a closing parenthesis is expected")
                arguments.append(self.argument(depth))
        return _call(function, arguments, self.text[start : self.at], self.text)

    def argument(self, depth: int) -> Argument:
        self.space()
        if self.text.startswith("$", self.at):
            return self.path()
        if self.text.startswith("States.", self.at):
            return self.call(depth + 1)
        if string := self.take(_STRING):
            return Literal(unescape(string[1]), raw=string[1])
        if number := self.take(_NUMBER):
            written = number[0]
            return Literal(int(written) if written.lstrip("-").isdigit() else float(written))
        if word := self.take(_WORD):
            return Literal(_WORDS[word[0]])
        raise self.error("an argument is expected: a path, a call, 'text', a number, true, null")

    def path(self) -> Path:
        """A path goes on to a comma or parenthesis outside its own brackets and quotes."""
        start, depth, quote = self.at, 0, ""
        if plain := self.take(_PLAIN_PATH):
            return parse_path(plain[0].rstrip())
        while self.at < len(self.text):
            character = self.text[self.at]
            if quote:
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            elif character in "[(":
                depth += 1
            elif depth and character in "])":
                depth -= 1
            elif character in ",)":
                break
            self.at += 1
        return parse_path(self.text[start : self.at].rstrip())
