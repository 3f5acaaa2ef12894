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

from preprocessing import derive
from preprocessing.derive import Derivation
from preprocessing.errors import DataError, DocumentError
from preprocessing.features import Features
from preprocessing.tables import Binned, Categorical, Label, NumberLabel, Numeric, Tables

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
        **({} if tables.derivation is None else {"derive": _derive(tables.derivation)}),
        "features": tables.features.to_json(),
    }
    document = {"format": FORMAT, "version": VERSION, "sha256": "", **body}
    document["sha256"] = _digest(document)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_text(
    text: str, source: str = "preprocessor.json", code: str | None = None
) -> tuple[Tables, str]:
    """Read the document: the tables, and its digest.

    Args:
        source: what the document is called in errors.
        code: derive.py, if columns are derived.

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
        return _tables(document, source, code), str(digest)
    except DocumentError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, DataError) as error:
        raise DocumentError(f"{source} lacks a part or has one too many: {error}") from error


def load(path: Path) -> tuple[Tables, str]:
    """Read the document from a file, with derive.py if that is beside it; see `from_text`."""
    beside = path.with_name(derive.FILE)
    try:
        code = beside.read_bytes().decode() if beside.is_file() else None
        return from_text(path.read_text(encoding="utf-8"), str(path), code)
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


def _derive(derivation: Derivation) -> dict[str, Any]:
    return {
        "sha256": derivation.sha256,
        "reads": dict(derivation.reads),
        "columns": dict(derivation.columns),
    }


def _derivation(document: Mapping[str, Any], source: str, code: str | None) -> Derivation | None:
    if "derive" not in document:
        return None
    entry = document["derive"]
    if code is None:
        raise DocumentError(f"{source}: {derive.FILE}, which it was fitted with, is not beside it")
    derivation = Derivation(code, dict(entry["reads"]), dict(entry["columns"]))
    if derivation.sha256 != entry["sha256"]:
        raise DocumentError(
            f"{source}: the {derive.FILE} beside it is not the one that it was fitted with; train "
            "again"
        )
    return derivation


def _tables(document: Mapping[str, Any], source: str, code: str | None) -> Tables:
    known = {"format", "version", "sha256", "rows", "label", "features", "derive"}
    unknown = set(document) - known - {"numeric", "binned", "categorical"}
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    return Tables(
        Features.from_json(document["features"]),
        int(document["rows"]),
        (Label if "positive" in document["label"] else NumberLabel)(**document["label"]),
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
        _derivation(document, source, code),
    )
