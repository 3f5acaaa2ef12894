"""The functions that expressions can call: JSONata's, as version 2.0.6 has them, and AWS's.

Most are the library's own.  Those that differ from the reference are replaced; $eval is not there,
because Step Functions does not have it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from pipelines.asl.jsonata import (
    array_functions,
    dates,
    dialect,
    higher_order,
    matching,
    number_functions,
    text_functions,
)
from pipelines.asl.jsonata.engine import Evaluator
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.function_types import DIALECT, SIGNATURES, function_names
from pipelines.asl.jsonata.library import Jsonata, LibraryError
from pipelines.asl.jsonata.natives import Frame, Native
from pipelines.asl.jsonata.signatures import Signature
from pipelines.asl.jsonata.text import string

Implementation = Callable[..., Any]


@cache
def built_ins() -> Frame:
    """A frame with every function, which is not to be written to."""
    frame = Frame(None)
    frame.bindings = dict(_natives())
    return frame


@cache
def _natives() -> dict[str, Native]:
    made = {}
    for name in function_names():
        implementation = _REPLACED.get(name)
        if implementation is None:
            found = Jsonata.static_frame.bindings[name]
            implementation, taken = _of_library(found.method), found.get_number_of_args()
        else:
            taken = len(inspect.signature(implementation).parameters) - 1
        signature = SIGNATURES.get(name) or DIALECT.get(name)
        read = None if signature is None else Signature(signature)
        made[name] = Native(name, implementation, read, _ARITIES.get(name, taken), taken)
    made["zip"] = replace(made["zip"], parameters=None)
    return made


_ARITIES = {"string": 1}
"""Those that take fewer arguments from a function that calls them than they could."""


def _of_library(method: Callable[..., Any]) -> Implementation:
    def call(_evaluator: Evaluator, *arguments: Any) -> Any:
        try:
            return method(*arguments)
        except LibraryError as error:
            raise _failure(error) from None

    return call


def _failure(error: Any) -> Failure:
    if error.error.startswith("T041"):
        return Failure(error.error, index=1)
    return Failure(error.error, value=error.current, exp=error.expected, message=error.current)


_REPLACED: dict[str, Implementation] = {
    "abs": number_functions.abs_,
    "append": array_functions.append,
    "assert": array_functions.assert_,
    "average": number_functions.average,
    "base64decode": text_functions.base64_decode,
    "base64encode": text_functions.base64_encode,
    "ceil": number_functions.ceil,
    "clone": array_functions.clone,
    "contains": matching.contains,
    "count": number_functions.count,
    "decodeUrl": text_functions.decoder("decodeUrl", ";/?:@&=+$,#"),
    "decodeUrlComponent": text_functions.decoder("decodeUrlComponent", ""),
    "distinct": array_functions.distinct,
    "each": higher_order.each,
    "encodeUrl": text_functions.encoder("encodeUrl", text_functions.URL),
    "encodeUrlComponent": text_functions.encoder("encodeUrlComponent", text_functions.COMPONENT),
    "error": array_functions.error,
    "filter": higher_order.filter_,
    "floor": number_functions.floor,
    "formatBase": number_functions.format_base,
    "formatInteger": dates.format_integer,
    "formatNumber": number_functions.format_number,
    "fromMillis": dates.from_millis,
    "hash": dialect.hash_,
    "join": text_functions.join,
    "keys": array_functions.keys,
    "length": text_functions.length,
    "map": higher_order.map_,
    "match": matching.match,
    "max": number_functions.max_,
    "millis": dates.millis,
    "min": number_functions.min_,
    "now": dates.now,
    "number": number_functions.number_,
    "pad": text_functions.pad,
    "parse": dialect.parse,
    "parseInteger": dates.parse_integer,
    "partition": dialect.partition,
    "power": number_functions.power,
    "random": dialect.random,
    "range": dialect.range_,
    "reduce": higher_order.reduce,
    "replace": matching.replace,
    "round": number_functions.round_,
    "shuffle": array_functions.shuffle,
    "sift": higher_order.sift,
    "single": higher_order.single,
    "sort": higher_order.sort,
    "split": matching.split,
    "sqrt": number_functions.sqrt,
    "string": string,
    "substring": text_functions.substring,
    "sum": number_functions.sum_,
    "toMillis": dates.to_millis,
    "uuid": dialect.uuid,
}
"""What is not the library's, by name."""
