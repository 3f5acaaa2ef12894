"""scikit-learn's trees in our own form.

They are read where scikit-learn keeps them, below its public surface: what another version keeps
elsewhere is an AttributeError or the like, and then the estimator itself predicts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jobs.compiled.forest import LEAF, Forest, Tree


def hist_gradient_boosting(estimator: Any, codes: list[int | None]) -> Forest:
    """A HistGradientBoosting classifier of two classes, or a regressor."""
    order, encoded = _encoding(estimator, codes)
    trees = []
    for (predictor,) in estimator._predictors:  # one a round: two classes, or a number
        nodes = predictor.nodes
        is_leaf = nodes["is_leaf"].astype(bool)
        left_codes: list[Any] = [None] * len(nodes)
        for index in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~is_leaf):
            node = nodes[index]
            bits = predictor.raw_left_cat_bitsets[node["bitset_idx"]]
            left_codes[index] = _goes_left(
                encoded[order[node["feature_idx"]]], bits, bool(node["missing_go_to_left"])
            )
        feature = np.array([order[each] for each in nodes["feature_idx"]], np.int64)
        trees.append(
            Tree(
                np.where(is_leaf, LEAF, feature),
                nodes["num_threshold"].astype(np.float64),
                nodes["missing_go_to_left"].astype(bool),
                left_codes,
                nodes["left"].astype(np.int64),
                nodes["right"].astype(np.int64),
                nodes["value"].astype(np.float64),
            )
        )
    base = float(np.ravel(estimator._baseline_prediction)[0])
    # Bins have an order: their codes are numbers to it.
    asked = [count if column in encoded else None for column, count in enumerate(codes)]
    return Forest(trees, asked, base=base, logistic=hasattr(estimator, "classes_"))


def _encoding(
    estimator: Any, codes: list[int | None]
) -> tuple[list[int], dict[int, list[int | None]]]:
    """How scikit-learn numbers columns and codes inside.

    Returns:
        The column for each column of its own, which has the categorical ones first; and for each
        categorical column, by code, its own code, or None for one that was not in the training
        data: it goes where missing values go.
    """
    categorical = estimator.is_categorical_
    if categorical is None or not categorical.any():
        return [*range(len(codes))], {}
    order = [*np.flatnonzero(categorical).tolist(), *np.flatnonzero(~categorical).tolist()]
    encoder = estimator._preprocessor.named_transformers_["encoder"]
    encoded = {}
    for column, categories in zip(order, encoder.categories_, strict=False):
        count = codes[column]
        assert count is not None, "a column of numbers is no category"
        known = {int(code): number for number, code in enumerate(categories) if code == code}
        encoded[column] = [known.get(code) for code in range(count)]
    return order, encoded


def _goes_left(encoded: list[int | None], bits: Any, missing_left: bool) -> np.ndarray:
    """For each code, whether it goes left; `bits` are 256, in eight 32-bit words."""
    return np.array(
        [
            missing_left if code is None else bool(int(bits[code // 32]) >> (code % 32) & 1)
            for code in encoded
        ]
    )


def random_forest(estimator: Any, codes: list[int | None]) -> Forest:
    """A random forest's classifier of two classes, or its regressor."""
    positive = None
    if hasattr(estimator, "classes_"):
        positive = list(estimator.classes_).index(1)
    trees = []
    for each in estimator.estimators_:
        nodes = each.tree_.__getstate__()["nodes"]
        values = each.tree_.value[:, 0, :]
        value = values[:, 0] if positive is None else values[:, positive] / values.sum(axis=1)
        is_leaf = nodes["left_child"] < 0
        trees.append(
            Tree(
                np.where(is_leaf, LEAF, nodes["feature"]).astype(np.int64),
                nodes["threshold"].astype(np.float64),
                nodes["missing_go_to_left"].astype(bool),
                [None] * len(nodes),
                np.where(is_leaf, 0, nodes["left_child"]).astype(np.int64),
                np.where(is_leaf, 0, nodes["right_child"]).astype(np.int64),
                value.astype(np.float64),
            )
        )
    # The trees know no categories: a code is a number to them.
    return Forest(trees, [None] * len(codes), divisor=len(trees), single=True)
