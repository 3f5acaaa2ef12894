"""One row to its codes in plain Python: an endpoint's requests have one row, and want it soon.

Arrow and numpy pay off from some dozen rows on. For one, look-ups in dictionaries are tens of times
faster, and they give the same bits: tests hold this module to `rows.transform_rows`.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping

from preprocessing.encoding import ordinal
from preprocessing.errors import DataError
from preprocessing.parsing import MISSING, NUMBER
from preprocessing.rows import transform_rows
from preprocessing.tables import Binned, Categorical, Tables

_MISSING = frozenset(MISSING)
# Texts around which Arrow and Python agree on what a space is.
_PLAIN = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


class RowError(DataError):
    """A row cannot be coded; the message is the sentence of its `Reject`."""


class _NotPlain(Exception):
    """A value that is left to the rules for many rows: it is faulty, or out of the ordinary."""


class RowCodes:
    """Codes rows, one at a time.

    Attributes:
        tables: what they are coded with.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        coders: dict[str, Callable[[object], float]] = dict.fromkeys(tables.numeric, _number)
        coders |= {name: _binner(table) for name, table in tables.binned.items()}
        coders |= {name: _coder(table) for name, table in tables.categorical.items()}
        self._coders = [*coders.items()]

    def __call__(self, row: Mapping[str, object]) -> list[float]:
        """The row of the ordinal matrix: numbers, bins and codes; NaN where a number is missing.

        Args:
            row: as in `rows.transform_rows`.

        Raises:
            RowError: a column is not there, or its value cannot be parsed.
        """
        if self.tables.derivation is None:
            try:
                return [code(row[name]) for name, code in self._coders]
            except (KeyError, _NotPlain):
                pass
        codes, rejects = transform_rows(self.tables, [row])
        if rejects:
            raise RowError(rejects[0].sentence)
        coded: list[float] = ordinal(self.tables, codes)[0].tolist()
        return coded


def _number(value: object) -> float:
    kind = type(value)
    if kind is float or kind is int:
        try:
            number = float(value)  # type: ignore[arg-type]
        except OverflowError:
            raise _NotPlain from None
        if math.isinf(number):
            raise _NotPlain
        return number
    if value is None:
        return math.nan
    if kind is str:
        text = value.strip(" ")  # type: ignore[attr-defined]
        if NUMBER.fullmatch(text):
            number = float(text)
            if math.isfinite(number):
                return number
        elif text in _MISSING:
            return math.nan
    raise _NotPlain


def _binner(table: Binned) -> Callable[[object], float]:
    inner, missing = list(table.edges[1:-1]), float(table.bins)

    def code(value: object) -> float:
        number = _number(value)
        return missing if number != number else float(bisect_right(inner, number))

    return code


def _coder(table: Categorical) -> Callable[[object], float]:
    codes = {value: float(code) for code, value in enumerate(table.values)}
    missing, other = float(table.missing_code), float(table.other_code)

    def code(value: object) -> float:
        kind = type(value)
        if kind is str:
            text = value.strip(" ")  # type: ignore[attr-defined]
        elif value is None:
            return missing
        elif kind is int:
            text = str(value) if -(10**18) < value < 10**18 else ""  # type: ignore[operator]
        else:
            raise _NotPlain
        known = codes.get(text)
        if known is not None:
            return known
        if text in _MISSING:
            if kind is int:
                raise _NotPlain
            return missing
        if _PLAIN.fullmatch(text):
            return other
        raise _NotPlain

    return code
