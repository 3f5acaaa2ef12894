"""What pydantic finds, in words that follow a key: "must be a whole number, is 'abc'"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from pipelines.environment.nodes import Key, Node
from pipelines.environment.scalars import quoted


class Finding(NamedTuple):
    """One error of pydantic's; `path` is as much of `location` as exists in the files."""

    type: str
    location: Key
    path: Key
    given: Any
    said: str
    context: Mapping[str, Any]


# What a value of another type must be instead.
_TYPES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "bool_type": lambda _: "true or false",
    "int_type": lambda _: "a whole number",
    "int_from_float": lambda _: "a whole number",
    "float_type": lambda _: "a number",
    "string_type": lambda _: "text",
    "tuple_type": lambda _: "a list",
    "dict_type": lambda _: "'key: value' lines",
    "model_type": lambda _: "'key: value' lines",
    "model_attributes_type": lambda _: "'key: value' lines",
    "literal_error": lambda context: str(context["expected"]),
}
_BOUNDS: Mapping[str, str] = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:,}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:,}",
    "finite_number": "a finite number",
}


def explain(findings: Sequence[Finding], node: Node) -> str:
    """One sentence for all findings on one value: the branches of a union, mostly."""
    subject = "its name " if findings[0].location[-1] == "[key]" else ""
    of_other_kind = [found for found in findings if found.type not in _TYPES]
    if of_other_kind:
        return subject + _explain_one(of_other_kind[0])
    first = findings[0]
    wanted = [_TYPES[found.type](found.context) for found in findings]
    text = f"{subject}must be {_either(list(dict.fromkeys(wanted)))}, is {shown(first.given)}"
    if wanted == ["text"] and isinstance(first.given, bool | int | float):
        text += f"; write {quoted(node.text)}"
    if first.type == "literal_error" and isinstance(first.given, str):
        options = re.findall("'([^']*)'", str(first.context["expected"]))
        near = get_close_matches(first.given, options, n=1, cutoff=0.6)
        text += f"; did you mean {near[0]}?" if near else ""
    return text


def shown(value: Any) -> str:
    """A value as the end of a sentence.

    >>> shown("a" * 70), shown(True), shown({}), shown(1.5)
    ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'", 'true', 'a mapping', '1.5')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value if len(value) <= 60 else value[:60] + "…")
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, tuple):
        return "a list"
    return str(value)


def _explain_one(found: Finding) -> str:
    if found.type == "form":
        words = str(found.context["words"])
        says_what_it_is = not words.startswith("must be") or found.location[-1] == "[key]"
        return words if says_what_it_is else f"{words}, is {shown(found.given)}"
    if found.type in _BOUNDS:
        bound = _BOUNDS[found.type].format(**found.context)
        return f"must be {bound}, is {shown(found.given)}"
    if found.type == "string_too_short":
        return "must not be empty"
    if found.type == "string_too_long":
        longest = found.context["max_length"]
        return f"must have at most {longest} characters, has {len(found.given)}"
    if found.type == "too_long":
        return f"must have at most {found.context['max_length']} entries, has {len(found.given)}"
    if found.type == "too_short":
        least = found.context["min_length"]
        return f"must have at least {least} {'entry' if least == 1 else 'entries'}"
    return f"{found.said[:1].lower()}{found.said[1:]}, is {shown(found.given)}"


def _either(options: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(options[:-1]), options[-1])))
