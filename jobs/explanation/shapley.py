"""SHAP values: each score as a sum, from what an average row gets, of what the columns did to it.

Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017. Three ways
to them, the first that is right for the model:

- of a forest or of boosted trees that split on numbers only, or on LightGBM's own categories:
  TreeExplainer, exact. scikit-learn's boosted trees also split on sets of categories, which shap
  (0.51) reads as if they were numbers: not for those.
- of a linear model: LinearExplainer, exact; the effects of a column's one-hot columns are summed,
  as they are one thing to a person.
- of anything else: PermutationExplainer, which only asks the model for scores. It samples the
  orders in which columns are told to the model, always the same ones.

Whichever it is, the effects must add up to the score; those that do not are not used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from jobs.explanation.columns import Columns
from jobs.model import within_reach
from jobs.program import JobError, log
from preprocessing.encoding import onehot_names

SEED = 0
# Rows that an average row is made of; and how often a model may be asked for a score in all.
BACKGROUND, SCORES = 50, 300_000
# What rounding may leave between a score and the sum of its effects, of the largest score.
ROUNDING = 1e-6

MEANING = (
    "How much each column moves the {unit} of a test row, up or down, on average ({rows:,} rows; "
    "mean absolute SHAP value)."
)
OF_ROW = "The effects of all values add up to it (SHAP values)."


class Values(NamedTuple):
    """The SHAP values of some rows.

    Attributes:
        bases: shape (rows,): what the model says of an average row.
        effects: shape (rows, columns).
        outputs: shape (rows,): what the model says of each row, in `unit`.
    """

    bases: np.ndarray
    effects: np.ndarray
    outputs: np.ndarray
    unit: str


def explain(
    columns: Columns, matrix: np.ndarray, labels: np.ndarray, chosen: np.ndarray
) -> dict[str, Any]:
    """Importances on rows of `matrix`, and the effects of the values of the `chosen` ones.

    Args:
        matrix: ordinal, shape (rows, columns).
        labels: shape (rows,); SHAP values know nothing of them.
        chosen: ordinal matrix of the rows to be explained one by one.

    Raises:
        JobError: the effects do not add up, not even those of the last way.
    """
    every = np.vstack([chosen, matrix])
    found = _first_right(columns, every, len(chosen), matrix)
    own, rest = found.effects[: len(chosen)], found.effects[len(chosen) :]
    sample = rest if len(rest) else own
    return {
        "method": "shap",
        "meaning": MEANING.format(unit=found.unit, rows=len(sample)),
        "of_row": OF_ROW,
        "unit": found.unit,
        "additive": True,
        "importances": [
            {"column": name, "value": float(value), "interval": None}
            for name, value in zip(columns.names, np.abs(sample).mean(axis=0), strict=True)
        ],
        "effects": own,
        "bases": found.bases[: len(chosen)].tolist(),
        "outputs": found.outputs[: len(chosen)].tolist(),
        "sample_effects": rest,
    }


def _shap() -> Any:
    """The package, without its compiler: that takes 16 s for what takes 0.2 s uncompiled."""
    os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
    import shap

    return shap


def _first_right(columns: Columns, every: np.ndarray, least: int, background: np.ndarray) -> Values:
    for way in (_of_trees, _of_line):
        values = way(columns, every, background)
        if values is None:
            continue
        if _adds_up(values):
            return values
        log(f"the SHAP values {way.__name__.removeprefix('_')} do not add up: not used")
    values = _of_anything(columns, every, least, background)
    if not _adds_up(values):
        raise JobError(
            "the SHAP values do not add up to the model's scores, so they explain nothing; "
            "set explanation.method: permutation"
        )
    return values


def _adds_up(values: Values) -> bool:
    sums = values.bases + values.effects.sum(axis=1)
    allowed = ROUNDING * max(1.0, float(np.abs(values.outputs).max(initial=0.0)))
    return bool(np.all(np.abs(sums - values.outputs) <= allowed))


def _of_trees(columns: Columns, rows: np.ndarray, background: np.ndarray) -> Values | None:
    shap = _shap()
    estimator = columns.model.estimator
    kind = type(estimator).__module__
    categories = getattr(estimator, "is_categorical_", None)
    if columns.model.manifest["encoding"] != "ordinal" or not (
        kind.startswith(("lightgbm.", "sklearn.ensemble._forest"))
        or (
            kind.startswith("sklearn.ensemble._hist_gradient_boosting")
            and (categories is None or not np.any(categories))
        )
    ):
        return None
    reached = within_reach(estimator, rows)
    explained = shap.TreeExplainer(estimator)(reached, check_additivity=False)
    effects, bases = np.asarray(explained.values), np.asarray(explained.base_values)
    if effects.ndim == 3:
        # Of a forest the last axis is the classes.
        positive = list(estimator.classes_).index(1)
        effects, bases = effects[:, :, positive], bases[:, positive]
    bases = np.broadcast_to(np.ravel(bases), len(rows)) if bases.size == 1 else np.ravel(bases)
    outputs, unit = _raw(columns, rows)
    return Values(bases, effects, outputs, unit)


def _of_line(columns: Columns, rows: np.ndarray, background: np.ndarray) -> Values | None:
    shap = _shap()
    estimator = columns.model.estimator
    if columns.model.manifest["encoding"] != "onehot" or not hasattr(estimator, "coef_"):
        return None
    mean = _dense(columns, background).mean(axis=0, keepdims=True)
    explainer = shap.LinearExplainer(estimator, shap.maskers.Independent(mean, max_samples=1))
    explained = explainer(_dense(columns, rows))
    values = np.asarray(explained.values)
    owners = _owners(columns)
    effects = np.zeros((len(rows), len(columns.names)))
    for place, owner in enumerate(owners):
        effects[:, owner] += values[:, place]
    bases = np.broadcast_to(np.ravel(explained.base_values)[:1], len(rows))
    outputs, unit = _raw(columns, rows)
    return Values(bases, effects, outputs, unit)


def _of_anything(columns: Columns, rows: np.ndarray, least: int, background: np.ndarray) -> Values:
    """As many of the rows as the model may be asked about, the first `least` in any case."""
    shap = _shap()
    places = np.unique(np.linspace(0, len(background) - 1, BACKGROUND).round().astype(int))
    each = (2 * rows.shape[1] + 1) * len(places)
    rows = rows[: max(least, SCORES // each)]
    masker = shap.maskers.Independent(background[places], max_samples=len(places))
    explainer = shap.PermutationExplainer(columns.score, masker, seed=SEED)
    explained = explainer(rows, max_evals=2 * rows.shape[1] + 1, silent=True)
    unit = "prediction" if columns.model.task == "regression" else "score"
    bases = np.broadcast_to(np.ravel(explained.base_values), len(rows))
    return Values(bases, np.asarray(explained.values), columns.score(rows), unit)


def _raw(columns: Columns, rows: np.ndarray) -> tuple[np.ndarray, str]:
    """What the model says before it is made a probability, and the unit of that."""
    estimator = columns.model.estimator
    if columns.model.task == "regression":
        return columns.score(rows), "prediction"
    encoded = columns.encoded(rows)
    decide: Callable[[Any], Any] | None = getattr(estimator, "decision_function", None)
    if decide is not None:
        return np.ravel(decide(encoded)), "log-odds"
    if type(estimator).__module__.startswith("lightgbm."):
        return np.ravel(estimator.predict(encoded, raw_score=True)), "log-odds"
    return columns.score(rows), "score"


def _dense(columns: Columns, rows: np.ndarray) -> np.ndarray:
    return np.asarray(columns.encoded(rows).todense())


def _owners(columns: Columns) -> list[int]:
    """Of which of our columns each one-hot column is a part: they stand in the same order."""
    tables = columns.model.tables
    widths = [1] * len(tables.numeric)
    widths += [table.bins + 1 for table in tables.binned.values()]
    widths += [len(table.values) + 2 for table in tables.categorical.values()]
    owners = [owner for owner, width in enumerate(widths) for _ in range(width)]
    assert len(owners) == len(onehot_names(tables))
    return owners
