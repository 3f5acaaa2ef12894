"""Two classes: scores and labels to metrics, curves and tables that are safe for JSON.

Metrics and curves are scikit-learn's own. `Weighted` has the same metrics for rows that count
several times, or not at all: what a bootstrap measures hundreds of times.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# In the order of `Weighted`'s answers. The last three are not for gates: they compare groups.
METRICS = (
    "roc_auc",
    "error",
    "accuracy",
    "average_precision",
    "precision",
    "recall",
    "f1",
    "log_loss",
    "brier",
)
GROUP_METRICS = ("positive_share", "selection_rate", "false_positive_rate")
# Points of a curve that are kept: more than a screen shows.
POINTS = 400
# Rows of the table of thresholds, bars of the histogram, points of the calibration curve.
THRESHOLDS = tuple(round(0.05 * n, 2) for n in range(1, 20))
BARS = 40
CALIBRATION_BINS = 10


def metrics(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, float | None]:
    """Every metric that a gate can name; None where one is undefined.

    Args:
        labels: shape (rows,), 0 or 1.
        scores: shape (rows,), the probability of 1.
        threshold: a row is predicted 1 if its score is above this.
    """
    from sklearn import metrics as sk

    (tn, fp), (fn, tp) = confusion(labels, scores, threshold)
    both = bool(labels.min() != labels.max())
    values = {
        "roc_auc": sk.roc_auc_score(labels, scores) if both else math.nan,
        "error": (fp + fn) / len(labels),
        "accuracy": (tp + tn) / len(labels),
        "average_precision": sk.average_precision_score(labels, scores) if both else math.nan,
        "precision": tp / (tp + fp) if tp + fp else math.nan,
        "recall": tp / (tp + fn) if tp + fn else math.nan,
        "f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else math.nan,
        "log_loss": sk.log_loss(labels, scores, labels=[0, 1]),
        "brier": float(np.mean((scores - labels) ** 2)),
    }
    return {name: float(v) if math.isfinite(v) else None for name, v in values.items()}


class Weighted:
    """The metrics of the same rows under any weights, sorted once for all of them."""

    names = METRICS + GROUP_METRICS

    def __init__(self, labels: np.ndarray, scores: np.ndarray, threshold: float) -> None:
        """Prepare rows: labels 0 or 1, scores the probability of 1, both of shape (rows,)."""
        self._sort(labels, scores)
        self._positive = labels.astype(np.float64)
        self._predicted = (scores > threshold).astype(np.float64)
        self._both = self._positive * self._predicted
        # As scikit-learn clips a score before its logarithm is taken.
        clipped = np.clip(scores, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
        self._surprise = -np.log(np.where(labels == 1, clipped, 1 - clipped))
        self._distance = (scores - labels) ** 2

    def _sort(self, labels: np.ndarray, scores: np.ndarray) -> None:
        """The rows by falling score, and for each positive one the rows of the same score.

        Rows of one score share a point of the curves: `first` and `last` are the places of the
        outermost; `before` and `through` count the positives up to the one and with the other.
        """
        self._order = np.argsort(-scores, kind="stable")
        ordered = scores[self._order]
        starts = np.flatnonzero(np.append(True, np.diff(ordered) != 0))
        ends = np.append(starts[1:] - 1, len(ordered) - 1)
        self._places = np.flatnonzero(labels[self._order])
        group = np.searchsorted(starts, self._places, side="right") - 1
        self._first, self._last = starts[group], ends[group]
        self._before = np.searchsorted(self._places, self._first, side="left")
        self._through = np.searchsorted(self._places, self._last, side="right")

    def __call__(self, weights: np.ndarray) -> np.ndarray:
        """The metrics in the order of `names`, NaN where undefined.

        Args:
            weights: shape (rows,), float64: how often each row counts.
        """
        total = float(weights.sum())
        if total == 0:
            return np.full(len(self.names), math.nan)
        positives = float(weights @ self._positive)
        predicted = float(weights @ self._predicted)
        tp = float(weights @ self._both)
        wrong = positives + predicted - 2 * tp
        auc, precision = self._areas(weights, positives, total - positives)
        values = (
            auc,
            wrong / total,
            1 - wrong / total,
            precision,
            _ratio(tp, predicted),
            _ratio(tp, positives),
            _ratio(2 * tp, positives + predicted),
            float(weights @ self._surprise) / total,
            float(weights @ self._distance) / total,
            positives / total,
            predicted / total,
            _ratio(predicted - tp, total - positives),
        )
        return np.array(values)

    def _areas(self, weights: np.ndarray, positives: float, negatives: float) -> tuple[float, ...]:
        """The areas under the ROC and the precision-recall curve (the latter by steps)."""
        if positives == 0 or negatives == 0:
            return math.nan, math.nan
        ordered = weights[self._order]
        own = ordered[self._places]
        above = np.append(0.0, np.cumsum(ordered))
        true = np.append(0.0, np.cumsum(own))
        above_last, true_last = above[self._last + 1], true[self._through]
        # A positive row beats the negatives below it, and half of those beside it.
        false = above_last - true_last + above[self._first] - true[self._before]
        auc = float(own @ (negatives - false / 2)) / (positives * negatives)
        precision = np.divide(true_last, above_last, out=np.zeros_like(own), where=above_last > 0)
        return auc, float(own @ precision) / positives


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def confusion(labels: np.ndarray, scores: np.ndarray, threshold: float) -> list[list[int]]:
    """Rows by label and prediction: [[true 0, false 1], [false 0, true 1]]."""
    predictions = scores > threshold
    counts = np.bincount(2 * labels.astype(int) + predictions, minlength=4).tolist()
    return [counts[:2], counts[2:]]


def roc(labels: np.ndarray, scores: np.ndarray) -> dict[str, list[float | None]] | None:
    """The ROC curve, at most `POINTS` points from (0, 0) to (1, 1); None with one class."""
    from sklearn.metrics import roc_curve

    if labels.min() == labels.max():
        return None
    x, y, thresholds = roc_curve(labels, scores)
    names = ("false_positive_rate", "true_positive_rate", "threshold")
    return _curve(names, x, y, thresholds)


def precision_recall(
    labels: np.ndarray, scores: np.ndarray
) -> dict[str, list[float | None]] | None:
    """The precision-recall curve by rising recall, at most `POINTS` points; None with one class."""
    from sklearn.metrics import precision_recall_curve

    if labels.min() == labels.max():
        return None
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    # The last point (no row predicted) has no threshold of its own.
    thresholds = np.append(thresholds, np.inf)
    names = ("recall", "precision", "threshold")
    return _curve(names, recall[::-1], precision[::-1], thresholds[::-1])


def _curve(
    names: tuple[str, str, str], x: np.ndarray, y: np.ndarray, thresholds: np.ndarray
) -> dict[str, list[float | None]]:
    kept = thin(x, y)
    columns = (x[kept], y[kept], thresholds[kept])
    return {
        name: [float(v) if math.isfinite(v) else None for v in column]
        for name, column in zip(names, columns, strict=True)
    }


def thin(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> np.ndarray:
    """The indices of at most `points` points, evenly spaced along the curve, both ends included.

    >>> thin(np.array([0.0, 0.1, 0.2, 0.3, 1.0]), np.zeros(5), points=3).tolist()
    [0, 4]
    """
    if len(x) <= points:
        return np.arange(len(x))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    wanted = np.linspace(0.0, along[-1], points)
    kept = np.searchsorted(along, wanted)
    kept[-1] = len(x) - 1
    return np.unique(kept)


def calibration(labels: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
    """Whether a score of 0.8 means four times out of five.

    Rows are cut into bins by quantiles of their scores; a score is never in two bins. `error` is
    the expected calibration error: the mean distance of score and share, weighted by rows.
    Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
    AAAI 2015; there with bins of equal width, which few rows at high scores leave empty.
    """
    shares = np.linspace(0, 1, CALIBRATION_BINS + 1)[1:-1]
    # Of a rare class most scores are near 0: half of the bins are of equal sums of scores.
    ordered = np.sort(scores)
    sums = np.cumsum(ordered)
    places = np.searchsorted(sums, shares[1::2] * sums[-1]).clip(max=len(ordered) - 1)
    edges = np.unique([*np.quantile(scores, shares[::2]), *ordered[places]])
    bins = np.searchsorted(edges, scores, side="right")
    count = len(edges) + 1
    rows = np.bincount(bins, minlength=count)
    there = rows > 0
    rows = rows[there]
    score = np.bincount(bins, scores, count)[there] / rows
    share = np.bincount(bins, labels, count)[there] / rows
    return {
        "error": float(rows @ np.abs(score - share) / len(labels)),
        "bins": [
            {"rows": int(n), "score": float(s), "share": float(p)}
            for n, s, p in zip(rows, score, share, strict=True)
        ],
    }


def thresholds(labels: np.ndarray, scores: np.ndarray, threshold: float) -> list[dict[str, Any]]:
    """What each threshold would do, by rising threshold; with the one in use, and the best by F1.

    The best is the best on these very rows: a threshold chosen on test rows flatters the model.
    """
    order = np.argsort(-scores, kind="stable")
    ordered, positives = scores[order], np.cumsum(labels[order])
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    f1 = 2 * positives[ends] / (ends + 1 + positives[-1])
    best = int(np.argmax(f1))
    # Above a threshold halfway to the next score lie the same rows as above the score itself.
    below = ordered[ends[best + 1]] if best + 1 < len(ends) else 0.0
    at_best = float((ordered[ends[best]] + below) / 2)
    wanted = {*THRESHOLDS, threshold, at_best}
    lines = []
    for value in sorted(wanted):
        (tn, fp), (fn, tp) = confusion(labels, scores, value)
        lines.append(
            {
                "threshold": value,
                "used": value == threshold,
                "best_f1": value == at_best,
                "predicted": tp + fp,
                "precision": tp / (tp + fp) if tp + fp else None,
                "recall": tp / (tp + fn) if tp + fn else None,
                "f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None,
                "error": (fp + fn) / (tp + tn + fp + fn),
            }
        )
    return lines


def histogram(labels: np.ndarray, scores: np.ndarray) -> list[list[int]]:
    """The rows of each class (0, then 1) by their score, in bars of equal width from 0 to 1."""
    return [
        np.histogram(scores[labels == label], bins=BARS, range=(0, 1))[0].tolist()
        for label in (0, 1)
    ]


def summarise(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, Any]:
    """Metrics, confusion matrix, curves and tables: what `evaluation.json` and the report show."""
    return {
        "task": "classification",
        "rows": len(labels),
        "positives": int(labels.sum()),
        "threshold": threshold,
        "metrics": metrics(labels, scores, threshold),
        "confusion_matrix": confusion(labels, scores, threshold),
        "roc": roc(labels, scores),
        "precision_recall": precision_recall(labels, scores),
        "calibration": calibration(labels, scores),
        "thresholds": thresholds(labels, scores, threshold),
        "histogram": histogram(labels, scores),
    }
