"""Scores and labels to metrics and curves; scikit-learn's own functions, made safe for JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# Points of a curve that are kept: more than a screen shows.
POINTS = 400


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


def summarise(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, Any]:
    """Metrics, confusion matrix and curves: what `evaluation.json` and the report show."""
    return {
        "rows": len(labels),
        "positives": int(labels.sum()),
        "threshold": threshold,
        "metrics": metrics(labels, scores, threshold),
        "confusion_matrix": confusion(labels, scores, threshold),
        "roc": roc(labels, scores),
        "precision_recall": precision_recall(labels, scores),
    }
