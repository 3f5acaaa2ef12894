"""scikit-learn's LogisticRegression with an L2 penalty, on one-hot and scaled features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.algorithms.algorithm import Algorithm, Hyperparameter, Value
from jobs.algorithms.one_blas_thread import fit_on_one_blas_thread

if TYPE_CHECKING:
    from preprocessing.tables import Tables


def _build(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(**values)


_CLASSIFICATION = Algorithm(
    name="logistic_regression",
    task="classification",
    encoding="onehot",
    hyperparameters={
        "C": Hyperparameter(float, 1.0, "inverse of the penalty's strength", least=0, above=True),
        "max_iter": Hyperparameter(int, 1000, "steps of the solver", least=1),
        "tol": Hyperparameter(float, 1e-4, "when the solver stops", least=0, above=True),
        "solver": Hyperparameter(
            str, "lbfgs", "how it is solved", choices=("lbfgs", "newton-cg", "sag", "saga")
        ),
        "fit_intercept": Hyperparameter(bool, True, "whether there is an intercept"),
        "class_weight": Hyperparameter(
            str, None, "weights of the classes", choices=("balanced",), optional=True
        ),
        "random_state": Hyperparameter(int, 0, "seed of sag and saga", least=0, most=2**32 - 1),
    },
    build=_build,
    fit=fit_on_one_blas_thread,
)

ALGORITHMS = {"classification": _CLASSIFICATION}
