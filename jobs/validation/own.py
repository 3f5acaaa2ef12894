"""The project's own pandera schema: a Python file that defines SCHEMA.

    import pandera.pandas as pa

    SCHEMA = pa.DataFrameSchema(
        {"age": pa.Column(float, pa.Check.in_range(0, 120), nullable=True)},
        checks=pa.Check(lambda rows: rows["wage"] <= rows["income"], error="wage within income"),
    )

A `DataFrameModel` will do as well. A column of type int or float in it is read as numbers; others
are, if the configuration asks for numbers there, and text otherwise. The index holds the rows'
numbers. A check with `raise_warning=True` is a warning here, and no reason to stop.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.validation.expectations import ERROR, WARNING
from jobs.validation.failures import Failure, failures
from jobs.validation.outcomes import NAMED_ROWS, Outcome, agreeing, broken_by, counted, percent
from jobs.validation.reading import Part
from preprocessing.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

NAME = "SCHEMA"


class OwnSchema:
    """SCHEMA of a Python file.

    Attributes:
        numbers: the columns that it has as numbers.
    """

    def __init__(self, path: Path) -> None:
        """Run the file.

        Raises:
            DataError: it cannot be run, or has no schema of pandera's named SCHEMA.
        """
        from pandera import dtypes

        self._name = path.name
        self._schema = _load(path)
        columns = self._schema.columns.items()
        self.numbers = {name for name, c in columns if c.dtype and dtypes.is_numeric(c.dtype)}
        self._whole = {name for name, c in columns if c.dtype and dtypes.is_int(c.dtype)}
        self._warnings = set(_become_errors(self._schema))

    def judge(self, part: Part) -> Iterator[Outcome]:
        """What SCHEMA says of the rows; one outcome if it has nothing to say against them."""
        frame = self._plain(part.frame)
        broken = list(failures(self._schema, frame))
        for failure in broken:
            yield self._outcome(part, frame, failure)
        if not broken:
            yield Outcome(part.name, None, f"rows that {NAME} of {self._name} takes")

    def _plain(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Text as text and whole numbers as such, as a schema means them."""
        import pandas as pd

        columns = {}
        for name, values in frame.items():
            if isinstance(values.dtype, pd.CategoricalDtype):
                values = values.astype(values.cat.categories.dtype)
            elif name in self._whole and (values % 1 == 0).all():
                values = values.astype("int64")
            columns[name] = values
        return pd.DataFrame(columns, index=frame.index)

    def _outcome(self, part: Part, frame: pd.DataFrame, failure: Failure) -> Outcome:
        place = (failure.column, failure.check)
        severity = WARNING if place in self._warnings else ERROR
        words = f"{failure.words} ({self._name})"
        outcome = Outcome(part.name, failure.column, words, severity)
        if not failure.rows:
            return outcome.but(failure.detail)
        rows = failure.rows[:NAMED_ROWS]
        values = [_value(frame, row, failure.column) for row in rows]
        count = len(failure.rows)
        share = percent(count / max(len(frame), 1))
        found = f"{counted(count)} ({share}) {agreeing('are not so', count)}"
        return broken_by(outcome, found, rows, values, count)


def _load(path: Path) -> pandera.DataFrameSchema:
    import pandera.pandas as pandera

    spec = importlib.util.spec_from_file_location("_project_validation", path)
    if spec is None or spec.loader is None:
        raise DataError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except Exception as error:
        raise DataError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
    found = getattr(module, NAME, None)
    if isinstance(found, type) and issubclass(found, pandera.DataFrameModel):
        found = found.to_schema()
    if not isinstance(found, pandera.DataFrameSchema):
        what = "has none" if found is None else f"has a {type(found).__name__}"
        raise DataError(
            f"{path} must define {NAME}, a pandera DataFrameSchema or DataFrameModel; it {what}"
        )
    return found


def _become_errors(schema: pandera.DataFrameSchema) -> Iterator[tuple[str | None, int]]:
    """Let the checks that only warn be told like the others; yields which they are."""
    several: list[tuple[str | None, Any]] = [(None, schema.checks)]
    several += [(name, column.checks) for name, column in schema.columns.items()]
    for name, checks in several:
        for number, check in enumerate(checks):
            if getattr(check, "raise_warning", False):
                check.raise_warning = False
                yield name, number


def _value(frame: pd.DataFrame, row: int, column: str | None) -> Any:
    """What stands in a row: of a whole row, what a person can look for."""
    if column is not None and column in frame.columns:
        return frame.at[row, column]
    return ", ".join(f"{name}={value}" for name, value in frame.loc[row].items())
