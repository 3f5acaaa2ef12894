"""The functions that Step Functions adds to JSONata, and $random, to which it adds a seed.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import hashlib
import json
import uuid as uuids
from typing import Any

from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure, Internal
from pipelines.asl.jsonata.numbers import is_number
from pipelines.asl.jsonata.text import parse_json, string

_ALGORITHMS = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


def partition(evaluator: Evaluator, array: Any, size: Any) -> Any:
    """$partition: the array in pieces of so many items, the last one may be shorter."""
    if array is None or not is_number(size) or int(size) == 0:
        return None
    if int(size) < 0:
        raise Internal
    items = array if isinstance(array, list) else [array]
    evaluator.budget.hold(len(items))
    return [list(items[at : at + int(size)]) for at in range(0, len(items), int(size))]


def range_(evaluator: Evaluator, first: Any, last: Any, step: Any) -> Any:
    """$range: numbers from the first to the last, both included, at the distance of `step`.

    What is no whole number is cut off towards zero, as measured on AWS.
    """
    if not (is_number(first) and is_number(last) and is_number(step)) or int(step) == 0:
        return None
    by = int(step)
    numbers = range(int(first), int(last) + (1 if by > 0 else -1), by)
    evaluator.budget.hold(len(numbers))
    return list(numbers)


def hash_(evaluator: Evaluator, data: Any, algorithm: Any) -> str | None:
    """$hash: the digest of a text, in hexadecimal digits."""
    if data is None or algorithm not in _ALGORITHMS:
        return None
    text = string(evaluator, data) or ""
    return _ALGORITHMS[algorithm](text.encode("utf-8", "replace")).hexdigest()


def random(evaluator: Evaluator, seed: Any) -> float:
    """$random: from 0 to less than 1; with a seed, what Java's Random makes of it first."""
    if not is_number(seed):
        return evaluator.chance.random()
    state = (int(seed) ^ _MULTIPLIER) & _MASK
    high, state = _next_bits(state, 26)
    low, _ = _next_bits(state, 27)
    return ((high << 27) + low) * 2.0**-53


_MULTIPLIER, _MASK = 0x5DEECE66D, (1 << 48) - 1


def _next_bits(state: int, bits: int) -> tuple[int, int]:
    """The next bits of java.util.Random, whose algorithm its documentation fixes."""
    state = (state * _MULTIPLIER + 0xB) & _MASK
    return state >> (48 - bits), state


def uuid(evaluator: Evaluator) -> str:
    """$uuid: a random one, of version 4."""
    return str(uuids.UUID(int=evaluator.chance.getrandbits(128), version=4))


def parse(evaluator: Evaluator, text: Any) -> Any:
    """$parse: the value of JSON text."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise Failure("T0410", index=1)
    try:
        return parse_json(text)
    except (json.JSONDecodeError, ValueError, RecursionError):
        raise Internal from None
