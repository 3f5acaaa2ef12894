"""LightGBM's trees in our own form, from the model that it dumps as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.compiled.forest import LEAF, Forest, Tree


def lightgbm(estimator: Any, codes: list[int | None]) -> Forest:
    """An LGBMClassifier of two classes, or an LGBMRegressor.

    Raises:
        ValueError: it has something that is not read here.
    """
    model = estimator.booster_.dump_model()
    objective = str(model.get("objective", "")).split()
    is_classifier = hasattr(estimator, "classes_")
    if model["num_tree_per_iteration"] != 1 or model.get("average_output"):
        raise ValueError("not a sum of trees")
    if is_classifier and objective != ["binary", "sigmoid:1"]:
        raise ValueError(f"objective {objective}")
    if not is_classifier and objective not in (["regression"], ["regression_l1"], ["huber"]):
        raise ValueError(f"objective {objective}")
    roots = [each["tree_structure"] for each in model["tree_info"]]
    widths = _asked_by_code(roots, codes)
    trees = [_tree(root, widths) for root in roots]
    return Forest(trees, widths, logistic=is_classifier)


def _asked_by_code(roots: list[Any], codes: list[int | None]) -> list[int | None]:
    """The codes of each column that LightGBM has taken for categories; None of any other."""
    asked = set()
    for root in roots:
        for node in _nodes(root):
            if node.get("decision_type") == "==":
                asked.add(node["split_feature"])
    return [count if column in asked else None for column, count in enumerate(codes)]


def _nodes(root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every node below and with a root, parents first."""
    found = [root]
    for node in found:
        if "left_child" in node:
            found += [node["left_child"], node["right_child"]]
    return found


def _tree(root: Mapping[str, Any], widths: list[int | None]) -> Tree:
    nodes = _nodes(root)
    numbers = {id(node): number for number, node in enumerate(nodes)}
    size = len(nodes)
    feature, value = np.full(size, LEAF, np.int64), np.zeros(size)
    threshold, missing_left = np.zeros(size), np.zeros(size, bool)
    left, right = np.zeros(size, np.int64), np.zeros(size, np.int64)
    left_codes: list[Any] = [None] * size
    for number, node in enumerate(nodes):
        if "left_child" not in node:
            value[number] = node["leaf_value"]
            continue
        column = node["split_feature"]
        feature[number] = column
        left[number] = numbers[id(node["left_child"])]
        right[number] = numbers[id(node["right_child"])]
        if node["decision_type"] == "==":
            width = widths[column]
            if width is None:
                raise ValueError("a column of numbers is asked for a code")
            goes = np.zeros(width, bool)
            goes[[int(code) for code in node["threshold"].split("||")]] = True
            left_codes[number] = goes
            continue
        threshold[number] = node["threshold"]
        match node["missing_type"]:
            case "NaN":
                missing_left[number] = node["default_left"]
            case "None":  # a missing number counts as 0
                missing_left[number] = node["threshold"] >= 0
            case kind:
                raise ValueError(f"missing values of type {kind}")
    return Tree(feature, threshold, missing_left, left_codes, left, right, value)
