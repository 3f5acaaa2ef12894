"""$contains, $match, $replace and $split: with a text, a regular expression or a function.

A function that matches gets a text and gives an object with `match`, `start`, `end`, `groups`
and `next`, a function for the match after it; a regular expression is such a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import NULL, is_function, sequence
from pipelines.asl.jsonata.numbers import is_number


def contains(evaluator: Evaluator, text: str | None, token: Any) -> bool | None:
    if text is None:
        return None
    if isinstance(token, str):
        return token in text
    return next(_matches(evaluator, token, text), None) is not None


def match(evaluator: Evaluator, text: str | None, pattern: Any, limit: Any) -> Any:
    if text is None:
        return None
    _not_negative("D3040", limit)
    return sequence(
        {"match": each.get("match"), "index": each.get("start"), "groups": each.get("groups")}
        for each in _first(_matches(evaluator, pattern, text), limit)
    )


def split(evaluator: Evaluator, text: str | None, separator: Any, limit: Any) -> Any:
    if text is None:
        return None
    _not_negative("D3020", limit)
    most = None if limit is None else int(limit)
    if isinstance(separator, str):
        return (text.split(separator) if separator else list(text))[:most]
    parts, start = [], 0
    for each in _matches(evaluator, separator, text):
        parts.append(text[start : each["start"]])
        start = each["end"]
    return [*parts, text[start:]][:most]


def replace(
    evaluator: Evaluator, text: str | None, pattern: Any, replacement: Any, limit: Any
) -> str | None:
    if text is None:
        return None
    if pattern == "":
        raise Failure("D3010", value=pattern)
    _not_negative("D3011", limit)
    budget = evaluator.budget
    if isinstance(pattern, str):
        count = -1 if limit is None else int(limit)
        found = text.count(pattern) if count < 0 else min(text.count(pattern), count)
        if isinstance(replacement, str):
            budget.hold(found * len(replacement) >> 3)
            return budget.text(text.replace(pattern, replacement, count))
        raise Failure("D3012", value=replacement)
    result, end = [], 0
    for each in _first(_matches(evaluator, pattern, text), limit):
        by = (
            _filled(replacement, each)
            if isinstance(replacement, str)
            else evaluator.apply(replacement, [each], NULL, evaluator.environment)
        )
        if not isinstance(by, str):
            raise Failure("D3012", value=by)
        budget.hold(len(by) >> 3)
        result += [text[end : each["start"]], by]
        end = each["start"] + len(each["match"])
    return budget.text("".join(result) + text[end:])


def _matches(evaluator: Evaluator, matcher: Any, text: str) -> Iterator[dict[str, Any]]:
    """The matches that a matching function finds.

    Raises:
        Failure: what it gives is no match.
    """
    arguments: list[Any] = [text]
    while True:
        found = evaluator.apply(matcher, arguments, NULL, evaluator.environment)
        if found is None:
            return
        if not isinstance(found, dict) or not (
            is_number(found.get("start"))
            or is_number(found.get("end"))
            or isinstance(found.get("groups"), list)
            or is_function(found.get("next"))
        ):
            raise Failure("T1010")
        evaluator.budget.spend(1)
        yield found
        matcher, arguments = found.get("next"), []


def _first(matches: Iterator[dict[str, Any]], limit: Any) -> Iterator[dict[str, Any]]:
    """No more matches than the limit, and none is looked for beyond it."""
    if limit is not None and limit <= 0:
        return
    for number, each in enumerate(matches, start=1):
        yield each
        if limit is not None and number >= limit:
            return


def _not_negative(code: str, limit: Any) -> None:
    if limit is not None and limit < 0:
        raise Failure(code, value=limit)


def _filled(replacement: str, match: dict[str, Any]) -> str:
    """The replacement with its references: $0 the match, $1 its first group, $$ a dollar."""
    groups = match.get("groups") or []
    most = len(str(len(groups)))  # how many digits a reference can have

    def value(reference: re.Match[str]) -> str:
        digits = reference[1]
        if digits == "$":
            return "$"
        if digits.startswith("0"):
            return str(match["match"]) + digits[1:]
        used = digits[:most]
        if most > 1 and int(used) > len(groups):
            used = digits[: most - 1]
        at = int(used) - 1
        group = groups[at] if at < len(groups) else NULL
        return ("" if group is NULL else str(group)) + digits[len(used) :]

    return re.sub(r"\$(\$|[0-9]+)", value, replacement)
