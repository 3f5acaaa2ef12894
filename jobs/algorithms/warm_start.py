"""Fitting in stages with scikit-learn's `warm_start`: the same trees, in several calls of `fit`.

For histogram gradient boosting and forests the result is the same to the last bit as that of one
call: a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from jobs.algorithms.watch import Watch, stages


def fit_in_stages(
    estimator: Any, matrix: Any, labels: Any, watch: Watch, *, parameter: str, count: int
) -> Any:
    """Fit an estimator whose `parameter` is its number of iterations.

    Args:
        parameter: `max_iter`, `n_estimators`.
        count: of stages; some estimators begin each with work that they have done before.
    """
    total = estimator.get_params()[parameter]
    done, kept = watch.resumed() or (0, None)
    if kept is not None:
        estimator = kept
    estimator.set_params(warm_start=True)
    for end in stages(total, count, after=done):
        estimator.set_params(**{parameter: end}).fit(matrix, labels)
        watch.reached(end, total, scorer(estimator), estimator)
        if getattr(estimator, "n_iter_", end) < end:
            break  # it has stopped early
    return estimator.set_params(warm_start=False, **{parameter: total})


def scorer(estimator: Any) -> Any:
    """What scores rows with an estimator: probabilities of 1, or numbers."""
    if hasattr(estimator, "predict_proba"):
        return lambda matrix: estimator.predict_proba(matrix)[:, 1]
    return estimator.predict
