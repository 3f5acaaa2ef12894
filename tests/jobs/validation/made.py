"""Data of 60 customers, right in every respect, and what is expected of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jobs.validate import validate
from jobs.validation.expectations import Expectations
from jobs.validation.needs import Needs
from jobs.validation.reading import Part, read_part
from preprocessing.features import Features
from tests.jobs.made import write_rows

HEADER = "customer,age,visits,city,bought"
FEATURES: dict[str, Any] = {
    "label": {"column": "bought", "positive": "yes"},
    "id": "customer",
    "numeric": ["age", "visits"],
    "categorical": "the rest",
}
EXPECTED: dict[str, Any] = {
    "min_rows": 10,
    "min_minority_share": 0.2,
    "max_shared_share": 0.0,
    "max_rejected_share": 0.0,
    "other_columns": "error",
    "columns": {
        "customer": {"unique": True},
        "age": {"type": "integer", "minimum": 18, "maximum": 120, "missing": 0.0},
        "visits": {"type": "number", "missing": 0.2},
        "city": {"values": ["Bonn", "Köln", "Ulm"], "missing": 0.1},
        "bought": {},
    },
}


def customers(count: int = 60, first: int = 1) -> list[str]:
    """Lines of CSV, all different; the label follows no rule."""
    cities = ("Bonn", "Köln", "Ulm")
    return [
        f"c{n},{18 + n % 70},{n + 0.5},{cities[n % 3]},{'yes' if n % 2 else 'no'}"
        for n in range(first, first + count)
    ]


def changed(lines: list[str], row: int, column: str, value: str) -> list[str]:
    """The lines with another value in one row (1 is the first)."""
    fields = lines[row - 1].split(",")
    fields[HEADER.split(",").index(column)] = value
    return [*lines[: row - 1], ",".join(fields), *lines[row:]]


def everywhere(lines: list[str], column: str, value: str) -> list[str]:
    """The lines with one value in every row of a column."""
    for row in range(1, len(lines) + 1):
        lines = changed(lines, row, column, value)
    return lines


def write(folder: Path, training: list[str], test: list[str], header: str = HEADER) -> None:
    """Folders `training` and `test`, with a file each."""
    write_rows(folder / "training", training, header)
    write_rows(folder / "test", test, header)


def judged(
    folder: Path,
    expected: Any = None,
    features: Any = None,
    slices: tuple[str, ...] = (),
    **options: Any,
) -> Any:
    """report.json of the data in `folder`."""
    import json

    parts = {"test": folder / "test", "test_fraction": None, **options}
    validate(
        Needs(Features.from_json(features or FEATURES), slices=slices),
        Expectations.from_json(EXPECTED if expected is None else expected),
        folder / "training",
        output=folder,
        **parts,
    )
    return json.loads((folder / "validation" / "report.json").read_text(encoding="utf-8"))


def said(report: Any) -> list[str]:
    """Each broken expectation in a line: `training age: at most 120`."""
    lines = []
    for violation in report["violations"]:
        place = [violation["part"], violation["column"]]
        lines.append(f"{' '.join(filter(None, place))}: {violation['expectation']}")
    return lines


def read(folder: Path, *numbers: str) -> Part:
    """The rows of a folder as they are judged."""
    return read_part("training", folder, lambda column: column in numbers)
