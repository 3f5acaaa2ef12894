"""A model's compiled form, where there is one and it gives the estimator's own scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from jobs.compiled import lightgbm_trees, sklearn_trees
from jobs.compiled.bitvectors import Bitvectors
from jobs.compiled.forest import Floats, Forest
from jobs.compiled.linear import Linear
from jobs.compiled.probes import codes_of, probes
from jobs.compiled.stepping import Stepping
from preprocessing.tables import Tables

TOLERANCE = 1e-9


class Compiled(Protocol):
    """What scores rows of the ordinal encoding."""

    def scores(self, rows: Sequence[Sequence[float]]) -> Floats: ...


# By the estimator's class: also for a script's own choice of one of these.
_FORESTS: Mapping[str, Callable[[Any, list[int | None]], Forest]] = {
    "HistGradientBoostingClassifier": sklearn_trees.hist_gradient_boosting,
    "HistGradientBoostingRegressor": sklearn_trees.hist_gradient_boosting,
    "RandomForestClassifier": sklearn_trees.random_forest,
    "RandomForestRegressor": sklearn_trees.random_forest,
    "LGBMClassifier": lightgbm_trees.lightgbm,
    "LGBMRegressor": lightgbm_trees.lightgbm,
}
_LINEAR = {"LogisticRegression": True, "LinearRegression": False, "Ridge": False}


def compile_model(
    estimator: Any, tables: Tables, reference: Callable[[Floats], Floats]
) -> tuple[Compiled | None, str]:
    """The compiled form, or None; and what to say of it.

    Args:
        estimator: fitted.
        tables: its preprocessor's.
        reference: the estimator's own scores, for a matrix of the ordinal encoding.
    """
    name = type(estimator).__name__
    try:
        compiled = _compiled(name, estimator, tables)
    except (AttributeError, AssertionError, KeyError, TypeError, ValueError, IndexError) as error:
        return None, f"{name} is not compiled: {error}"
    if compiled is None:
        return None, f"{name} is not compiled: there is no compiled form of it"
    rows = probes(tables)
    expected = reference(np.array(rows))
    difference = float(np.max(np.abs(compiled.scores(rows) - expected) / _unit(expected)))
    if not difference <= TOLERANCE:
        return None, f"{name} is not compiled: its scores would differ by {difference:.1e}"
    kind = type(compiled).__name__.lower()
    return compiled, f"{name} is compiled ({kind}; its scores differ by {difference:.1e})"


def _compiled(name: str, estimator: Any, tables: Tables) -> Compiled | None:
    if name in _LINEAR:
        return Linear(estimator, tables, is_logistic=_LINEAR[name])
    if name not in _FORESTS:
        return None
    forest = _FORESTS[name](estimator, codes_of(tables))
    try:
        return Bitvectors(forest)
    except ValueError:  # too large for masks
        return Stepping(forest)


def _unit(scores: Floats) -> Floats:
    """What a difference is measured in: probabilities as they are, larger numbers by themselves."""
    return np.maximum(1.0, np.abs(scores))
