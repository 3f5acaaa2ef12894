"""Texts of the two query languages: paths, intrinsic functions, payload templates, JSONata."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.asl.strategies.values import SCALARS, json_values

Draw = Callable[[st.SearchStrategy[Any]], Any]

REFERENCE_PATHS = [
    "$.a",
    "$.list",
    "$.nested",
    "$.nested.text",
    "$['a key']",
    "$.list[0]",
    "$.n",
    "$",
]
RESULT_PATHS = ["$", None, "$.out", "$.out.deep.er", "$.a", "$.list[0]", "$.nested"]
LISTS = ["$.list", "$.numbers", "$.list[*]", "$.list[0:2]", "$..x"]
SECONDS_PATH = ["$.nested.seconds", "$.n"]
TIME_PATH = ["$.nested.time", "$$.Execution.StartTime"]
_PATHS = [
    *("$", "$.a", "$.n", "$.text", "$.list", "$.list[0]", "$.list[-1]", "$.list[0:2]", "$..text"),
    *("$.nested.text", "$['a key']", "$.list[*].x", "$.list[?(@.x > 1)]", "$.numbers[?(@ > 2)]"),
    *("$$", "$$.Execution.Name", "$$.Execution.Input.a", "$$.State.Name", "$$.State.EnteredTime"),
]

_FUNCTIONS: dict[str, tuple[str, ...]] = {
    # Each argument: p a path, l a list, t a text, n a number, a anything; else as it stands.
    "States.Array": ("a", "a"),
    "States.ArrayPartition": ("l", "2"),
    "States.ArrayContains": ("l", "a"),
    "States.ArrayRange": ("1", "9", "2"),
    "States.ArrayGetItem": ("l", "0"),
    "States.ArrayLength": ("l",),
    "States.ArrayUnique": ("l",),
    "States.Base64Encode": ("t",),
    "States.Base64Decode": ("'YQ=='",),
    "States.Hash": ("t", "'SHA-256'"),
    "States.JsonMerge": ("$", "$.nested", "false"),
    "States.StringToJson": ("'{\"x\": 1}'",),
    "States.JsonToString": ("p",),
    "States.MathRandom": ("1", "10"),
    "States.MathAdd": ("n", "-1"),
    "States.StringSplit": ("t", "','"),
    "States.UUID": (),
    "States.Format": ("'{} is \\{{}\\}'", "n", "t"),
}
_TEXT_ARGUMENTS = ["'text'", "''", "'it\\'s'", "'a,b'", "$.text", "$.nested.text"]


def one_in(draw: Draw, n: int) -> bool:
    """True once in `n` times; it shrinks to False."""
    return bool(draw(st.integers(1, n)) == n)


def pick(draw: Draw, options: Sequence[Any]) -> Any:
    """One of the options.  (A strategy made for one draw would cost more than all the rest.)"""
    return options[draw(st.integers(0, len(options) - 1))]


def path(draw: Draw, variables: Sequence[str]) -> str:
    """A path into the input, the context object or a variable."""
    chosen: str = pick(draw, [*_PATHS, *(f"${name}" for name in variables)])
    return chosen


def intrinsic(draw: Draw, variables: Sequence[str], depth: int = 2) -> str:
    """A call of one of the intrinsic functions, with calls within it."""
    name = pick(draw, sorted(_FUNCTIONS))
    arguments = [_argument(draw, kind, variables, depth) for kind in _FUNCTIONS[name]]
    return f"{name}({pick(draw, [', ', ',', ' , ']).join(arguments)})"


def _argument(draw: Draw, kind: str, variables: Sequence[str], depth: int) -> str:
    if kind == "p":
        return path(draw, variables)
    if kind == "l":
        return str(pick(draw, LISTS))
    if kind == "t":
        return str(pick(draw, _TEXT_ARGUMENTS))
    if kind == "n":
        return str(pick(draw, ["$.n", "0", "-3", "7"]))
    if kind == "a":
        if depth > 1 and one_in(draw, 3):
            return intrinsic(draw, variables, depth - 1)
        return str(pick(draw, ["1", "null", "true", "'text'", "$.a", "$.list", "2.5"]))
    return kind


def template(draw: Draw, variables: Sequence[str], depth: int = 2) -> dict[str, Any]:
    """A payload template: an object, some of whose values are paths and function calls."""
    result: dict[str, Any] = {}
    for key in pick(draw, [("a",), ("a", "n"), ("list", "text", "nested"), ()]):
        choice = draw(st.integers(0, 4))
        if choice <= 1:
            result[f"{key}.$"] = path(draw, variables)
        elif choice == 2:
            result[f"{key}.$"] = intrinsic(draw, variables)
        elif choice == 3 and depth:
            result[key] = template(draw, variables, depth - 1)
        else:
            result[key] = draw(SCALARS)
    return result


_INPUT = ["$states.input", "$states.input.a", "$states.input.n", "$states.input.list[0].x"]
_ANY = [
    *_INPUT,
    *("$states.context.Execution.Name", "$states.context.State.Name", "$count($states.input.list)"),
    *("$sum([1, 2, 3])", "$uppercase('a')", "$states.input.n + 1", "$states.input.list.x", "[]"),
    *("$partition([1..5], 2)", "$range(1, 9, 2)", "$hash('a', 'SHA-256')", "$parse('{\"a\":1}')"),
    *("$exists($states.input.a) ? 1 : 'no'", "{'x': $states.input.n, 'y': [true, null]}"),
    *("$map([1, 2], function($v) { $v * 2 })", "($x := 2; $x * $x)", "$string($states.input)"),
    *("$merge([{'a': 1}, {'b': 2}])", "$states.input.text & '!'", "$now()", "$uuid()", "$random()"),
    *("$states.input.list[x > 1]", "$sort([3, 1, 2])", "$type($states.input)", "1/3", "'💡'"),
]
CONDITIONS = [
    *("true", "$states.input.n > 2", "$states.input.text = 'a'", "$exists($states.input.a)"),
    *("$states.input.n in [1, 2]", "$boolean($states.input.list)", "$not($states.input.n = 0)"),
]
LIST_EXPRESSIONS = ["$states.input.list", "$states.input.numbers", "[1, 2, 3]", "$range(1, 3, 1)"]
NUMBER_EXPRESSIONS = ["$states.input.nested.seconds", "$states.input.n + 1", "$max([1, 2])"]


def braces(expression: str) -> str:
    """An expression as a field's value."""
    return f"{{% {expression} %}}"


def jsonata(draw: Draw, variables: Sequence[str], own: Sequence[str] = ()) -> str:
    """An expression; `own` are those that only this field may use, `$states.result` and such."""
    pool = [*_ANY, *own, *own, *(f"${name}" for name in variables)]
    return braces(pick(draw, pool))


def jsonata_value(
    draw: Draw, variables: Sequence[str], own: Sequence[str] = (), depth: int = 2
) -> Any:
    """A JSON value, some of whose texts are expressions."""
    choice = draw(st.integers(0, 5))
    if choice <= 2 or not depth:
        return jsonata(draw, variables, own)
    if choice == 3:
        keys = pick(draw, [("a",), ("a", "n"), ("list", "text")])
        return {key: jsonata_value(draw, variables, own, depth - 1) for key in keys}
    if choice == 4:
        return [jsonata_value(draw, variables, own, depth - 1)]
    return draw(json_values(3))
