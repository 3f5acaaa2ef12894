"""Bytes of a file → text that YAML can be read from, or why not."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from pipelines.environment.nodes import Problem, Source

# A configuration of a thousand lines is 50 kB; beyond this the file is something else.
LARGEST_FILE = 200_000


def read_text(path: Path, file: str) -> tuple[str | None, list[Problem]]:
    """The text of `path`, called `file` in problems; None if it cannot be read at all.

    Line ends of Windows and a byte order mark are accepted, as editors write them unasked.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        return None, [Problem(Source(file), (), f"cannot be read: {error.strerror or error}")]
    return decode(content, file)


def decode(content: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """The text of `content`; None, and why, if there is none.

    >>> decode("project: naïve".encode("latin-1"), "base.yaml")[1][0].message
    "is not UTF-8 (byte 0xef, 'project: na' before it); save it as UTF-8"
    """

    def refuse(message: str, line: int = 0) -> tuple[None, list[Problem]]:
        return None, [Problem(Source(file, line), (), message)]

    if len(content) > LARGEST_FILE:
        return refuse(f"is larger than {LARGEST_FILE // 1000} kB; a configuration is not data")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return refuse("is UTF-16; save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        before = content[start : error.start].decode("utf-8", "replace")[-20:]
        return refuse(
            f"is not UTF-8 (byte 0x{content[error.start]:02x}, {before!r} before it); "
            "save it as UTF-8",
            line,
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    problems = []
    for number, line_text in enumerate(text.split("\n"), start=1):
        indent = line_text[: len(line_text) - len(line_text.lstrip(" \t"))]
        if "\t" in indent and line_text.strip() and not line_text.lstrip().startswith("#"):
            message = "is indented with a tab; YAML takes spaces only"
            problems.append(Problem(Source(file, number, 1), (), message))
        for character in line_text:
            if character != "\t" and not character.isprintable():
                problems.append(
                    Problem(Source(file, number, 1), (), f"contains {_name(character)}")
                )
                break
    return (None, problems) if problems else (text, [])


def _name(character: str) -> str:
    known = {"\0": "a NUL character", "\N{NO-BREAK SPACE}": "a no-break space; write a plain one"}
    name = unicodedata.name(character, "").lower()
    return known.get(character) or f"the invisible character U+{ord(character):04X} {name}".strip()
