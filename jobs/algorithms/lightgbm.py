"""LightGBM's gradient boosting, on ordinal codes with native categories.

LightGBM's own `deterministic` makes the result independent of the number of threads. A fit that was
cut off goes on from its checkpoint with the trees that are there, which is exact as long as no rows
or features are drawn at random; where they are, it begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobs.algorithms.algorithm import Algorithm, Hyperparameter, Value
from jobs.algorithms.watch import Watch, stages

if TYPE_CHECKING:
    from preprocessing.tables import Tables

STAGES = 10
_FIXED: dict[str, Any] = {
    "boosting_type": "gbdt",
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    # As many threads as OpenMP has; a number would stand in the model.
    "n_jobs": 0,
}


def _classifier(values: Mapping[str, Value], tables: Tables) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(**_FIXED, **_categorical(tables), **dict[str, Any](values))


def _regressor(values: Mapping[str, Value], tables: Tables) -> Any:
    from lightgbm import LGBMRegressor

    return LGBMRegressor(**_FIXED, **_categorical(tables), **dict[str, Any](values))


def _categorical(tables: Tables) -> dict[str, Any]:
    from preprocessing.encoding import ordinal_categorical

    columns = [index for index, is_one in enumerate(ordinal_categorical(tables)) if is_one]
    return {"categorical_feature": columns} if columns else {}


def _fit(estimator: Any, matrix: Any, labels: Any, watch: Watch) -> Any:
    parameters = estimator.get_params()
    total = parameters["n_estimators"]
    draws = parameters["colsample_bytree"] < 1 or (
        parameters["subsample"] < 1 and parameters["subsample_freq"] > 0
    )
    # LightGBM takes this where it makes its data set, and warns if it is a parameter.
    columns = parameters.pop("categorical_feature", None)
    estimator = type(estimator)(**parameters)
    done, kept = (None if draws else watch.resumed()) or (0, None)
    told = set(stages(total, STAGES, after=done))

    def tell(environment: Any) -> None:
        iterations = environment.iteration + 1
        if iterations in told:
            booster = environment.model
            unfinished = watch.is_live and iterations < total and not draws
            state = booster.model_to_string() if unfinished else None
            watch.reached(iterations, total, booster.predict, state)

    estimator.set_params(n_estimators=total - done)
    estimator.fit(
        matrix,
        labels,
        callbacks=[tell],
        init_model=None if kept is None else _booster(kept),
        **({} if columns is None else {"categorical_feature": columns}),
    )
    if done:
        # The model's text quotes the parameters of the last call alone.
        text = estimator.booster_.model_to_string()
        rest, whole = (f"[num_iterations: {n}]" for n in (total - done, total))
        estimator._Booster = _booster(text.replace(rest, whole))
    return estimator.set_params(n_estimators=total)


def _booster(text: str) -> Any:
    from lightgbm import Booster

    return Booster(model_str=text)


_SHARED = {
    "n_estimators": Hyperparameter(int, 100, "trees", least=1),
    "learning_rate": Hyperparameter(float, 0.1, "shrinkage of a tree", least=0, above=True),
    "num_leaves": Hyperparameter(int, 31, "leaves of a tree", least=2, most=131072),
    "max_depth": Hyperparameter(int, -1, "edges to a leaf; -1: any", least=-1),
    "min_child_samples": Hyperparameter(int, 20, "rows in a leaf", least=0),
    "min_child_weight": Hyperparameter(float, 1e-3, "sum of the Hessian in a leaf", least=0),
    "min_split_gain": Hyperparameter(float, 0.0, "what a split must gain", least=0),
    "reg_alpha": Hyperparameter(float, 0.0, "L1 penalty on leaf values", least=0),
    "reg_lambda": Hyperparameter(float, 0.0, "L2 penalty on leaf values", least=0),
    "colsample_bytree": Hyperparameter(
        float, 1.0, "share of features that a tree may use", least=0, most=1, above=True
    ),
    "subsample": Hyperparameter(
        float, 1.0, "share of rows that are drawn", least=0, most=1, above=True
    ),
    "subsample_freq": Hyperparameter(int, 0, "trees until rows are drawn again; 0: never", least=0),
    "random_state": Hyperparameter(int, 0, "seed", least=0, most=2**31 - 1),
}

ALGORITHMS = {
    "classification": Algorithm(
        name="lightgbm",
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
        package="lightgbm",
    ),
    "regression": Algorithm(
        name="lightgbm",
        task="regression",
        encoding="ordinal",
        hyperparameters={
            **_SHARED,
            "objective": Hyperparameter(
                str,
                "regression",
                "what is made small",
                choices=("regression", "regression_l1", "huber", "poisson", "gamma", "tweedie"),
            ),
        },
        build=_regressor,
        fit=_fit,
        package="lightgbm",
    ),
}
