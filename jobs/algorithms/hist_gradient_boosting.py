"""scikit-learn's HistGradientBoosting…, on ordinal codes with native categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.algorithms.algorithm import Algorithm, Hyperparameter, Value
from jobs.algorithms.warm_start import fit_in_stages
from jobs.algorithms.watch import Watch, stages

if TYPE_CHECKING:
    from preprocessing.tables import Tables

# Each stage bins the whole matrix anew; without anyone to watch, all is fitted at once.
STAGES = 5
TOLD = 10


def _classifier(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(**_fixed(tables), **values)


def _regressor(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(**_fixed(tables), **values)


def _fixed(tables: Tables) -> dict[str, Any]:
    from preprocessing.encoding import ordinal_categorical

    # A histogram has 255 bins, and a categorical feature has at most 255 codes: preprocessing
    # gives rare categories the code of the ones never seen.
    return {"categorical_features": ordinal_categorical(tables), "max_bins": 255}


def _fit(estimator: Any, matrix: Any, labels: Any, watch: Watch) -> Any:
    matrix = _binnable(matrix)
    if watch.is_live:
        fitted = fit_in_stages(estimator, matrix, labels, watch, parameter="max_iter", count=STAGES)
    else:
        fitted = estimator.fit(matrix, labels)
        _tell_afterwards(fitted, watch)
    # It remembers the number of cores, which is no part of a model.
    mapper: Any = getattr(fitted, "_bin_mapper", None)
    if hasattr(mapper, "n_threads"):
        mapper.n_threads = None
    return fitted


def _binnable(matrix: Any) -> Any:
    """The matrix with zeros in the columns that have no value at all.

    Scikit-learn fails on these, having no value to make bins of. Nothing splits at a column that is
    the same in every row, so that it does not matter what stands there, nor later what is predicted
    for.
    """
    import numpy as np

    empty = np.isnan(matrix).all(axis=0)
    return np.where(empty, 0.0, matrix) if empty.any() else matrix


def _tell_afterwards(fitted: Any, watch: Watch) -> None:
    told = set(stages(fitted.n_iter_, TOLD))
    is_classifier = hasattr(fitted, "predict_proba")
    staged = fitted.staged_predict_proba if is_classifier else fitted.staged_predict

    def scores(matrix: Any) -> dict[int, Any]:
        return {
            iteration: values[:, 1] if is_classifier else values
            for iteration, values in enumerate(staged(matrix), 1)
            if iteration in told
        }

    by_matrix: dict[int, dict[int, Any]] = {}
    for iteration in sorted(told):

        def score(matrix: Any, iteration: int = iteration) -> Any:
            # All stages of a matrix are computed in one go.
            if id(matrix) not in by_matrix:
                by_matrix[id(matrix)] = scores(matrix)
            return by_matrix[id(matrix)][iteration]

        watch.reached(iteration, fitted.n_iter_, score)


_SHARED = {
    "max_iter": Hyperparameter(int, 100, "trees", least=1),
    "learning_rate": Hyperparameter(float, 0.1, "shrinkage of a tree", least=0, above=True),
    "max_leaf_nodes": Hyperparameter(int, 31, "leaves of a tree", least=2, optional=True),
    "max_depth": Hyperparameter(int, None, "edges to a leaf", least=1, optional=True),
    "min_samples_leaf": Hyperparameter(int, 20, "rows in a leaf", least=1),
    "l2_regularization": Hyperparameter(float, 0.0, "penalty on leaf values", least=0),
    "max_features": Hyperparameter(
        float, 1.0, "share of features tried at a split", least=0, most=1, above=True
    ),
    "early_stopping": Hyperparameter(bool, False, "stop when a held-out share is no better"),
    "validation_fraction": Hyperparameter(
        float, 0.1, "the share held out by early_stopping", least=0, most=0.9, above=True
    ),
    "n_iter_no_change": Hyperparameter(int, 10, "patience of early_stopping", least=1),
    "tol": Hyperparameter(float, 1e-7, "what early_stopping counts as better", least=0),
    "random_state": Hyperparameter(int, 0, "seed", least=0, most=2**32 - 1),
}

ALGORITHMS = {
    "classification": Algorithm(
        name="hist_gradient_boosting",
        task="classification",
        encoding="ordinal",
        hyperparameters={
            **_SHARED,
            "class_weight": Hyperparameter(
                str, None, "weights of the classes", choices=("balanced",), optional=True
            ),
        },
        build=_classifier,
        fit=_fit,
    ),
    "regression": Algorithm(
        name="hist_gradient_boosting",
        task="regression",
        encoding="ordinal",
        hyperparameters={
            **_SHARED,
            "loss": Hyperparameter(
                str,
                "squared_error",
                "what is made small",
                choices=("squared_error", "absolute_error", "gamma", "poisson"),
            ),
        },
        build=_regressor,
        fit=_fit,
    ),
}
