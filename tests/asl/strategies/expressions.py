"""Texts of the two query languages: paths, intrinsic functions, payload templates, JSONata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.asl.strategies.dice import Dice

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
RESULT_PATHS = ["$.out", None, "$.out", "$.out.deep.er", "$.a", None, "$"]
HANDED_ON = {f"{name}.$": f"$.{name}" for name in ("a", "n", "text", "list", "numbers", "nested")}
"""A payload template that keeps what the paths above lead to."""
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


def path(dice: Dice, variables: Sequence[str]) -> str:
    """A path into the input, the context object or a variable."""
    return dice.pick([*_PATHS, *(f"${name}" for name in variables)])


def reference_path(dice: Dice, variables: Sequence[str]) -> str:
    """One that can name only one place."""
    return dice.pick([*REFERENCE_PATHS, "$$.Execution.Name", *(f"${name}" for name in variables)])


def text_path(dice: Dice) -> str:
    """A path to a text, or a call that gives one."""
    return dice.pick(["$.text", "$.nested.text", "$$.Execution.Name", "States.UUID()"])


def intrinsic(dice: Dice, variables: Sequence[str], depth: int = 2) -> str:
    """A call of one of the intrinsic functions, with calls within it."""
    name = dice.pick(sorted(_FUNCTIONS))
    arguments = [_argument(dice, kind, variables, depth) for kind in _FUNCTIONS[name]]
    return f"{name}({dice.pick([', ', ',', ' , ']).join(arguments)})"


def _argument(dice: Dice, kind: str, variables: Sequence[str], depth: int) -> str:
    if kind == "p":
        return path(dice, variables)
    if kind == "l":
        return str(dice.pick(LISTS))
    if kind == "t":
        return str(dice.pick(_TEXT_ARGUMENTS))
    if kind == "n":
        return str(dice.pick(["$.n", "0", "-3", "7"]))
    if kind == "a":
        if depth > 1 and dice.once_in(3):
            return intrinsic(dice, variables, depth - 1)
        return str(dice.pick(["1", "null", "true", "'text'", "$.a", "$.list", "2.5"]))
    return kind


def template(dice: Dice, variables: Sequence[str], depth: int = 2) -> dict[str, Any]:
    """A payload template: an object, some of whose values are paths and function calls."""
    result: dict[str, Any] = {}
    for key in dice.pick([("a",), ("a", "n"), ("list", "text", "nested"), ()]):
        choice = dice.number(0, 4)
        if choice <= 1:
            result[f"{key}.$"] = path(dice, variables)
        elif choice == 2:
            result[f"{key}.$"] = intrinsic(dice, variables)
        elif choice == 3 and depth:
            result[key] = template(dice, variables, depth - 1)
        else:
            result[key] = dice.scalar()
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
LIST_EXPRESSIONS = ["$states.input.list", "$states.input.numbers", "$states.input.list[[0..2]]"]
NUMBER_EXPRESSIONS = ["$states.input.nested.seconds", "$states.input.n + 1", "$max([1, 2])"]


def braces(expression: str) -> str:
    """An expression as a field's value."""
    return f"{{% {expression} %}}"


def jsonata(dice: Dice, variables: Sequence[str], own: Sequence[str] = ()) -> str:
    """An expression; `own` are those that only this field may use, `$states.result` and such."""
    pool = [*_ANY, *own, *own, *(f"${name}" for name in variables)]
    return braces(dice.pick(pool))


def jsonata_value(
    dice: Dice, variables: Sequence[str], own: Sequence[str] = (), depth: int = 2
) -> Any:
    """A JSON value, some of whose texts are expressions."""
    choice = dice.number(0, 5)
    if choice <= 2 or not depth:
        return jsonata(dice, variables, own)
    if choice == 3:
        keys = dice.pick([("a",), ("a", "n"), ("list", "text")])
        return {key: jsonata_value(dice, variables, own, depth - 1) for key in keys}
    if choice == 4:
        return [jsonata_value(dice, variables, own, depth - 1)]
    return dice.json(1)
