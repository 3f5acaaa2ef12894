"""scikit-learn's RandomForest…, on ordinal codes: it splits categories by the order of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.algorithms.algorithm import Algorithm, Hyperparameter, Value
from jobs.algorithms.warm_start import fit_in_stages
from jobs.algorithms.watch import Watch
from jobs.cores import cores

if TYPE_CHECKING:
    from preprocessing.tables import Tables

STAGES = 10


def _classifier(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(**values)


def _regressor(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(**values)


def _fit(estimator: Any, matrix: Any, labels: Any, watch: Watch) -> Any:
    estimator.set_params(n_jobs=cores())
    fitted = fit_in_stages(estimator, matrix, labels, watch, parameter="n_estimators", count=STAGES)
    # With several threads the trees' votes are added in the order in which they come, and the last
    # bit of a score with them. The number of cores is no part of a model, either.
    return fitted.set_params(n_jobs=None)


def _hyperparameters(criterion: tuple[str, ...], max_features: Value) -> dict[str, Hyperparameter]:
    return {
        "n_estimators": Hyperparameter(int, 100, "trees", least=1),
        "criterion": Hyperparameter(str, criterion[0], "how a split is judged", choices=criterion),
        "max_depth": Hyperparameter(int, None, "edges to a leaf", least=1, optional=True),
        "min_samples_split": Hyperparameter(int, 2, "rows in a node that is split", least=2),
        "min_samples_leaf": Hyperparameter(int, 1, "rows in a leaf", least=1),
        "max_features": Hyperparameter(
            float,
            max_features,
            "share of features tried at a split",
            least=0,
            most=1,
            above=True,
            choices=("sqrt", "log2"),
            optional=True,
        ),
        "max_leaf_nodes": Hyperparameter(int, None, "leaves of a tree", least=2, optional=True),
        "min_impurity_decrease": Hyperparameter(float, 0.0, "what a split must gain", least=0),
        "bootstrap": Hyperparameter(bool, True, "whether a tree sees rows drawn at random"),
        "max_samples": Hyperparameter(
            float, None, "share of rows that are drawn", least=0, most=1, above=True, optional=True
        ),
        "ccp_alpha": Hyperparameter(float, 0.0, "how much is pruned", least=0),
        "random_state": Hyperparameter(int, 0, "seed", least=0, most=2**32 - 1),
    }


ALGORITHMS = {
    "classification": Algorithm(
        name="random_forest",
        task="classification",
        encoding="ordinal",
        hyperparameters={
            **_hyperparameters(("gini", "entropy", "log_loss"), "sqrt"),
            "class_weight": Hyperparameter(
                str,
                None,
                "weights of the classes",
                choices=("balanced", "balanced_subsample"),
                optional=True,
            ),
        },
        build=_classifier,
        fit=_fit,
    ),
    "regression": Algorithm(
        name="random_forest",
        task="regression",
        encoding="ordinal",
        hyperparameters=_hyperparameters(("squared_error", "poisson"), 1.0),
        build=_regressor,
        fit=_fit,
    ),
}
