"""The champion, the approved model, on the rows that the new model is tested on.

It comes with a preprocessor of its own, so that it starts from the raw rows; it is never skipped in
silence: a champion that cannot be scored is a result, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jobs import model
from jobs.evaluation import bootstrap
from jobs.evaluation.bootstrap import Interval
from jobs.evaluation.measures import Measure, better
from preprocessing.errors import DataError
from preprocessing.features import ROW
from preprocessing.reading import Source
from preprocessing.transforming import transform_files

# What stands in place of a digest: there is no champion, or nobody recorded its digest.
NONE, UNKNOWN = "none", "unknown"


@dataclass(frozen=True)
class Champion:
    """The champion's scores.

    Attributes:
        sha256: of its archive.
        positions: shape (scored,): which of the tested rows it could read.
        scores: shape (scored,).
        kind: how its scores are measured: with a threshold of its own.
    """

    sha256: str
    positions: np.ndarray
    scores: np.ndarray
    kind: Measure


@dataclass(frozen=True)
class Comparison:
    """The new model beside the champion, on the rows that both could read.

    Attributes:
        metric: its name.
        value: the new model's.
        champions: the champion's.
        difference: positive if the new model is better; None where one has no value.
        interval: of the difference; None without resamples.
        rows: on how many.
        unread: tested rows that the champion could not read.
        error: why there is no comparison, and what to do; everything else is None or 0 then.
    """

    sha256: str
    metric: str
    value: float | None = None
    champions: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    rows: int = 0
    unread: int = 0
    error: str = ""


def score(folder: Path, sha256: str, raw: Path, numbers: np.ndarray, new: model.Model) -> Champion:
    """Score the tested rows with the champion.

    Args:
        folder: holds the champion's archive.
        sha256: the archive's digest, checked before it is opened.
        raw: folder of the raw rows.
        numbers: of the rows that are tested, ascending.
        new: the new model, whose label must be the champion's.

    Raises:
        DataError: it is not the expected archive, cannot be loaded here, predicts something else,
            or can read none of the rows.
    """
    champion = _load(folder, sha256)
    _check_label(champion, new)
    positions, scores = [], []
    for codes, _ in transform_files(champion.tables, Source.find(raw), labelled=False):
        rows = codes.column(ROW).to_numpy()
        places = np.searchsorted(numbers, rows)
        tested = np.isin(rows, numbers)
        if tested.any():
            positions.append(places[tested])
            scores.append(champion.score(codes.filter(_mask(tested))))
    if not positions:
        raise DataError("it can read none of the test rows")
    kind = Measure(new.task, champion.threshold)
    return Champion(sha256, np.concatenate(positions), np.concatenate(scores), kind)


def compare(
    champion: Champion,
    kind: Measure,
    metric: str,
    labels: np.ndarray,
    scores: np.ndarray,
    resamples: int,
    confidence: float,
) -> Comparison:
    """Both models by one metric, and the interval of their difference on the same resamples."""
    rows = champion.positions
    place = kind.names.index(metric)
    ours = kind.weighted(labels[rows], scores[rows])
    theirs = champion.kind.weighted(labels[rows], champion.scores)
    once = np.ones(len(rows))
    value, other = float(ours(once)[place]), float(theirs(once)[place])
    if not (np.isfinite(value) and np.isfinite(other)):
        return Comparison(
            champion.sha256,
            metric,
            bootstrap.number(value),
            bootstrap.number(other),
            rows=len(rows),
            unread=len(labels) - len(rows),
        )
    sampled = np.array(
        [
            better(metric, float(ours(weights)[place]), than=float(theirs(weights)[place]))
            for weights in bootstrap.resamples(len(rows), resamples)
        ]
    )
    return Comparison(
        champion.sha256,
        metric,
        value,
        other,
        better(metric, value, than=other),
        bootstrap.interval(sampled, confidence),
        len(rows),
        len(labels) - len(rows),
    )


def _load(folder: Path, sha256: str) -> model.Model:
    """The champion's model.

    Raises:
        DataError: whatever it is that keeps it from being loaded.
    """
    if sha256 == UNKNOWN:
        raise DataError("its registry entry does not say what its digest is")
    try:
        return model.load(folder, sha256)
    except (DataError, MemoryError):
        raise
    except Exception as error:
        # Unpickling another model's classes can fail in any way: a package of another version, or
        # one that is not here.
        raise DataError(f"{type(error).__name__}: {error}") from error


def _check_label(champion: model.Model, new: model.Model) -> None:
    ours: Any = new.manifest["label"]
    theirs: Any = champion.manifest["label"]
    if ours != theirs:
        raise DataError(f"it predicts {_words(theirs)}, and the new model {_words(ours)}")


def _words(label: Any) -> str:
    values = label.get("values")
    return repr(label["column"]) + (f" ({' or '.join(values)})" if values else " (a number)")


def _mask(chosen: np.ndarray) -> Any:
    import pyarrow as pa

    return pa.array(chosen)
