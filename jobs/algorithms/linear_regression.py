"""scikit-learn's Ridge: linear regression with an L2 penalty, on one-hot and scaled features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.algorithms.algorithm import Algorithm, Hyperparameter, Value
from jobs.algorithms.one_blas_thread import fit_on_one_blas_thread

if TYPE_CHECKING:
    from preprocessing.tables import Tables


def _build(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.linear_model import Ridge

    return Ridge(**values)


ALGORITHMS = {
    "regression": Algorithm(
        name="linear_regression",
        task="regression",
        encoding="onehot",
        hyperparameters={
            "alpha": Hyperparameter(float, 1.0, "the penalty's strength", least=0),
            "fit_intercept": Hyperparameter(bool, True, "whether there is an intercept"),
            # Those that take a sparse matrix and an intercept.
            "solver": Hyperparameter(
                str, "sparse_cg", "how it is solved", choices=("sparse_cg", "sag")
            ),
            "tol": Hyperparameter(float, 1e-6, "when the solver stops", least=0, above=True),
            "max_iter": Hyperparameter(int, None, "steps of the solver", least=1, optional=True),
            "random_state": Hyperparameter(int, 0, "seed of sag", least=0, most=2**32 - 1),
        },
        build=_build,
        fit=fit_on_one_blas_thread,
    )
}
