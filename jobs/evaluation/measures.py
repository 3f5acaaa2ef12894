"""The two kinds of label behind one interface: what a metric is called, and which way is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.evaluation import classification, regression

LOWER_IS_BETTER = frozenset({"error", "log_loss", "brier", "rmse", "mae", "median_absolute_error"})


@dataclass(frozen=True)
class Measure:
    """How the scores of one model are measured.

    Attributes:
        task: `classification` or `regression`.
        threshold: of a classification: a row is predicted positive if its score is above this.
    """

    task: str
    threshold: float | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that a gate can name."""
        return classification.METRICS if self.threshold is not None else regression.METRICS

    @property
    def names(self) -> tuple[str, ...]:
        """What `weighted` answers, in its order: the metrics, and those that compare groups."""
        kind = classification if self.threshold is not None else regression
        names: tuple[str, ...] = kind.Weighted.names
        return names

    @property
    def main(self) -> str:
        """The metric that speaks for a model unless a gate names another."""
        return "roc_auc" if self.threshold is not None else "rmse"

    def weighted(
        self, labels: np.ndarray, scores: np.ndarray
    ) -> Callable[[np.ndarray], np.ndarray]:
        """From weights, shape (rows,), to the values of `names`."""
        if self.threshold is not None:
            return classification.Weighted(labels, scores, self.threshold)
        return regression.Weighted(labels, scores)

    def summarise(self, labels: np.ndarray, scores: np.ndarray) -> dict[str, Any]:
        """Metrics, curves and tables of all rows."""
        if self.threshold is not None:
            return classification.summarise(labels, scores, self.threshold)
        return regression.summarise(labels, scores)


def better(metric: str, value: float, than: float) -> float:
    """By how much `value` is better; negative if it is worse.

    >>> better("error", 0.25, than=0.5), better("r2", 0.25, than=0.5)
    (0.25, -0.25)
    """
    return than - value if metric in LOWER_IS_BETTER else value - than
