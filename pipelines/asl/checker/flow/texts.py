"""Whether a text of which parts are known can be what a service asks for."""

from __future__ import annotations

import re
from collections.abc import Collection

from pipelines.asl.checker.flow import patterns
from pipelines.asl.checker.flow.values.types import Pieces
from pipelines.asl.checker.requests.texts import is_placeholder


def can_match(pattern: str, pieces: Pieces) -> bool:
    """Whether a text of these pieces can match the whole pattern; one that only stands for
    another text can.

    >>> can_match("[a-z-]+", ("job-", None)), can_match("[a-z-]+", ("job(", None))
    (True, False)
    """
    return patterns.can_match(pattern, pieces) or _stands_for_another(pieces)


def can_be(texts: Collection[str], pieces: Pieces) -> bool:
    """Whether it can be one of these texts.

    >>> can_be(["ml.m5.large"], ("ml.", None)), can_be(["ml.m5.large"], (None, ".xlarge"))
    (True, False)
    """
    if _stands_for_another(pieces):
        return True
    form = "".join(".*" if piece is None else re.escape(piece) for piece in pieces)
    return any(re.fullmatch(form, text, re.DOTALL) for text in texts)


def _stands_for_another(pieces: Pieces) -> bool:
    return any(piece is not None and is_placeholder(piece) for piece in pieces)
