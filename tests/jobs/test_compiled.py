"""Compiled models: the same function as the estimator, or none at all."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from jobs.compiled.bitvectors import Bitvectors
from jobs.compiled.compiling import compile_model
from jobs.compiled.forest import LEAF, Forest, Tree
from jobs.compiled.probes import codes_of, probes
from jobs.compiled.stepping import Stepping
from preprocessing.features import Features
from preprocessing.tables import Binned, Categorical, Label, Numeric, Tables

# Categories that training never saw have codes, too: the last two of each column.
TABLES = Tables(
    Features("y", "1"),
    10,
    Label("y", "0", "1", 5, 5),
    {f"n{i}": Numeric(10, 1, float(i), 1.0 + i) for i in range(3)},
    {"b": Binned(10, 1, tuple(map(float, range(9))), 0)},
    {f"c{i}": Categorical(tuple(f"v{j:03d}" for j in range(n)), (1,) * n, 0, 0)
     for i, n in enumerate((2, 40, 90))},
)  # fmt: skip
CODES = codes_of(TABLES)
CATEGORICAL = [name.startswith("c") for name in (*TABLES.numeric, "b", *TABLES.categorical)]


def matrix(count: int, seed: int, *, seen: bool) -> np.ndarray:
    """Rows of the ordinal encoding; only with codes that training has, if `seen`."""
    chance = np.random.default_rng(seed)
    columns = []
    for codes in CODES:
        if codes is None:
            column = chance.normal(1, 2, count)
            column[chance.random(count) < 0.1] = np.nan
        else:
            column = chance.integers(0, codes - 2 if seen else codes, count).astype(float)
        columns.append(column)
    return np.column_stack(columns)


def labels(rows: np.ndarray) -> np.ndarray:
    return np.nan_to_num(rows[:, 0]) - 2 * (rows[:, 5] % 3 == 1) + (rows[:, 3] > 4) + rows[:, 4]


def scores(estimator: Any) -> Callable[[np.ndarray], np.ndarray]:
    def score(rows: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # LightGBM misses its names of columns
            if hasattr(estimator, "classes_"):
                return np.asarray(estimator.predict_proba(rows)[:, 1])
            return np.asarray(estimator.predict(rows))

    return score


def lightgbm(kind: str, **more: Any) -> Any:
    module = pytest.importorskip("lightgbm")
    return getattr(module, kind)(n_estimators=10, verbose=-1, n_jobs=1, random_state=0, **more)


ESTIMATORS: dict[str, tuple[Callable[[], Any], type]] = {
    "gradient boosting, native categories": (
        lambda: HistGradientBoostingClassifier(max_iter=12, categorical_features=CATEGORICAL),
        Bitvectors,
    ),
    "gradient boosting, no categories": (
        lambda: HistGradientBoostingClassifier(max_iter=12),
        Bitvectors,
    ),
    "gradient boosting of numbers, wide trees": (
        lambda: HistGradientBoostingRegressor(
            max_iter=5, max_leaf_nodes=90, min_samples_leaf=2, categorical_features=CATEGORICAL
        ),
        Stepping,
    ),
    "random forest, deep": (lambda: RandomForestClassifier(7, random_state=0), Stepping),
    "random forest of numbers, shallow": (
        lambda: RandomForestRegressor(7, max_leaf_nodes=30, random_state=0),
        Bitvectors,
    ),
    "LightGBM": (lambda: lightgbm("LGBMClassifier"), Bitvectors),
    "LightGBM of numbers, wide trees": (
        lambda: lightgbm("LGBMRegressor", num_leaves=90, min_child_samples=3),
        Stepping,
    ),
}


@pytest.fixture(scope="module", params=ESTIMATORS)
def compiled(request: pytest.FixtureRequest) -> tuple[Any, Callable[[np.ndarray], np.ndarray]]:
    """A compiled model, and the estimator's own scores."""
    build, expected = ESTIMATORS[request.param]
    estimator, rows = build(), matrix(2000, 0, seen=True)
    target = labels(rows)
    categories = {}
    if request.param.startswith("LightGBM"):
        categories = {"categorical_feature": np.flatnonzero(CATEGORICAL).tolist()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(
            rows, target > 1 if hasattr(estimator, "predict_proba") else target, **categories
        )
    if hasattr(estimator, "classes_"):
        assert list(estimator.classes_) == [False, True]
    found, remark = compile_model(estimator, TABLES, scores(estimator))
    assert isinstance(found, expected), remark
    return found, scores(estimator)


def test_a_compiled_model_gives_the_estimators_scores_for_every_kind_of_value(compiled):
    model, reference = compiled
    rows = matrix(400, 1, seen=False)

    difference = np.abs(model.scores(rows.tolist()) - reference(rows))

    assert difference.max() <= 1e-9


VALUES = st.tuples(
    *(
        st.one_of(st.floats(-1e30, 1e30), st.just(math.nan), st.sampled_from([0.0, 1.0, -0.0]))
        if codes is None
        else st.integers(0, codes - 1).map(float)
        for codes in CODES
    )
)


@settings(max_examples=15, deadline=None)
@given(row=VALUES)
def test_no_row_is_scored_otherwise(compiled, row):
    model, reference = compiled

    assert abs(model.scores([row])[0] - reference(np.array([row]))[0]) <= 1e-9


def test_an_estimator_whose_scores_would_differ_is_not_compiled():
    rows = matrix(300, 0, seen=True)
    estimator = HistGradientBoostingClassifier(max_iter=3).fit(rows, labels(rows) > 1)

    found, remark = compile_model(estimator, TABLES, lambda rows: scores(estimator)(rows) + 1e-6)

    assert found is None
    assert remark.endswith("its scores would differ by 1.0e-06")


def test_an_estimator_that_is_not_known_is_not_compiled():
    rows = np.nan_to_num(matrix(100, 0, seen=True))
    estimator = ExtraTreesClassifier(2).fit(rows, labels(rows) > 1)

    found, remark = compile_model(estimator, TABLES, scores(estimator))

    assert (found, remark) == (
        None,
        "ExtraTreesClassifier is not compiled: there is no compiled form of it",
    )


def test_probes_have_every_code_of_every_column_and_missing_numbers():
    columns = np.array(probes(TABLES)).T

    for codes, column in zip(CODES, columns, strict=True):
        if codes is None:
            assert np.isnan(column).any()
        else:
            assert {*column} == {*range(codes)}


def tree(left: list[int], right: list[int], value: list[float]) -> Tree:
    """A tree that asks for column 0 at thresholds 0, 1, 2, …"""
    inner = np.array(left) >= 0
    return Tree(
        np.where(inner, 0, LEAF),
        np.arange(len(left), dtype=float),
        np.zeros(len(left), bool),
        [None] * len(left),
        np.maximum(left, 0),
        np.maximum(right, 0),
        np.array(value),
    )


@pytest.mark.parametrize("kind", [Bitvectors, Stepping])
def test_a_threshold_itself_goes_left_and_a_missing_number_where_the_node_says(kind):
    model = kind(Forest([tree([1, -1, -1], [2, -1, -1], [0, 10, 20])], [None]))

    assert model.scores([[-1.0], [0.0], [1e-9], [math.nan]]).tolist() == [10, 10, 20, 20]


@pytest.mark.parametrize("kind", [Bitvectors, Stepping])
def test_a_tree_of_one_leaf_is_a_constant(kind):
    model = kind(Forest([tree([-1], [-1], [3.0])], [None], base=1.0))

    assert model.scores([[5.0], [math.nan]]).tolist() == [4.0, 4.0]


def test_trees_of_more_than_64_leaves_have_no_masks():
    count = 65
    left = [2 * n + 1 if n < count - 1 else -1 for n in range(2 * count - 1)]
    right = [2 * n + 2 if n < count - 1 else -1 for n in range(2 * count - 1)]

    with pytest.raises(ValueError, match="more than 64 leaves"):
        Bitvectors(Forest([tree(left, right, [0.0] * len(left))], [None]))


@pytest.mark.parametrize("kind", [Bitvectors, Stepping])
def test_a_number_that_float32_cannot_hold_is_refused_where_the_estimator_refuses_it(kind):
    model = kind(Forest([tree([1, -1, -1], [2, -1, -1], [0, 1, 2])], [None], single=True))

    with pytest.raises(ValueError, match="too large for float32"):
        model.scores([[1e300]])
