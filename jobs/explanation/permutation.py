"""What is lost when a column tells nothing any more: its values shuffled, or put by others'.

https://scikit-learn.org/stable/modules/permutation_importance.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jobs.explanation.columns import Columns

SEED = 0
REPEATS = 5
# Rows whose values stand in, one after the other, for the one that is explained.
BACKGROUND = 50

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
    from sklearn.inspection import permutation_importance

    metric, scorer = _scorer(columns, labels)
    found = permutation_importance(
        columns.model.estimator,
        matrix,
        labels,
        scoring=scorer,
        n_repeats=REPEATS,
        random_state=SEED,
        n_jobs=1,
    )
    importances = [
        {
            "column": name,
            "value": float(mean),
            "interval": [float(mean - 2 * deviation), float(mean + 2 * deviation)],
        }
        for name, mean, deviation in zip(
            columns.names, found.importances_mean, found.importances_std, strict=True
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


def _scorer(columns: Columns, labels: np.ndarray) -> tuple[str, Any]:
    """The metric's name, and scikit-learn's form of it: of an estimator, rows and labels."""
    from sklearn import metrics

    measure: Any
    if columns.model.task == "regression":
        name, measure = "R²", metrics.r2_score
    elif labels.min() != labels.max():
        name, measure = "ROC AUC", metrics.roc_auc_score
    else:
        # There is no order to lose in rows of one class.
        name, measure = "Brier score (times −1)", lambda y, s: -float(np.mean((s - y) ** 2))
    return name, lambda estimator, rows, y: measure(y, columns.score(rows))


def _effects(columns: Columns, matrix: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Score minus mean score with others' values, shape (chosen, columns)."""
    effects = np.zeros(chosen.shape)
    places = np.unique(np.linspace(0, len(matrix) - 1, BACKGROUND).round().astype(int))
    background = matrix[places]
    scores = columns.score(chosen)
    for place in range(chosen.shape[1]):
        changed = np.repeat(chosen, len(background), axis=0)
        changed[:, place] = np.tile(background[:, place], len(chosen))
        without = columns.score(changed).reshape(len(chosen), len(background)).mean(axis=1)
        effects[:, place] = scores - without
    return effects
