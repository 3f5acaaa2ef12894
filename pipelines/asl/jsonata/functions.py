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
from pipelines.asl.jsonata.engine import Evaluator, Frame, Native
from pipelines.asl.jsonata.failures import Failure
from pipelines.asl.jsonata.library import Jsonata, LibraryError
from pipelines.asl.jsonata.signatures import Signature
from pipelines.asl.jsonata.text import string

Implementation = Callable[..., Any]


@cache
def built_ins() -> Frame:
    """A frame with every function, which is not to be written to."""
    frame = Frame(None)
    frame.bindings = dict(_natives())
    return frame


def names() -> frozenset[str]:
    """The names of all functions, without the $."""
    return frozenset(_natives())


@cache
def _natives() -> dict[str, Native]:
    made = {}
    for name, found in Jsonata.static_frame.bindings.items():
        if name != "eval":
            taken = found.get_number_of_args()
            read = Signature(found.signature)
            made[name] = Native(name, _of_library(found.method), read, taken, taken)
    for name, (text, implementation) in _REPLACED.items():
        taken = len(inspect.signature(implementation).parameters) - 1
        checked = Signature(text) if text else None
        made[name] = Native(name, implementation, checked, _ARITIES.get(name, taken), taken)
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


_REPLACED: dict[str, tuple[str, Implementation]] = {
    "abs": ("<n-:n>", number_functions.abs_),
    "append": ("<xx:a>", array_functions.append),
    "assert": ("<bs?:x>", array_functions.assert_),
    "average": ("<a<n>:n>", number_functions.average),
    "base64decode": ("<s-:s>", text_functions.base64_decode),
    "base64encode": ("<s-:s>", text_functions.base64_encode),
    "ceil": ("<n-:n>", number_functions.ceil),
    "clone": ("<(oa)-:o>", array_functions.clone),
    "contains": ("<s-(sf):b>", matching.contains),
    "count": ("<a:n>", number_functions.count),
    "decodeUrl": ("<s-:s>", text_functions.decoder("decodeUrl", ";/?:@&=+$,#")),
    "decodeUrlComponent": ("<s-:s>", text_functions.decoder("decodeUrlComponent", "")),
    "distinct": ("<x:x>", array_functions.distinct),
    "each": ("<o-f:a>", higher_order.each),
    "encodeUrl": ("<s-:s>", text_functions.encoder("encodeUrl", text_functions.URL)),
    "encodeUrlComponent": (
        "<s-:s>",
        text_functions.encoder("encodeUrlComponent", text_functions.COMPONENT),
    ),
    "error": ("<s?:x>", array_functions.error),
    "filter": ("<af>", higher_order.filter_),
    "floor": ("<n-:n>", number_functions.floor),
    "formatBase": ("<n-n?:s>", number_functions.format_base),
    "formatInteger": ("<n-s:s>", dates.format_integer),
    "formatNumber": ("<n-so?:s>", number_functions.format_number),
    "fromMillis": ("<n-s?s?:s>", dates.from_millis),
    "hash": ("", dialect.hash_),
    "join": ("<a<s>s?:s>", text_functions.join),
    "keys": ("<x-:a<s>>", array_functions.keys),
    "length": ("<s-:n>", text_functions.length),
    "map": ("<af>", higher_order.map_),
    "match": ("<s-f<s:o>n?:a<o>>", matching.match),
    "max": ("<a<n>:n>", number_functions.max_),
    "millis": ("<:n>", dates.millis),
    "min": ("<a<n>:n>", number_functions.min_),
    "now": ("<s?s?:s>", dates.now),
    "number": ("<(nsb)-:n>", number_functions.number_),
    "pad": ("<s-ns?:s>", text_functions.pad),
    "parse": ("", dialect.parse),
    "parseInteger": ("<s-s:n>", dates.parse_integer),
    "partition": ("", dialect.partition),
    "power": ("<n-n:n>", number_functions.power),
    "random": ("", dialect.random),
    "range": ("", dialect.range_),
    "reduce": ("<afj?:j>", higher_order.reduce),
    "replace": ("<s-(sf)(sf)n?:s>", matching.replace),
    "round": ("<n-n?:n>", number_functions.round_),
    "shuffle": ("<a:a>", array_functions.shuffle),
    "sift": ("<o-f?:o>", higher_order.sift),
    "single": ("<af?>", higher_order.single),
    "sort": ("<af?:a>", higher_order.sort),
    "split": ("<s-(sf)n?:a<s>>", matching.split),
    "sqrt": ("<n-:n>", number_functions.sqrt),
    "string": ("<x-b?:s>", string),
    "substring": ("<s-nn?:s>", text_functions.substring),
    "sum": ("<a<n>:n>", number_functions.sum_),
    "toMillis": ("<s-s?:n>", dates.to_millis),
    "uuid": ("", dialect.uuid),
}
"""What is not the library's: by name, the signature (none: any arguments) and what is called."""
