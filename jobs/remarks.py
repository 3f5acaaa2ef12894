"""What is odd about the rows of a part, though they can be used: said, and not stopped for.

A column that is the same in every training row teaches a model nothing. A column whose values are
all missing, or all unknown to the model, tells it nothing of the rows to predict: so it is where
somebody has retyped a column, and `3` has become `3.0`.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from preprocessing.features import LABEL
from preprocessing.tables import Tables


class Remarks:
    """Looks at batches of codes as they pass.

    Attributes:
        rows: so many have passed.
    """

    def __init__(self, tables: Tables) -> None:
        self.rows = 0
        self._tables = tables
        # The code of a missing value; a number that is missing is null.
        self._missing_code: dict[str, int | None] = {
            **dict.fromkeys(tables.numeric),
            **{name: table.bins for name, table in tables.binned.items()},
            **{name: table.missing_code for name, table in tables.categorical.items()},
        }
        self._missing = dict.fromkeys(self._missing_code, 0)
        self._unknown = dict.fromkeys(tables.categorical, 0)
        # The least and the greatest code of a column; none where all are null.
        self._ends: dict[str, tuple[float, float]] = {}

    def add(self, codes: pa.RecordBatch) -> None:
        """Look at a batch."""
        self.rows += codes.num_rows
        for name, code in self._missing_code.items():
            column = codes.column(name)
            self._widen(name, column)
            self._missing[name] += column.null_count if code is None else _count(column, code)
        for name, table in self._tables.categorical.items():
            self._unknown[name] += _count(codes.column(name), table.other_code)
        if LABEL in codes.schema.names:
            self._widen(LABEL, codes.column(LABEL))

    def of_training(self) -> list[str]:
        """Sentences on the rows that the tables were fitted on."""
        return [
            f"{name!r} {self._always(name)}: a model learns nothing from it"
            for name in self._missing_code
            if self.rows > 1 and self._is_constant(name)
        ]

    def of_others(self) -> list[str]:
        """Sentences on rows that the tables are applied to."""
        sentences = []
        for name, missing in self._missing.items():
            unknown = self._unknown.get(name, 0)
            if missing == self.rows > 0 and not self._was_missing(name):
                sentences.append(f"{name!r} is missing in every row, and was not in training")
            elif unknown and missing + unknown == self.rows:
                sentences.append(f"{name!r} has no value that the model knows from training")
        if self.rows > 1 and LABEL in self._ends and self._is_constant(LABEL):
            sentences.append(f"{self._tables.label.column!r}, the label, is the same in every row")
        return sentences

    def _widen(self, name: str, column: pa.Array) -> None:
        found = pc.min_max(column).as_py()
        if found["min"] is not None:
            least, greatest = self._ends.get(name, (found["min"], found["max"]))
            self._ends[name] = min(least, found["min"]), max(greatest, found["max"])

    def _is_constant(self, name: str) -> bool:
        if name in self._tables.numeric and 0 < self._missing[name] < self.rows:
            return False  # where it is missing may tell something
        least, greatest = self._ends.get(name, (0, 0))
        return least == greatest

    def _always(self, name: str) -> str:
        if self._missing[name] == self.rows:
            return "is missing in every row"
        if name in self._tables.numeric:
            return f"is {self._ends[name][0]:g} in every row"
        if name in self._tables.binned:
            return "is in one bin in every row"
        values = self._tables.categorical[name].values
        return f"is {values[0]!r} in every row" if values else "is rare in every row"

    def _was_missing(self, name: str) -> bool:
        """Whether it was missing in every row that the tables were fitted on."""
        tables = self._tables
        if name in tables.categorical:
            return not tables.categorical[name].values
        table = tables.numeric[name] if name in tables.numeric else tables.binned[name]
        return table.count == 0


def _count(codes: pa.Array, code: int) -> int:
    return int(pc.sum(pc.equal(codes, pa.scalar(code, codes.type))).as_py() or 0)
