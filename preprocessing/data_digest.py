"""Which bytes a model was made of: the digests of the files that were read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from preprocessing.errors import DataError
from preprocessing.reading import Source


def describe(source: Source) -> dict[str, Any]:
    """The files of a source that has been read to its end, as a document.

    Each has its name below the source's folder, its digest, its size in bytes, and the number of
    its first row, so that a row can be found by its number. The digest of all of them is that of
    the names and digests, in the order of names: it says nothing of where the files lay.

    Raises:
        DataError: a file is gone.
    """
    listed, first = [], 1
    for path, (name, rows) in zip(source.paths, source.files, strict=True):
        digest, size = _file(path)
        listed.append(
            {"name": name, "sha256": digest, "bytes": size, "first_row": first, "rows": rows}
        )
        first += rows
    pairs = sorted([entry["name"], entry["sha256"]] for entry in listed)
    text = json.dumps(pairs, separators=(",", ":"), ensure_ascii=True)
    return {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "bytes": sum(entry["bytes"] for entry in listed),
        "files": listed,
    }


def _file(path: Path) -> tuple[str, int]:
    """SHA-256 in hexadecimal, and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest(), size
