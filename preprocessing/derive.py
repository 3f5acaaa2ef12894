"""Columns made from columns, by a Python file of the project's own: `derive.py`.

    READS = {"education": "number", "hired": "text"}

    def derive(columns):
        return {"years of work": 2024 - np.char.partition(…), …}

`derive` gets the columns that READS names as arrays of one length: float64 with NaN for a missing
number, or objects, str with None for a missing text. It returns a mapping of new columns of that
length: numbers, or texts with None. It is vectorised, and yet must treat each row by itself: in
training it sees thousands of rows, behind an endpoint one. That is tried out before anything is
learnt from it (`Derivation.tried`).

The file goes with the model, and its digest stands in preprocessor.json: fitting, transforming and
serving use the very same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from preprocessing.errors import DataError
from preprocessing.features import Kind

FILE = "derive.py"
# Rows that are derived together and one by one, to see that it is the same.
TRIED = 32
# The same for a number: vector instructions may round the last bit otherwise than a single one.
RELATIVE = 1e-12

Arrays = Mapping[str, npt.NDArray[Any]]


class DeriveError(DataError):
    """derive.py cannot be used, or raised an exception; the message says which, and where."""


@dataclass(frozen=True)
class Derivation:
    """A project's derive.py.

    Attributes:
        source: its text.
        reads: the columns that it reads, and what they hold.
        columns: the columns that it makes, once that is known (see `tried`).
    """

    source: str = field(repr=False)
    reads: Mapping[str, Kind]
    columns: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The digest of the file."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @classmethod
    def load(cls, path: Path) -> Derivation:
        """Run the file, and see that it has what it must have.

        Raises:
            DeriveError: it cannot be read or run, or READS or derive is missing or wrong.
        """
        try:
            source = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise DeriveError(f"{path} cannot be read: {error}") from error
        reads, _ = _run(source)
        return cls(source, reads)

    def __call__(self, columns: Arrays) -> dict[str, npt.NDArray[Any]]:
        """The derived columns of some rows: float64, or objects (str or None).

        Args:
            columns: each column of `reads`, shape (rows,).

        Raises:
            DeriveError: derive raised an exception, or did not return what it must.
        """
        rows = len(next(iter(columns.values())))
        if rows == 0 and self.columns:
            types = {"number": np.float64, "text": object}
            return {name: np.empty(0, types[kind]) for name, kind in self.columns.items()}
        made = self._made(columns, rows)
        if self.columns and set(made) != set(self.columns):
            raise DeriveError(
                f"{FILE}: derive returns {_listed(made)}, and returned {_listed(self.columns)} "
                "before; the columns that it makes must not depend on the rows"
            )
        return {name: self._converted(name, values, rows) for name, values in made.items()}

    def tried(self, columns: Arrays) -> Derivation:
        """This, with the columns that it makes, once a few rows have shown that it can be used.

        Args:
            columns: rows to try it on, each column of `reads` with shape (rows,).

        Raises:
            DeriveError: as calling it; or a row alone is not what it is among others.
        """
        rows = len(next(iter(columns.values())))
        chosen = np.unique(np.linspace(0, max(rows - 1, 0), min(rows, TRIED)).astype(int))
        sample = {name: values[chosen] for name, values in columns.items()}
        together = self(sample)
        kinds: dict[str, Kind] = {
            name: "text" if values.dtype == object else "number"
            for name, values in self(columns).items()
        }
        for row in range(len(chosen)):
            alone = self({name: values[row : row + 1] for name, values in sample.items()})
            for name, values in together.items():
                if name not in alone or not _same(values[row], alone[name][0]):
                    read = ", ".join(
                        f"{column} {v.tolist()[row]!r}" for column, v in sample.items()
                    )
                    single = alone[name].tolist()[0] if name in alone else "missing"
                    raise DeriveError(
                        f"{FILE}: derive does not treat each row by itself: {name!r} is "
                        f"{values.tolist()[row]!r} among {len(chosen)} rows and {single!r} alone "
                        f"(of {read})"
                    )
        return replace(self, columns=dict(sorted(kinds.items())))

    def _made(self, columns: Arrays, rows: int) -> Mapping[str, Any]:
        given = {}
        for name, values in columns.items():
            given[name] = values.copy()
            given[name].setflags(write=False)
        _, function = _run(self.source)
        try:
            # What comes of a division by zero is judged row by row; a warning would name none.
            with np.errstate(all="ignore"):
                made = function(given)
        except Exception as error:
            words = " ".join(f"{type(error).__name__}: {error}".split())
            raise DeriveError(f"{FILE}: derive raised {words}") from error
        if not isinstance(made, Mapping) or not all(isinstance(name, str) for name in made):
            raise DeriveError(
                f"{FILE}: derive returned {type(made).__name__}, not a dict of columns"
            )
        if not made:
            raise DeriveError(f"{FILE}: derive returned no column")
        for name, values in made.items():
            if not isinstance(values, np.ndarray) or values.shape != (rows,):
                shape = getattr(values, "shape", type(values).__name__)
                raise DeriveError(
                    f"{FILE}: derive returned {name!r} as {shape}, not an array of {rows} values"
                )
        return made

    def _converted(self, name: str, values: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
        kind: str = "number" if values.dtype.kind in "biuf" else "text"
        if kind == "text":
            # NaN among texts is what other libraries have for a missing one.
            values = np.array([None if v != v else v for v in values.tolist()] + [None], object)
            values = values[:rows]
            if not all(value is None or isinstance(value, str) for value in values):
                raise DeriveError(
                    f"{FILE}: derive returned {name!r} as values that are neither all numbers "
                    "(NaN where missing) nor all texts (None where missing)"
                )
        if kind != self.columns.get(name, kind):
            raise DeriveError(
                f"{FILE}: derive returned {name!r} as a {kind}, before as a {self.columns[name]}"
            )
        return values.astype(np.float64) if kind == "number" else values


@lru_cache(maxsize=8)
def _run(source: str) -> tuple[dict[str, Kind], Callable[[Arrays], Any]]:
    """What the file defines: READS and derive."""
    names: dict[str, Any] = {"__name__": "derive", "__file__": FILE}
    try:
        exec(compile(source, FILE, "exec"), names)
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        raise DeriveError(f"{FILE} cannot be run: {words}") from error
    reads, function = names.get("READS"), names.get("derive")
    if (
        not isinstance(reads, dict)
        or not reads
        or not all(isinstance(k, str) and v in ("number", "text") for k, v in reads.items())
    ):
        raise DeriveError(
            f"{FILE} needs READS, the columns that derive reads, as in "
            'READS = {"education": "number", "region": "text"}'
        )
    if not callable(function):
        raise DeriveError(f"{FILE} needs a function derive(columns)")
    return dict(reads), function


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.isclose(one, other, rtol=RELATIVE, atol=0.0, equal_nan=True))
    return bool(one == other)


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, sorted(names)))
