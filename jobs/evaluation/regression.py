"""A label that is a number: predictions and labels to metrics, residuals and pictures' points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# In the order of `Weighted`'s answers. The last two are not for gates: they compare groups.
METRICS = ("r2", "rmse", "mae", "median_absolute_error")
GROUP_METRICS = ("mean_label", "bias")
# Points that a picture shows, and bars of the histogram.
POINTS = 600
BARS = 40
DECILES = 10


def metrics(labels: np.ndarray, predictions: np.ndarray) -> dict[str, float | None]:
    """Every metric that a gate can name; None where one is undefined.

    Args:
        labels: shape (rows,), in the label's unit.
        predictions: shape (rows,), in the same.
    """
    from sklearn import metrics as sk

    # Of constant labels scikit-learn says 0 or 1; where nothing varies, nothing is explained.
    varies = len(labels) > 1 and bool(labels.min() != labels.max())
    values = {
        "r2": sk.r2_score(labels, predictions) if varies else math.nan,
        "rmse": math.sqrt(sk.mean_squared_error(labels, predictions)),
        "mae": sk.mean_absolute_error(labels, predictions),
        "median_absolute_error": sk.median_absolute_error(labels, predictions),
    }
    return {name: float(v) if math.isfinite(v) else None for name, v in values.items()}


class Weighted:
    """The metrics of the same rows under any weights, sorted once for all of them."""

    names = METRICS + GROUP_METRICS

    def __init__(self, labels: np.ndarray, predictions: np.ndarray) -> None:
        """Prepare rows: labels and predictions, both of shape (rows,), in the label's unit."""
        self._labels = labels.astype(np.float64)
        self._residuals = predictions - labels
        self._squares = self._residuals**2
        distances = np.abs(self._residuals)
        self._order = np.argsort(distances, kind="stable")
        self._distances = distances
        self._ordered = distances[self._order]
        # Labels are taken from near their middle: squares of large ones would lose their digits.
        self._from_middle = self._labels - self._labels.mean()

    def __call__(self, weights: np.ndarray) -> np.ndarray:
        """The metrics in the order of `names`, NaN where undefined.

        Args:
            weights: shape (rows,), float64, whole numbers: how often each row counts.
        """
        total = float(weights.sum())
        if total == 0:
            return np.full(len(self.names), math.nan)
        squares = float(weights @ self._squares)
        mean = float(weights @ self._from_middle) / total
        around = float(weights @ (self._from_middle - mean) ** 2)
        passed = np.cumsum(weights[self._order])
        # The median of an even number of rows is halfway between the two in the middle.
        middle = np.searchsorted(passed, [(total - 1) // 2, total // 2], side="right")
        values = (
            1 - squares / around if around > 0 else math.nan,
            math.sqrt(squares / total),
            float(weights @ self._distances) / total,
            float(self._ordered[middle].mean()),
            float(weights @ self._labels) / total,
            float(weights @ self._residuals) / total,
        )
        return np.array(values)


def points(labels: np.ndarray, predictions: np.ndarray) -> list[list[float]]:
    """Label and prediction of at most `POINTS` rows, evenly spaced through the test rows."""
    kept = np.unique(np.linspace(0, len(labels) - 1, POINTS).round().astype(int))
    pairs: list[list[float]] = np.column_stack([labels[kept], predictions[kept]]).tolist()
    return pairs


def residuals(labels: np.ndarray, predictions: np.ndarray) -> dict[str, Any]:
    """Prediction minus label: a histogram of all but the outermost percent, and the tails' rows."""
    values = predictions - labels
    low, high = np.quantile(values, [0.005, 0.995]).tolist()
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(values, bins=BARS, range=(low, high))
    return {
        "edges": edges.tolist(),
        "rows": counts.tolist(),
        "below": int((values < low).sum()),
        "above": int((values > high).sum()),
    }


def by_prediction(labels: np.ndarray, predictions: np.ndarray) -> list[dict[str, Any]]:
    """Rows in ten parts by their prediction: where the model is too high, and where too low."""
    edges = np.unique(np.quantile(predictions, np.linspace(0, 1, DECILES + 1)[1:-1]))
    parts = np.searchsorted(edges, predictions, side="right")
    lines = []
    for part in np.unique(parts):
        inside = parts == part
        lines.append(
            {
                "rows": int(inside.sum()),
                "prediction": float(predictions[inside].mean()),
                "label": float(labels[inside].mean()),
                "mae": float(np.abs(predictions[inside] - labels[inside]).mean()),
            }
        )
    return lines


def summarise(labels: np.ndarray, predictions: np.ndarray) -> dict[str, Any]:
    """Metrics, residuals and points: what `evaluation.json` and the report show."""
    return {
        "task": "regression",
        "rows": len(labels),
        "threshold": None,
        "mean_label": float(labels.mean()),
        "label_deviation": float(labels.std()),
        "metrics": metrics(labels, predictions),
        "points": points(labels, predictions),
        "residuals": residuals(labels, predictions),
        "by_prediction": by_prediction(labels, predictions),
    }
