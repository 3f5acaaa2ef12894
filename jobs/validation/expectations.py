"""What the data have to be: the document `validation.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from preprocessing.errors import DataError, nearest

ERROR, WARNING = "error", "warning"
TYPES = ("text", "number", "integer")


@dataclass(frozen=True)
class ColumnExpectation:
    """What one column has to be.

    Attributes:
        type: "text", "number" or "integer" (a number without a fraction); None: either.
        required: whether every file must have it.
        minimum, maximum: of its numbers, both included.
        values: the only texts that stand in it.
        unique: whether no value stands in two rows.
        missing: the largest share of rows without a value.
        severity: of whatever is broken: "error" or "warning".
    """

    type: str | None = None
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] | None = None
    unique: bool = False
    missing: float | None = None
    severity: str = ERROR

    @property
    def is_number(self) -> bool:
        """Whether it asks for numbers."""
        bounded = self.minimum is not None or self.maximum is not None
        return self.type in ("number", "integer") or bounded

    @property
    def is_text(self) -> bool:
        """Whether it asks for text."""
        return self.type == "text" or self.values is not None


@dataclass(frozen=True)
class Expectations:
    """What all the rows have to be.

    Attributes:
        min_rows: of training, and of test data.
        min_minority_share: of the rarer class, among the training rows.
        max_shared_share: of test rows that stand among the training rows, too.
        max_rejected_share: of rows that cannot be read, and that no model would see.
        other_columns: whether a column without an expectation is "allowed", a "warning" or an
            "error".
        columns: by name.
    """

    min_rows: int | None = None
    min_minority_share: float | None = None
    max_shared_share: float | None = None
    max_rejected_share: float = 0.01
    other_columns: str = "allowed"
    columns: Mapping[str, ColumnExpectation] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: Any) -> Expectations:
        """Read the document; what it says of steps and of files of Python is not for this job.

        Raises:
            DataError: a key is unknown, or a value has the wrong type.

        >>> Expectations.from_json({"columns": {"age": {"maximum": 120}}}).columns["age"].maximum
        120
        """
        given = _mapping(document, "the expectations")
        given = {key: value for key, value in given.items() if key not in ("enabled", "python")}
        columns = _mapping(given.pop("columns", {}), "columns")
        parsed = {
            name: _read(ColumnExpectation, _mapping(column, f"columns.{name}"), f"columns.{name}.")
            for name, column in columns.items()
        }
        whole = _read(cls, given, "")
        return cls(**{**vars(whole), "columns": parsed})

    @classmethod
    def load(cls, path: Path) -> Expectations:
        """Read the document from a file; DataError names the file."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}") from error
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise DataError(f"{path} is not JSON: {error}") from error
        except DataError as error:
            raise DataError(f"{path}: {error}") from error

    def of(self, column: str) -> ColumnExpectation:
        """What is expected of a column: nothing, if it is named nowhere."""
        return self.columns.get(column, _NOTHING)


_NOTHING = ColumnExpectation(required=False)
_NUMBERS = (
    *("minimum", "maximum", "missing", "min_rows", "min_minority_share"),
    *("max_shared_share", "max_rejected_share"),
)
_WORDS = {
    "type": TYPES,
    "severity": (ERROR, WARNING),
    "other_columns": ("allowed", WARNING, ERROR),
}


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise DataError(f"{what}: {value!r} is not a mapping")
    return dict(value)


def _read(kind: Any, given: Mapping[str, Any], where: str) -> Any:
    """A dataclass from the keys of a mapping; null stands for what is not given."""
    known = {entry.name: entry for entry in fields(kind)}
    for key, value in given.items():
        if key not in known:
            raise DataError(f"there is no {where}{key}{nearest(key, known)}")
        optional = known[key].default is None or known[key].default is MISSING
        if not (_fits(key, value) or (value is None and optional)):
            raise DataError(f"{where}{key} is {value!r}, which it cannot be")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    return kind(**values)


def _fits(key: str, value: Any) -> bool:
    if key in _WORDS:
        return value in _WORDS[key]
    if key in _NUMBERS:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if key == "values":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool)
