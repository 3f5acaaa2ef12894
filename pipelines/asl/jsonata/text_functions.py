"""Functions on texts where the library differs from the reference."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
from collections.abc import Callable
from typing import Any

from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure, Internal

Implementation = Callable[..., Any]


def length(_evaluator: Evaluator, text: str | None) -> int | None:
    return None if text is None else len(text)


def pad(evaluator: Evaluator, text: str | None, width: Any, char: str | None) -> str | None:
    if text is None or width is None:
        return text
    missing = int(abs(width)) - len(text)
    if missing <= 0:
        return text
    evaluator.budget.hold(missing >> 3)
    padding = ((char or " ") * (missing // len(char or " ") + 1))[:missing]
    return evaluator.budget.text(text + padding if width > 0 else padding + text)


def substring(_evaluator: Evaluator, text: str | None, start: Any, length: Any) -> str | None:
    if text is None:
        return None
    first = int(start or 0)
    if first < 0:
        first = max(len(text) + first, 0)
    if length is None:
        return text[first:]
    if length <= 0:
        return ""
    last = first + length if start is not None and start >= 0 else first + int(length)
    return text[first : int(last)]


def join(evaluator: Evaluator, texts: Any, separator: str | None) -> str | None:
    if texts is None:
        return None
    between = separator or ""
    evaluator.budget.hold((sum(map(len, texts)) + len(between) * len(texts)) >> 3)
    return evaluator.budget.text(between.join(texts))


def base64_encode(_evaluator: Evaluator, text: str | None) -> str | None:
    if text is None:
        return None
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


def base64_decode(_evaluator: Evaluator, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode(
            "utf-8", "replace"
        )
    except (binascii.Error, ValueError):
        raise Internal from None


COMPONENT = "-_.!~*'()"
URL = ";/?:@&=+$,#" + COMPONENT


def encoder(name: str, safe: str) -> Implementation:
    def encode(_evaluator: Evaluator, text: str | None) -> str | None:
        if text is None:
            return None
        try:
            return urllib.parse.quote(text, safe=safe, errors="strict")
        except UnicodeEncodeError:
            raise Failure("D3140", value=text, functionName=name) from None

    return encode


def decoder(name: str, kept: str) -> Implementation:
    """The text of an encoded URL; what stands for one of `kept` stays encoded."""

    def decode(_evaluator: Evaluator, text: str | None) -> str | None:
        if text is None:
            return None
        if re.search(r"%(?![0-9A-Fa-f]{2})", text):
            raise Failure("D3140", value=text, functionName=name)
        hidden = re.sub(
            r"%([0-7][0-9A-Fa-f])",
            lambda found: "%25" + found[1] if chr(int(found[1], 16)) in kept else found[0],
            text,
        )
        try:
            return urllib.parse.unquote(hidden, errors="strict")
        except UnicodeDecodeError:
            raise Failure("D3140", value=text, functionName=name) from None

    return decode
