"""Which columns a model sees, and as what: the document `features.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preprocessing.errors import DataError, nearest

KEYS = ("label", "id", "drop", "numeric", "binned", "categorical")
THE_REST = "the rest"
# Names of the columns that the codes carry beside the features.
ROW, ID, LABEL = "_row", "_id", "_label"


@dataclass(frozen=True)
class Features:
    """What the configuration says about columns.

    Attributes:
        label: the column to predict.
        positive: the value of `label` that counts as positive.
        id: a column that is carried along and never used, or None.
        drop: columns that are not used.
        numeric: columns of numbers.
        binned: columns of numbers that are cut into quantiles, with the number of bins.
        categorical: columns of categories; None stands for every column named nowhere else.
    """

    label: str
    positive: str
    id: str | None = None
    drop: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    binned: tuple[tuple[str, int], ...] = ()
    categorical: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """The document; `from_json` reads it back."""
        rest = self.categorical is None
        return {
            "label": {"column": self.label, "positive": self.positive},
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
        if not isinstance(label, Mapping) or set(label) != {"column", "positive"}:
            raise DataError("the features' label needs exactly the keys column and positive")
        categorical = document.get("categorical", THE_REST)
        binned = document.get("binned") or {}
        if not isinstance(binned, Mapping):
            raise DataError("the features' binned is not a mapping of a column to a number of bins")
        features = cls(
            label=_text(label["column"], "label.column"),
            positive=_text(label["positive"], "label.positive"),
            id=None if document.get("id") is None else _text(document["id"], "id"),
            drop=_texts(document.get("drop"), "drop"),
            numeric=_texts(document.get("numeric"), "numeric"),
            binned=tuple((_text(c, "binned"), _bins(c, n)) for c, n in binned.items()),
            categorical=None if categorical == THE_REST else _texts(categorical, "categorical"),
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


@dataclass(frozen=True)
class Columns:
    """The columns that are read, by role: `Features` once the header is known."""

    label: str | None
    id: str | None
    numeric: tuple[str, ...]
    binned: tuple[tuple[str, int], ...]
    categorical: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that must hold numbers."""
        return self.numeric + tuple(column for column, _ in self.binned)

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is read."""
        extra = tuple(column for column in (self.id, self.label) if column is not None)
        return extra + self.numbers + self.categorical


def resolve(features: Features, header: Sequence[str], source: str) -> Columns:
    """Give every column of a training file's header its role.

    Raises:
        DataError: every column that is named but missing, in one message; or nothing to learn from.
    """
    named = features.named()
    check_header([*named], header, source, [f"{role} " for role in named.values()])
    rest = tuple(column for column in header if column not in named)
    for column in rest:
        if column in (ROW, ID, LABEL):
            raise DataError(f"{source}: the column name {column!r} is reserved; rename it")
    if features.categorical is not None and rest:
        raise DataError(
            f"{source}: columns that the features do not name: {', '.join(map(repr, rest))}; "
            f"give each a role, put it under drop, or set categorical to {THE_REST!r}"
        )
    categorical = rest if features.categorical is None else features.categorical
    if not (features.numeric or features.binned or categorical):
        raise DataError(f"{source}: the features leave no column to learn from")
    return Columns(features.label, features.id, features.numeric, features.binned, categorical)


def check_header(
    wanted: Sequence[str], header: Sequence[str], source: str, roles: Sequence[str] = ()
) -> None:
    """Refuse a header in which a wanted column is missing, or any column stands twice.

    Raises:
        DataError: lists every such column, with the nearest name that the header has.
    """
    problems = [
        f"column {column!r} stands {header.count(column)} times"
        for column in dict.fromkeys(header)
        if header.count(column) > 1
    ]
    free = [column for column in header if column not in wanted]
    for column, role in zip(wanted, roles or [""] * len(wanted), strict=True):
        if column not in header:
            problems.append(f"no {role}column {column!r}{nearest(column, free)}")
    if problems:
        raise DataError(f"{source}: {'; '.join(problems)}; the header has {_shown(header)}")


def _shown(header: Sequence[str]) -> str:
    first = ", ".join(repr(column) for column in header[:8])
    return first + (f" and {len(header) - 8} more" if len(header) > 8 else "")


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"the features' {key} is {value!r}, not a text")
    return value


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
