"""What a training job says while it runs, in the form that SageMaker reads metrics from.

A metric is `<channel>:<name>=<value>;`, several to a line; a MetricDefinition reads one with a
regular expression such as `validation:roc_auc=([0-9.eE+-]+);`. An undefined metric is not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.algorithms.watch import Scorer
from jobs.checkpoints import Checkpoints
from jobs.evaluation import classification, regression
from jobs.matrices import Rows
from jobs.program import log
from preprocessing.features import Task

# Training rows that progress is measured on, evenly chosen: enough for a curve, and soon scored.
SAMPLE = 10_000
# What is said of them: what the algorithms make small, or nearly.
LOSS = {"classification": "log_loss", "regression": "rmse"}


def measure(
    task: Task, labels: np.ndarray, scores: np.ndarray, threshold: float
) -> dict[str, float | None]:
    """Every metric of a task; None where one is undefined."""
    if task == "regression":
        return regression.metrics(labels, scores)
    return classification.metrics(labels, scores, threshold)


def metrics_line(channel: str, metrics: Mapping[str, float | None]) -> str:
    """The metrics of a channel (`train`, `validation`) in one line.

    >>> metrics_line("validation", {"roc_auc": 0.9512, "f1": None, "error": 0.25})
    'validation:roc_auc=0.9512; validation:error=0.25;'
    """
    said = {name: value for name, value in metrics.items() if value is not None}
    return " ".join(f"{channel}:{name}={value:.10g};" for name, value in said.items())


class Progress:
    """The `Watch` of a training job: tells the log, and keeps checkpoints.

    Attributes:
        validation: rows that are held out, if any are.
    """

    def __init__(
        self,
        task: Task,
        training: Rows,
        validation: Rows | None,
        threshold: float,
        checkpoints: Checkpoints | None,
    ) -> None:
        chosen = np.unique(
            np.linspace(0, len(training.labels) - 1, min(SAMPLE, len(training.labels))).astype(int)
        )
        self._task: Task = task
        self._sample = training.only(chosen)
        self._threshold = threshold
        self._checkpoints = checkpoints
        self.validation = validation

    @property
    def is_live(self) -> bool:
        return self.validation is not None or self._checkpoints is not None

    def resumed(self) -> tuple[int, Any] | None:
        return None if self._checkpoints is None else self._checkpoints.load()

    def reached(self, iterations: int, of: int, score: Scorer, state: Any = None) -> None:
        words = [f"[{iterations}/{of}]", self._loss(score)]
        if self.validation is not None:
            scores = np.asarray(score(self.validation.matrix))
            words.append(metrics_line("validation", self._metrics(self.validation, scores)))
        log(" ".join(words))
        if self._checkpoints is not None and state is not None:
            self._checkpoints.save(iterations, state)

    def finished(self, score: Scorer) -> dict[str, float | None] | None:
        """Say what has been reached in the end; the metrics on the rows that were held out."""
        log(self._loss(score))
        if self.validation is None:
            return None
        metrics = self._metrics(self.validation, np.asarray(score(self.validation.matrix)))
        log(metrics_line("validation", metrics))
        return metrics

    def _loss(self, score: Scorer) -> str:
        metrics = self._metrics(self._sample, np.asarray(score(self._sample.matrix)))
        loss = LOSS[self._task]
        return metrics_line("train", {loss: metrics[loss]})

    def _metrics(self, rows: Rows, scores: np.ndarray) -> dict[str, float | None]:
        return measure(self._task, rows.labels, scores, self._threshold)
