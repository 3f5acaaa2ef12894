"""The models that one file of data had a part in.

The registry has one digest of all the files that a model was trained or tested on; which those
were is in the document that Preprocess wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelines.execution.lineage import ROLES, Match
from pipelines.execution.model_files import Unreadable, read_document
from pipelines.execution.registry import Registered


def holding(models: Iterable[Registered], s3: Any, sha256: str) -> list[Match]:
    """The models whose data have a file of this digest. A document that is gone says nothing.

    Raises:
        AwsError
    """
    # Many models were made from the same data: each of those is asked about once.
    known: dict[tuple[str, str], tuple[str, ...]] = {}
    found = []
    for model in models:
        key = (model.get("training_sha256"), model.get("test_sha256"))
        if key not in known:
            known[key] = _roles(model, s3, sha256)
        if known[key]:
            found.append(Match(model, known[key]))
    return found


def _roles(model: Registered, s3: Any, sha256: str) -> tuple[str, ...]:
    if not model.data:
        return ()
    try:
        described = read_document(s3, model.data).get("data") or {}
    except Unreadable:
        return ()
    return tuple(
        ROLES[f"{role}_data"]
        for role in ("training", "test")
        if any(file["sha256"] == sha256 for file in (described.get(role) or {}).get("files", []))
    )
