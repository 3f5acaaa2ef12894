"""Which columns of a file are read, and as what: the features, once a file's header is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from preprocessing.errors import DataError, nearest
from preprocessing.features import ID, LABEL, ROW, THE_REST, Features, Kind, Task


@dataclass(frozen=True)
class Columns:
    """The columns by role.

    Attributes:
        label: None if no label is read.
        task: what the label is for; a regression's is a number.
        reads: the columns that `derive` reads, and what each must hold.
        derived: those of the numeric, binned and categorical columns that `derive` makes.
    """

    label: str | None
    id: str | None
    numeric: tuple[str, ...]
    binned: tuple[tuple[str, int], ...]
    categorical: tuple[str, ...]
    task: Task = "classification"
    reads: tuple[tuple[str, Kind], ...] = ()
    derived: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The features that are numbers."""
        return self.numeric + tuple(column for column, _ in self.binned)

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        extra = [column for column in (self.id, self.label) if column is not None]
        features = [name for name in (*self.numbers, *self.categorical) if name not in self.derived]
        return tuple(dict.fromkeys([*extra, *features, *(name for name, _ in self.reads)]))


def resolve(
    features: Features,
    header: Sequence[str],
    source: str,
    reads: Mapping[str, Kind] | None = None,
    derived: Mapping[str, Kind] | None = None,
) -> Columns:
    """Give every column of a training file's header its role.

    Args:
        reads, derived: what `derive` reads and makes. A column that it reads has no other role
            unless it is given one; a column that it makes is a feature like any other.

    Raises:
        DataError: every column that is named but missing, in one message; or nothing to learn from.
    """
    reads, derived = reads or {}, derived or {}
    named = features.named()
    wanted = {name: role for name, role in named.items() if name not in derived}
    wanted |= {name: "derive's" for name in reads if name not in wanted}
    check_header([*wanted], header, source, [f"{role} " for role in wanted.values()])
    _check_derived(features, header, source, reads, derived)
    rest = tuple(column for column in (*header, *derived) if column not in {**named, **reads})
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
    columns = Columns(
        features.label,
        features.id,
        features.numeric,
        features.binned,
        categorical,
        features.task,
        tuple(reads.items()),
        tuple(derived),
    )
    _check_kinds(columns, derived)
    return columns


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


def _check_derived(
    features: Features,
    header: Sequence[str],
    source: str,
    reads: Mapping[str, Kind],
    derived: Mapping[str, Kind],
) -> None:
    if features.label in reads:
        raise DataError(
            f"derive reads {features.label!r}, the label, which is not there when one predicts"
        )
    for column in derived:
        if column in header:
            raise DataError(
                f"derive makes {column!r}, a column that {source} has, too; give it another name"
            )
        if column in (features.label, features.id):
            raise DataError(f"derive makes {column!r}, but label and id stand in the data")


def _check_kinds(columns: Columns, derived: Mapping[str, Kind]) -> None:
    """Numbers are numeric or binned, and texts are categories."""
    for names, kind in ((columns.numbers, "number"), (columns.categorical, "text")):
        for name in names:
            if derived.get(name, kind) != kind:
                remedy = (
                    "name it in numeric or binned, or let derive make a text of it"
                    if kind == "text"
                    else "name it in categorical, or let derive make a number of it"
                )
                raise DataError(f"derive makes {name!r} as a {derived[name]}; {remedy}")


def _shown(header: Sequence[str]) -> str:
    first = ", ".join(repr(column) for column in header[:8])
    return first + (f" and {len(header) - 8} more" if len(header) > 8 else "")
