"""What is lost when a column tells nothing any more: its values shuffled, or put by others'.

https://scikit-learn.org/stable/modules/permutation_importance.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jobs.explanation.columns import Columns

SEED = 0
REPEATS = 5
# Rows whose values stand in, one after the other, for the one that is explained.
BACKGROUND = 50

Measure = Callable[[np.ndarray, np.ndarray], float]

MEANING = (
    "How much the model's {metric} falls on {rows:,} test rows when the values of one column are "
    "shuffled among them; the line is how far {repeats} shuffles differ. Columns that tell the "
    "same share their importance out."
)
OF_ROW = (
    "For each value: what the score would lose, on average, if some other row's stood there. These "
    "effects do not add up to the score: columns work together."
)


def explain(
    columns: Columns, matrix: np.ndarray, labels: np.ndarray, chosen: np.ndarray
) -> dict[str, Any]:
    """Importances on all rows of `matrix`, and the effects of the values of the `chosen` ones.

    Args:
        matrix: ordinal, shape (rows, columns).
        labels: shape (rows,).
        chosen: ordinal matrix of the rows to be explained one by one.
    """
    metric, measure = _measure(columns, labels)
    lost = _lost(columns, matrix, labels, measure)
    importances = [
        {
            "column": name,
            "value": float(mean),
            "interval": [float(mean - 2 * deviation), float(mean + 2 * deviation)],
        }
        for name, mean, deviation in zip(
            columns.names, lost.mean(axis=1), lost.std(axis=1), strict=True
        )
    ]
    regression = columns.model.task == "regression"
    return {
        "method": "permutation",
        "meaning": MEANING.format(metric=metric, rows=len(labels), repeats=REPEATS),
        "of_row": OF_ROW,
        "unit": "prediction" if regression else "score",
        "additive": False,
        "importances": importances,
        "effects": _effects(columns, matrix, chosen),
        "bases": [None] * len(chosen),
    }


def _measure(columns: Columns, labels: np.ndarray) -> tuple[str, Measure]:
    """The metric's name, and itself, of labels and scores: the larger, the better."""
    from sklearn import metrics

    if columns.model.task == "regression":
        return "R²", metrics.r2_score
    if labels.min() != labels.max():
        return "ROC AUC", metrics.roc_auc_score
    # There is no order to lose in rows of one class.
    return "Brier score (times −1)", lambda y, s: -float(np.mean((s - y) ** 2))


def _lost(columns: Columns, matrix: np.ndarray, labels: np.ndarray, measure: Measure) -> np.ndarray:
    """What the measure loses by each shuffle of each column, shape (columns, shuffles).

    As scikit-learn's permutation_importance, but many shuffles are scored at once: that is several
    times as fast. All columns are shuffled alike.
    """
    chance = np.random.default_rng(SEED)
    orders = [chance.permutation(len(matrix)) for _ in range(REPEATS)]

    def shuffled() -> Iterator[np.ndarray]:
        for place in range(matrix.shape[1]):
            for order in orders:
                changed = matrix.copy()
                changed[:, place] = matrix[order, place]
                yield changed

    whole = measure(labels, columns.score(matrix))
    left = [measure(labels, scores) for scores in columns.scores_of(shuffled())]
    return whole - np.array(left).reshape(matrix.shape[1], REPEATS)


def _effects(columns: Columns, matrix: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Score minus mean score with others' values, shape (chosen, columns)."""
    if not len(chosen):
        return np.zeros(chosen.shape)
    places = np.unique(np.linspace(0, len(matrix) - 1, BACKGROUND).round().astype(int))
    background = matrix[places]

    def replaced() -> Iterator[np.ndarray]:
        for place in range(chosen.shape[1]):
            changed = np.repeat(chosen, len(background), axis=0)
            changed[:, place] = np.tile(background[:, place], len(chosen))
            yield changed

    without = [
        scores.reshape(len(chosen), len(background)).mean(axis=1)
        for scores in columns.scores_of(replaced())
    ]
    effects: np.ndarray = columns.score(chosen)[:, np.newaxis] - np.column_stack(without)
    return effects
