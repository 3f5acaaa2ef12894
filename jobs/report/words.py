"""Metrics and numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

MEANINGS = {
    "roc_auc": (
        "ROC AUC",
        "how often a positive row scores above a negative one; 0.5 is guessing",
    ),
    "error": ("Error", "share of rows predicted wrongly"),
    "accuracy": ("Accuracy", "share of rows predicted rightly"),
    "average_precision": ("Average precision", "area under the precision-recall curve"),
    "precision": ("Precision", "share of the rows predicted positive that are"),
    "recall": ("Recall", "share of the positive rows that are predicted so"),
    "f1": ("F1", "harmonic mean of precision and recall"),
    "log_loss": ("Log loss", "mean surprise at the label, in nats; less is better"),
    "brier": ("Brier score", "mean squared distance of score and label; less is better"),
    "positive_share": ("Positive", "share of the rows whose label is positive"),
    "selection_rate": ("Predicted positive", "share of the rows that are predicted positive"),
    "false_positive_rate": (
        "False positive rate",
        "share of the negative rows that are predicted positive",
    ),
    "r2": ("R²", "share of the label's variance that is predicted; 0 is the mean's"),
    "rmse": ("RMSE", "root of the mean squared error, in the label's unit"),
    "mae": ("MAE", "mean absolute error, in the label's unit"),
    "median_absolute_error": (
        "Median absolute error",
        "half of the rows are predicted at least so well, in the label's unit",
    ),
    "mean_label": ("Mean label", "in the label's unit"),
    "bias": ("Bias", "mean of prediction minus label: above 0 the model predicts too much"),
}
HEADLINES = {
    "classification": ("roc_auc", "error", "precision", "recall"),
    "regression": ("r2", "rmse", "mae", "median_absolute_error"),
}
PERCENT = frozenset(
    {
        "error",
        "accuracy",
        "precision",
        "recall",
        "positive_share",
        "selection_rate",
        "false_positive_rate",
    }
)


def name(metric: str) -> str:
    """A metric as people write it."""
    return MEANINGS[metric][0]


def shown(metric: str, value: float | None) -> str:
    """A metric's value.

    >>> shown("error", 0.0419), shown("roc_auc", 0.95591), shown("rmse", 412.345), shown("f1", None)
    ('4.19%', '0.9559', '412.3', 'undefined')
    """
    if value is None:
        return "undefined"
    if metric in PERCENT:
        return f"{value:.2%}"
    if abs(value) < 10:
        return f"{value:.4f}"
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def between(metric: str, interval: Sequence[float] | None) -> str:
    """An interval's bounds, or nothing.

    >>> between("error", [0.0405, 0.0432])
    '4.05% to 4.32%'
    """
    return "" if interval is None else " to ".join(shown(metric, value) for value in interval)
