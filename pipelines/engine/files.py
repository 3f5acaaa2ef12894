"""Writing small files whole, and naming folders after what users name."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from pipelines.errors import EngineError

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


def write_json(path: Path, content: Any) -> None:
    """Put a JSON file in the place of another, or of none: a reader sees the one or the other."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(content), encoding="ascii")
    os.replace(new, path)


def read_json(path: Path) -> Any:
    """What `write_json` wrote.

    Raises:
        EngineError: the file holds something else.
    """
    try:
        return json.loads(path.read_text(encoding="ascii"))
    except ValueError as error:
        raise EngineError(
            f"{path} is damaged: {error}",
            hint="Remove its folder, or everything with `python -m pipelines local reset`.",
        ) from error


def folder_name(name: str) -> str:
    """A folder's name for any name: itself if it is plain, else what is plain of it and a digest.

    >>> folder_name("nightly-2026-11-21"), folder_name("..")
    ('nightly-2026-11-21', '~5ec1f7e7')
    """
    if _PLAIN.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name).strip('-')[:80]}~{digest}"
