"""Which columns a model sees, and as what: the document `features.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from preprocessing.errors import DataError, nearest

KEYS = ("label", "derive", "id", "drop", "numeric", "binned", "categorical")
THE_REST = "the rest"
# Names of the columns that the codes carry beside the features.
ROW, ID, LABEL = "_row", "_id", "_label"

Task = Literal["classification", "regression"]
# What a column that `derive` reads or makes holds.
Kind = Literal["number", "text"]


@dataclass(frozen=True)
class Features:
    """What the configuration says about columns.

    Attributes:
        label: the column to predict.
        positive: the value of `label` that counts as positive; None: the label is a number.
        id: a column that is carried along and never used, or None.
        drop: columns that are not used.
        numeric: columns of numbers.
        binned: columns of numbers that are cut into quantiles, with the number of bins.
        categorical: columns of categories; None stands for every column named nowhere else.
        derive: the Python file that makes columns from columns (see `derive`), or None.
    """

    label: str
    positive: str | None = None
    id: str | None = None
    drop: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    binned: tuple[tuple[str, int], ...] = ()
    categorical: tuple[str, ...] | None = None
    derive: str | None = None

    @property
    def task(self) -> Task:
        """What is learnt: one of two classes, or a number."""
        return "regression" if self.positive is None else "classification"

    def to_json(self) -> dict[str, Any]:
        """The document; `from_json` reads it back."""
        rest = self.categorical is None
        positive = {} if self.positive is None else {"positive": self.positive}
        return {
            "label": {"column": self.label, **positive},
            **({} if self.derive is None else {"derive": self.derive}),
            "id": self.id,
            "drop": list(self.drop),
            "numeric": list(self.numeric),
            "binned": dict(self.binned),
            "categorical": THE_REST if rest else list(self.categorical or ()),
        }

    @classmethod
    def from_json(cls, document: Any) -> Features:
        """Read the document.

        Raises:
            DataError: a key is missing, unknown or of the wrong type, or a column has two roles.

        >>> Features.from_json({"label": {"column": "income", "positive": "yes"}}).categorical

        """
        if not isinstance(document, Mapping):
            raise DataError("the features are not a mapping with the keys " + ", ".join(KEYS))
        for key in document:
            if key not in KEYS:
                raise DataError(f"the features have an unknown key {key!r}{nearest(key, KEYS)}")
        label = document.get("label")
        if not isinstance(label, Mapping) or not {"column"} <= set(label) <= {"column", "positive"}:
            raise DataError(
                "the features' label needs the key column, and for two classes the key positive"
            )
        categorical = document.get("categorical", THE_REST)
        binned = document.get("binned") or {}
        if not isinstance(binned, Mapping):
            raise DataError("the features' binned is not a mapping of a column to a number of bins")
        features = cls(
            label=_text(label["column"], "label.column"),
            positive=_text_or_none(label.get("positive"), "label.positive"),
            id=_text_or_none(document.get("id"), "id"),
            drop=_texts(document.get("drop"), "drop"),
            numeric=_texts(document.get("numeric"), "numeric"),
            binned=tuple((_text(c, "binned"), _bins(c, n)) for c, n in binned.items()),
            categorical=None if categorical == THE_REST else _texts(categorical, "categorical"),
            derive=_text_or_none(document.get("derive"), "derive"),
        )
        features._check_roles()
        return features

    @classmethod
    def load(cls, path: Path) -> Features:
        """Read the document from a file; DataError names the file."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}") from error
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise DataError(f"{path} is not JSON: {error}") from error
        except DataError as error:
            raise DataError(f"{path}: {error}") from error

    def named(self) -> dict[str, str]:
        """Each column that is named, with its role, in the order of `KEYS`."""
        roles = {self.label: "label"}
        roles |= {} if self.id is None else {self.id: "id"}
        roles |= dict.fromkeys(self.drop, "drop")
        roles |= dict.fromkeys(self.numeric, "numeric")
        roles |= {column: "binned" for column, _ in self.binned}
        roles |= dict.fromkeys(self.categorical or (), "categorical")
        return roles

    def _check_roles(self) -> None:
        lists = [self.label, *([] if self.id is None else [self.id]), *self.drop, *self.numeric]
        lists += [column for column, _ in self.binned]
        lists += self.categorical or ()
        for column in lists:
            if lists.count(column) > 1:
                raise DataError(f"the features name column {column!r} twice; it can have one role")
            if column in (ROW, ID, LABEL):
                raise DataError(f"the column name {column!r} is reserved; rename it in the data")


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"the features' {key} is {value!r}, not a text")
    return value


def _text_or_none(value: Any, key: str) -> str | None:
    return None if value is None else _text(value, key)


def _texts(value: Any, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise DataError(f"the features' {key} is {value!r}, not a list of columns")
    return tuple(_text(item, key) for item in value)


def _bins(column: str, bins: Any) -> int:
    if not isinstance(bins, int) or isinstance(bins, bool) or not 2 <= bins <= 1000:
        raise DataError(f"the features' binned.{column} is {bins!r}, not a number from 2 to 1000")
    return bins
