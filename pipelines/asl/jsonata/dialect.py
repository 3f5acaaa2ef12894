"""The functions that Step Functions adds to JSONata, and $random, to which it adds a seed.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import hashlib
import uuid as uuids
from typing import Any

from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.text import parse_json

_ALGORITHMS = {
    "SHA-1": hashlib.sha1,
    "SHA-384": hashlib.sha384,
    "SHA-256": hashlib.sha256,
    "SHA-512": hashlib.sha512,
    "MD5": hashlib.md5,
}
"""By their names, in the order in which AWS names them."""


def partition(evaluator: Evaluator, array: Any, size: Any) -> Any:
    """$partition: the array in pieces of so many items, the last one may be shorter."""
    if array is None:
        return None
    if not isinstance(array, list):
        raise Failure("T0412", index=1, value=array)
    if not array:
        return None
    most = len(array) if size is None else int(size)
    if most < 0:
        raise _said("Second argument must be zero or greater")
    if most == 0:
        return None
    evaluator.budget.hold(len(array))
    return [list(array[at : at + most]) for at in range(0, len(array), most)]


def range_(evaluator: Evaluator, first: Any, last: Any, step: Any) -> Any:
    """$range: numbers from the first to the last, both included, at the distance of `step`.

    What is no whole number is cut off towards zero, and a range of one number is that number.
    """
    for index, bound in enumerate((first, last), 1):
        if bound is None:
            raise Failure("T0410", index=index)
    if step is None or int(step) == 0:
        return None
    by = int(step)
    numbers = range(int(first), int(last) + (1 if by > 0 else -1), by)
    evaluator.budget.hold(len(numbers))
    if len(numbers) < 2:
        return numbers[0] if numbers else None
    return list(numbers)


def hash_(evaluator: Evaluator, data: Any, algorithm: Any) -> str | None:
    """$hash: the digest of a text, in hexadecimal digits."""
    if data is None:
        raise Failure("T0410", index=1)
    if algorithm is None:
        return None
    if algorithm not in _ALGORITHMS:
        names = ", ".join(_ALGORITHMS)
        raise _said(f"Hash algorithm '{algorithm}' must be one of {names}")
    return _ALGORITHMS[algorithm](data.encode("utf-8", "replace")).hexdigest()


def random(evaluator: Evaluator, seed: Any) -> float:
    """$random: from 0 to less than 1; with a seed, what Java's Random makes of it first."""
    if seed is None:
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
    """$parse: the value of JSON text, in which no object has a name twice."""
    if text is None:
        return None
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        raise _said("Invalid JSON") from None


def _said(message: str) -> Failure:
    """A failure as $error raises it: AWS's own functions word theirs so."""
    return Failure("D3137", message=message)
