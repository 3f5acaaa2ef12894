"""What pandera found wrong with a table: every check that failed, with the rows that fail it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera


@dataclass(frozen=True)
class Failure:
    """A check that failed.

    Attributes:
        column: that the check is of; None: of whole rows.
        check: its number among the checks of the column; None: pandera's own, such as the type's.
        words: what it checks.
        rows: the labels of the rows that fail it; empty if it fails as a whole.
        detail: what is known beside the rows, or "".
    """

    column: str | None
    check: int | None
    words: str
    rows: list[int]
    detail: str


def failures(schema: pandera.DataFrameSchema, frame: pd.DataFrame) -> Iterator[Failure]:
    """Apply every check of a schema; yields those that fail."""
    import pandera.errors

    try:
        with warnings.catch_warnings():
            # What pandera does with pandas is not for whoever reads the job's log.
            warnings.simplefilter("ignore", FutureWarning)
            schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        for error in errors.schema_errors:
            yield _failure(error, frame)


def _failure(error: Any, frame: pd.DataFrame) -> Failure:
    import pandera.pandas as pandera

    whole = isinstance(error.schema, pandera.DataFrameSchema)
    rows = _rows(error, frame)
    return Failure(
        column=None if whole else str(error.schema.name),
        check=error.check_index,
        words=_words(error),
        rows=rows,
        detail="" if rows else _detail(error),
    )


def _rows(error: Any, frame: pd.DataFrame) -> list[int]:
    """The rows that fail, in their order."""
    import pandas as pd

    output = error.check_output
    if isinstance(output, pd.DataFrame):
        output = output.all(axis=1)
    if isinstance(output, pd.Series) and output.index.isin(frame.index).all():
        return [int(row) for row in output.index[~output.fillna(False).astype(bool)]]
    cases = error.failure_cases
    if isinstance(cases, pd.DataFrame) and "index" in cases and cases["index"].notna().all():
        rows = np.unique(cases["index"].to_numpy())
        return [int(row) for row in rows] if np.isin(rows, frame.index).all() else []
    return []


def _words(error: Any) -> str:
    check = error.check
    if isinstance(check, str):
        # Such as dtype('int64') or column_in_dataframe.
        return check.replace("_", " ")
    return str(check.error or check.name or check)


def _detail(error: Any) -> str:
    """The first line of what pandera says."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")[:300]
