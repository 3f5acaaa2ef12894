"""The fitted tables as a document that people can read: `preprocessor.json`.

It carries its own sha256, of its canonical text (sorted keys, no spaces) without the digest.
Numbers are written so that they read back as the same float64. The same rows in the same order and
the same features give the same bytes: there is no date, path, version or hash order in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from preprocessing.errors import DataError, DocumentError
from preprocessing.features import Features
from preprocessing.tables import Binned, Categorical, Label, Numeric, Tables

FORMAT = "preprocessor"
VERSION = 1


def to_text(tables: Tables) -> str:
    """The document."""
    body = {
        "rows": tables.rows,
        "label": asdict(tables.label),
        "numeric": {name: asdict(table) for name, table in tables.numeric.items()},
        "binned": {name: asdict(table) for name, table in tables.binned.items()},
        "categorical": {name: _categorical(table) for name, table in tables.categorical.items()},
        "features": tables.features.to_json(),
    }
    document = {"format": FORMAT, "version": VERSION, "sha256": "", **body}
    document["sha256"] = _digest(document)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_text(text: str, source: str = "preprocessor.json") -> tuple[Tables, str]:
    """Read the document: the tables, and its digest.

    Raises:
        DocumentError: not such a document, of another version, or changed since it was written.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(f"{source} is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise DocumentError(f"{source} is not a fitted preprocessor (its format is not {FORMAT!r})")
    if document.get("version") != VERSION:
        raise DocumentError(
            f"{source} has version {document.get('version')!r}, this code reads version {VERSION}; "
            "train again, or use the code that trained"
        )
    digest = document.get("sha256")
    if digest != _digest(document):
        raise DocumentError(
            f"{source} was changed after it was written: its digest does not match; train again"
        )
    try:
        return _tables(document), str(digest)
    except (KeyError, TypeError, ValueError, AttributeError, DataError) as error:
        raise DocumentError(f"{source} lacks a part or has one too many: {error}") from error


def load(path: Path) -> tuple[Tables, str]:
    """Read the document from a file; see `from_text`."""
    try:
        return from_text(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path} cannot be read: {error}") from error


def _digest(document: Mapping[str, Any]) -> str:
    body = {key: value for key, value in document.items() if key != "sha256"}
    # The order of columns is the order of features, so it is part of what is digested.
    body["order"] = [[*body.get(part, ())] for part in ("numeric", "binned", "categorical")]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _categorical(table: Categorical) -> dict[str, Any]:
    categories = dict(zip(table.values, table.counts, strict=True))
    return {"categories": categories, "missing": table.missing, "other": table.other}


def _tables(document: Mapping[str, Any]) -> Tables:
    known = {"format", "version", "sha256", "rows", "label", "features"}
    unknown = set(document) - known - {"numeric", "binned", "categorical"}
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    return Tables(
        Features.from_json(document["features"]),
        int(document["rows"]),
        Label(**document["label"]),
        {name: Numeric(**table) for name, table in document["numeric"].items()},
        {
            name: Binned(**{**table, "edges": tuple(map(float, table["edges"]))})
            for name, table in document["binned"].items()
        },
        {
            name: Categorical(
                tuple(table["categories"]),
                tuple(table["categories"].values()),
                table["missing"],
                table["other"],
            )
            for name, table in document["categorical"].items()
        },
    )
