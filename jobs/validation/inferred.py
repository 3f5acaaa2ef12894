"""What a column holds, inferred from its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jobs.validation.reading import parse_numbers
from preprocessing.reading import RawBatch

if TYPE_CHECKING:
    import pandas as pd

# A column of at most so many values is told with all of them.
FEW = 60
# Up to this share of values that are none, a column is still one of numbers.
STRAY = 0.01
# More digits than a float64 keeps: such a number is a name.
_LONG = 15
# 007 is no number, though it could be read as one: it would not be written so again.
_CODE = re.compile(r"[+-]?0\d")


def describe_column(name: str, values: pd.Series) -> dict[str, Any]:
    """Facts of a column that was read as text.

    Returns:
        `name`; `type`: "integer", "number" or "text"; `missing`: rows; `distinct`: values;
        `once`: values that stand in one row only; `values`: if there are few, each with its rows,
        `[text, rows]`, the most common first; `minimum` and `maximum` of numbers; `codes`: whether
        it would be numbers, but for the zeros that they begin with or their length; `stray`: of
        numbers, `[row, text]` of the first values that are none, and `strays`, how many there are.
    """
    codes = values.cat.codes.to_numpy()
    texts = np.array(values.cat.categories, dtype=object)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    order = [int(place) for place in np.argsort(-counts, kind="stable")]
    common = [[str(texts[place]), int(counts[place])] for place in order[:FEW]]
    facts: dict[str, Any] = {
        "name": name,
        "type": "text",
        "missing": int((codes < 0).sum()),
        "distinct": len(texts),
        "once": int((counts == 1).sum()),
        "values": common if len(texts) <= FEW else None,
        "codes": False,
    }
    numbers, bad = _as_numbers(texts)
    strays = int(counts[bad].sum())
    present = len(codes) - facts["missing"]
    if present == 0 or strays > STRAY * present:
        return facts
    if any(_CODE.match(text) or _digits(text) > _LONG for text in texts):
        return {**facts, "codes": True}
    good = numbers[~bad]
    whole = bool((good % 1 == 0).all())
    where = [int(row) for row in values.index[np.isin(codes, np.flatnonzero(bad))][:3]]
    return {
        **facts,
        "type": "integer" if whole else "number",
        "minimum": float(good.min()),
        "maximum": float(good.max()),
        "stray": [[row, str(values.at[row])] for row in where],
        "strays": strays,
    }


def _as_numbers(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each text as a number, and whether it is none."""
    rows = np.arange(len(texts), dtype=np.int64)
    column = pa.array(texts.tolist(), pa.string())
    numbers, rejects = parse_numbers(RawBatch(rows, {"": column}, []), "")
    bad = np.zeros(len(texts), bool)
    bad[[reject.row for reject in rejects]] = True
    return numbers, bad


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text) if text.lstrip("+-").isdigit() else 0
