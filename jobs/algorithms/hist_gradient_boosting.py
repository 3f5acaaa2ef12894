"""scikit-learn's HistGradientBoostingClassifier, on ordinal codes with native categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.algorithms.algorithm import Algorithm, Hyperparameter, Value
from preprocessing.tables import Tables


def _build(values: Mapping[str, Value], tables: Tables) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    from preprocessing.encoding import ordinal_categorical

    # A histogram has 255 bins, and a categorical feature has at most 255 codes: preprocessing
    # gives rare categories the code of the ones never seen.
    return HistGradientBoostingClassifier(
        categorical_features=ordinal_categorical(tables), max_bins=255, **values
    )


ALGORITHM = Algorithm(
    name="hist_gradient_boosting",
    encoding="ordinal",
    hyperparameters={
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
        "class_weight": Hyperparameter(
            str, None, "weights of the classes", choices=("balanced",), optional=True
        ),
        "random_state": Hyperparameter(int, 0, "seed", least=0, most=2**32 - 1),
    },
    build=_build,
)
