"""What the functions of expressions take and give, by JSONata's signatures.

``<s-n?:s>``: a text, or else the context, then maybe a number; it gives a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.asl.jsonata.nodes import Kind

SIGNATURES = {
    "abs": "<n-:n>",
    "append": "<xx:a>",
    "assert": "<bs?:x>",
    "average": "<a<n>:n>",
    "base64decode": "<s-:s>",
    "base64encode": "<s-:s>",
    "boolean": "<x-:b>",
    "ceil": "<n-:n>",
    "clone": "<(oa)-:o>",
    "contains": "<s-(sf):b>",
    "count": "<a:n>",
    "decodeUrl": "<s-:s>",
    "decodeUrlComponent": "<s-:s>",
    "distinct": "<x:x>",
    "each": "<o-f:a>",
    "encodeUrl": "<s-:s>",
    "encodeUrlComponent": "<s-:s>",
    "error": "<s?:x>",
    "exists": "<x:b>",
    "filter": "<af>",
    "floor": "<n-:n>",
    "formatBase": "<n-n?:s>",
    "formatInteger": "<n-s:s>",
    "formatNumber": "<n-so?:s>",
    "fromMillis": "<n-s?s?:s>",
    "join": "<a<s>s?:s>",
    "keys": "<x-:a<s>>",
    "length": "<s-:n>",
    "lookup": "<x-s:x>",
    "lowercase": "<s-:s>",
    "map": "<af>",
    "match": "<s-f<s:o>n?:a<o>>",
    "max": "<a<n>:n>",
    "merge": "<a<o>:o>",
    "millis": "<:n>",
    "min": "<a<n>:n>",
    "not": "<x-:b>",
    "now": "<s?s?:s>",
    "number": "<(nsb)-:n>",
    "pad": "<s-ns?:s>",
    "parseInteger": "<s-s:n>",
    "power": "<n-n:n>",
    "reduce": "<afj?:j>",
    "replace": "<s-(sf)(sf)n?:s>",
    "reverse": "<a:a>",
    "round": "<n-n?:n>",
    "shuffle": "<a:a>",
    "sift": "<o-f?:o>",
    "single": "<af?>",
    "sort": "<af?:a>",
    "split": "<s-(sf)n?:a<s>>",
    "spread": "<x-:a<o>>",
    "sqrt": "<n-:n>",
    "string": "<x-b?:s>",
    "substring": "<s-nn?:s>",
    "substringAfter": "<s-s:s>",
    "substringBefore": "<s-s:s>",
    "sum": "<a<n>:n>",
    "toMillis": "<s-s?:n>",
    "trim": "<s-:s>",
    "type": "<x:s>",
    "uppercase": "<s-:s>",
    "zip": "<a+>",
}
"""JSONata's functions in version 2.0.6, but $eval, which Step Functions does not have."""

DIALECT = {
    "hash": "<ss?:s>",
    "parse": "<s?:x>",
    "partition": "<xn?:a>",
    "random": "<n?:n>",
    "range": "<nnn?:a>",
    "uuid": "<:s>",
}
"""The functions of Step Functions' own; that AWS refuses other arguments was measured."""

_KINDS: dict[str, Kind] = {
    "a": "array",
    "b": "boolean",
    "f": "function",
    "n": "number",
    "o": "object",
    "s": "string",
}


def function_names() -> frozenset[str]:
    """The functions that expressions can call, without the $."""
    return frozenset(SIGNATURES) | frozenset(DIALECT)


def result_kind(function: str) -> Kind | None:
    """The type of what a function gives, unless that is undefined; None: it may be any.

    A function that gives an array may give its only item instead, as a path does.

    >>> [result_kind(name) for name in ("length", "split", "lookup", "uuid")]
    ['number', 'array', None, 'string']
    """
    signature = SIGNATURES.get(function) or DIALECT.get(function, "")
    _, _, result = signature.partition(":")
    return _KINDS.get(result[:1])
