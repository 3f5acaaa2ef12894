"""How to measure, and what a model must reach: `evaluation.json`, as the configuration gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.gate import Gate
from preprocessing.errors import DataError


@dataclass(frozen=True)
class Explanation:
    """The section `explanation`.

    Attributes:
        method: `permutation` or `shap`.
        rows: so many test rows are explained one by one.
        sample: so many are looked at for the whole.
    """

    method: str = "permutation"
    rows: int = 20
    sample: int = 2000


@dataclass(frozen=True)
class Settings:
    """The section `evaluation`, and its neighbours; the defaults are the configuration's own.

    Attributes:
        confidence: of the intervals.
        resamples: of the bootstrap; 0: no intervals.
        slices: columns of the raw rows; every metric is also given for each of their values.
        min_slice_rows: a group of fewer rows is counted and not measured.
        gate: None: nothing is decided.
    """

    confidence: float = 0.95
    resamples: int = 200
    slices: tuple[str, ...] = ()
    min_slice_rows: int = 30
    explanation: Explanation = Explanation()
    gate: Gate | None = None

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the document.

        Raises:
            DataError: it is not one, or the gate wants an interval where none is made.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            measured: Mapping[str, Any] = document["evaluation"]
            explanation = document.get("explanation")
            settings = cls(
                float(measured["confidence"]),
                int(measured["resamples"]),
                tuple(measured["slices"]),
                int(measured["min_slice_rows"]),
                Explanation() if explanation is None else _explanation(explanation),
                None if document.get("gate") is None else Gate.from_json(document["gate"]),
            )
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{path} is not an evaluation.json: {error!r}") from error
        if settings.gate is not None and settings.gate.interval and settings.resamples == 0:
            raise DataError(f"{path}: gate.champion.interval needs evaluation.resamples above 0")
        return settings


def _explanation(section: Mapping[str, Any]) -> Explanation:
    return Explanation(str(section["method"]), int(section["rows"]), int(section["sample"]))
