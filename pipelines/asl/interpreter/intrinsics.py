"""What the intrinsic functions compute: all eighteen of the JSONPath language."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

from pipelines.asl.errors import INTRINSIC_FAILURE, RUNTIME, AslSyntaxError, DataError
from pipelines.asl.intrinsic_syntax import Argument, Call, Literal, unescape
from pipelines.asl.json_text import dumps
from pipelines.asl.paths import NO_ELEMENT, PathNotFound, Scope

MAX_TEXT = 10_000
"""Characters that Base64Encode, Base64Decode and Hash take."""
MAX_RANGE = 1_000
"""Elements that ArrayRange makes."""
_INT32 = range(-(2**31), 2**31)
_HASHES = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


class _Failure(Exception):
    """Why a function cannot answer."""


def call(tree: Call, scope: Scope, chance: random.Random) -> Any:
    """The value of a call.

    Args:
        tree: From parse_intrinsic.
        scope: What paths among the arguments are read in.
        chance: The source of States.UUID and of States.MathRandom without a seed.

    Raises:
        DataError: States.IntrinsicFailure, with the call and the reason as its cause; or
            States.Runtime, if an argument is a path that leads nowhere.
    """
    error = INTRINSIC_FAILURE
    try:
        return _call(tree, scope, chance)
    except PathNotFound as missing:
        error = RUNTIME
        reason = missing.reason if missing.is_no_array else _missing(missing, scope)
    except (_Failure, AslSyntaxError) as failure:
        reason = str(failure)
    raise DataError(error, f"The function '{tree.text}' had the following error: {reason}")


def _missing(missing: PathNotFound, scope: Scope) -> str:
    """What AWS says of a path that leads nowhere: one in the context object as if in the data."""
    text, value = missing.text, missing.value
    if text.startswith("$$"):
        text, value = text[1:], scope.data
    return (
        f"The JsonPath argument for the field '{text}' could not be found"
        f" in the input '{scope.quote(value)}'"
    )


def _call(tree: Call, scope: Scope, chance: random.Random) -> Any:
    arguments = [_value(argument, scope, chance) for argument in tree.arguments]
    if tree.function == "States.Format":
        return _format(tree, arguments)
    if tree.function in _RANDOM:
        return _RANDOM[tree.function](chance, *arguments)
    return _FUNCTIONS[tree.function](*arguments)


def _value(argument: Argument, scope: Scope, chance: random.Random) -> Any:
    if isinstance(argument, Literal):
        return argument.value
    if isinstance(argument, Call):
        return _call(argument, scope, chance)
    value = argument.find(scope)
    if value is NO_ELEMENT:
        raise PathNotFound(argument.text, scope.data, "No results for path")
    return value


# The types of arguments.


def _text(value: Any, limit: int | None = None) -> str:
    if not isinstance(value, str):
        raise _Failure(f"{dumps(value)} is not a string")
    if limit is not None and len(value) > limit:
        raise _Failure(f"{len(value):,} characters are more than {limit:,}")
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _Failure(f"{dumps(value)} is not an array")
    return value


def _integer(value: Any) -> int:
    """A number, rounded to the nearest integer as Java's Math.round does."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Failure(f"{dumps(value)} is not a number")
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, and true is not 1."""
    return bool(_identity(one) == _identity(other))


def _identity(value: Any) -> Any:
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", tuple(_identity(item) for item in value))
    if isinstance(value, dict):
        return ("object", frozenset((key, _identity(item)) for key, item in value.items()))
    return value


# The functions.


def _format(tree: Call, arguments: list[Any]) -> str:
    """Fill the template's ``{}``; in a literal one, ``\\{`` is a brace."""
    first = tree.arguments[0]
    template = first.raw if isinstance(first, Literal) else _text(arguments[0])
    _text(arguments[0])
    values = arguments[1:]
    pieces = re.split(r"((?:\\.)|\{\}|[{}])", template, flags=re.DOTALL)
    filled, used = [], 0
    for piece in pieces:
        if piece == "{}":
            if used < len(values):
                filled.append(_shown(values[used]))
            used += 1
        elif piece in ("{", "}"):
            raise _Failure(f"a single {piece} is to be written \\{piece}")
        else:
            filled.append(unescape(piece))
    if used != len(values):
        raise _Failure(f"{used} placeholders and {len(values)} values")
    return "".join(filled)


def _shown(value: Any) -> str:
    """A value as Java writes it: AWS does so with arrays and objects.

    >>> _shown({"a": [1, None, "b c"]})
    '{a=[1, null, b c]}'
    """
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_shown(item)}' for key, item in value.items())}}}"
    return value if isinstance(value, str) else dumps(value)


def _string_to_json(text: Any) -> Any:
    """The value of JSON text; nothing but blanks is null, and so is null."""
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    try:
        return json.loads(_text(text), parse_constant=_no_number, parse_float=_finite)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _Failure(f"the string is not JSON: {error}") from None


def _no_number(name: str) -> Any:
    raise _Failure(f"the string is not JSON: {name}")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _Failure(f"{digits} is too large a number")
    return number


def _partition(array: Any, size: Any) -> list[list[Any]]:
    items, length = _array(array), _integer(size)
    if length < 1:
        raise _Failure(f"a part of {length} elements cannot be")
    return [items[start : start + length] for start in range(0, len(items), length)]


def _contains(array: Any, value: Any) -> bool:
    return any(_same(item, value) for item in _array(array))


def _range(first: Any, last: Any, step: Any) -> list[int]:
    start, end, by = _integer(first), _integer(last), _integer(step)
    if by == 0:
        raise _Failure("the step is 0")
    numbers = range(start, end + (1 if by > 0 else -1), by)
    if len(numbers) > MAX_RANGE:
        raise _Failure(f"{len(numbers):,} elements are more than {MAX_RANGE:,}")
    return list(numbers)


def _get_item(array: Any, index: Any) -> Any:
    """The element at an index, which is not rounded."""
    items, at = _array(array), _integer(index)
    if at != index or not 0 <= at < len(items):
        raise _Failure(f"index {dumps(index)} is outside an array of {len(items)} elements")
    return items[at]


def _unique(array: Any) -> list[Any]:
    """The array without repetitions, each element where it came first."""
    seen, kept = set(), []
    for item in _array(array):
        identity = _identity(item)
        if identity not in seen:
            seen.add(identity)
            kept.append(item)
    return kept


def _base64_encode(text: Any) -> str:
    return base64.b64encode(_text(text, MAX_TEXT).encode("utf-8", "replace")).decode("ascii")


def _base64_decode(text: Any) -> str:
    encoded = _text(text, MAX_TEXT)
    if "=" not in encoded:
        encoded += "=" * (-len(encoded) % 4)
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise _Failure(f"the string is not Base64: {error}") from None


def _hash(data: Any, algorithm: Any) -> str:
    text = _text(data if isinstance(data, str) else dumps(data), MAX_TEXT)
    if not isinstance(algorithm, str) or algorithm not in _HASHES:
        raise _Failure(f"{dumps(algorithm)} is none of {', '.join(_HASHES)}")
    return _HASHES[algorithm](text.encode("utf-8", "replace")).hexdigest()


def _merge(one: Any, other: Any, deep: Any) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(other, dict):
        raise _Failure("only two objects can be merged")
    if deep is not False:
        raise _Failure("the third argument is to be false: only shallow merging exists")
    return {**one, **other}


def _random(chance: random.Random, start: Any, end: Any, seed: Any = None) -> int:
    """From `start` to before `end`; a seed repeats our number, though not AWS's own."""
    first, last = _integer(start), _integer(end)
    if first >= last:
        raise _Failure(f"there is no integer from {first} to before {last}")
    source = chance if seed is None else random.Random(_integer(seed))
    return source.randrange(first, last)


def _add(one: Any, other: Any) -> int:
    total = _integer(one) + _integer(other)
    if total not in _INT32:
        raise _Failure(f"{total} does not fit into 32 bits")
    return total


def _split(text: Any, delimiters: Any) -> list[str]:
    """Split at every character of `delimiters`; empty parts are left out."""
    whole, characters = _text(text), _text(delimiters)
    if not characters:
        return [whole]
    return [part for part in re.split(f"[{re.escape(characters)}]", whole) if part]


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


_RANDOM: dict[str, Callable[..., Any]] = {"States.MathRandom": _random, "States.UUID": _uuid}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Array": lambda *items: list(items),
    "States.ArrayContains": _contains,
    "States.ArrayGetItem": _get_item,
    "States.ArrayLength": lambda array: len(_array(array)),
    "States.ArrayPartition": _partition,
    "States.ArrayRange": _range,
    "States.ArrayUnique": _unique,
    "States.Base64Decode": _base64_decode,
    "States.Base64Encode": _base64_encode,
    "States.Hash": _hash,
    "States.JsonMerge": _merge,
    "States.JsonToString": dumps,
    "States.MathAdd": _add,
    "States.StringSplit": _split,
    "States.StringToJson": _string_to_json,
}
