"""Columns that tell the label: what is known only once the label is, and came in with the rest.

A model that reads one looks splendid on test rows, which have it too, and fails on rows to predict,
which do not have it yet. Three signs of one, each held to what honest columns rarely reach:

- alone: the column by itself knows the label, or nearly does and stands out from all others. A copy
  of the label does, a noisy copy, another coding of it. (Where many columns are as strong, as
  measurements of one tumour are, the problem is easy and none is suspected.)
- pure: some values of it have rows of the rarer class only, and a good part of that class. A column
  that is filled in after the event does, as a date of default, or a code of a discharge.
- rests on it: the model is next to perfect, and no better than half as good without the column: two
  columns that tell the label only together, of which neither does alone, are such.

Each is measured on the codes of the test rows: on what the model sees. Skill is the Gini
coefficient (2 · ROC AUC − 1), or for a number the share of its ranks' variance that is explained:
0 is guessing, 1 is knowing. What a column teaches is learnt from one half of the rows and measured
on the other, and the other way round: many small groups would otherwise know each row.

These are signs, no proofs: an honest column that shows one is named in `gate.allowed_leaks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from jobs.evaluation.classification import Weighted

# Skill of one column that knows the label (a ROC AUC of 0.99); and of one that nearly does, if what
# it leaves open is at most a third of what the third best column leaves open.
KNOWS = 0.98
NEARLY, STANDS_OUT = 0.85, 1 / 3
# Values that have almost only rows of the rarer class, and together this share of the class.
PURE, COVERED = 0.99, 0.5
# Skill of a model that is next to perfect, and the part of it that one column may carry.
PERFECT, RESTS = 0.98, 0.5
# A column is cut into at most so many groups; fewer rows than this show nothing.
GROUPS = 256
MIN_ROWS = 50
# Rows on which a column of the model is shuffled.
SAMPLE = 4000
SEED = 0


class Leak(NamedTuple):
    """A column that tells the label.

    Attributes:
        score: from 0 to 1: the skill, or the share of the class or the model that is meant.
        sign: `alone`, `pure` or `rests on it`.
    """

    column: str
    score: float
    sign: str


def find(
    columns: Mapping[str, np.ndarray],
    labels: np.ndarray,
    scores: np.ndarray,
    *,
    classification: bool,
    score_without: Callable[[str, np.ndarray, np.ndarray], np.ndarray] | None = None,
) -> list[Leak]:
    """The columns that tell the label, the worst first.

    Args:
        columns: shape (rows,) each, float64, NaN where missing: what the model sees.
        labels: shape (rows,), 0 or 1, or numbers.
        scores: shape (rows,), the model's.
        classification: which of the two the labels are.
        score_without: from a column and rows' positions, and positions whose values they get in
            that column, to the model's scores; None: the model is not asked.
    """
    if len(labels) < MIN_ROWS or labels.min() == labels.max():
        return []
    target = labels.astype(np.float64) if classification else _ranks(labels)
    leaks: dict[str, Leak] = {}
    groups = {column: _groups(values) for column, values in columns.items()}
    skills = {c: _skill_alone(each, target, classification) for c, each in groups.items()}
    third = sorted([*skills.values(), 0.0, 0.0], reverse=True)[2]
    for column, skill in skills.items():
        stands_out = 1 - skill <= STANDS_OUT * (1 - third)
        if skill >= KNOWS or (skill >= NEARLY and stands_out):
            leaks[column] = Leak(column, skill, "alone")
        elif classification and (covered := _covered_purely(groups[column], labels)) >= COVERED:
            leaks[column] = Leak(column, covered, "pure")
    if score_without is not None and _skill(target, scores, classification) >= PERFECT:
        for leak in _carriers(columns, target, scores, classification, score_without):
            leaks.setdefault(leak.column, leak)
    return sorted(leaks.values(), key=lambda leak: (-leak.score, leak.column))


def _groups(values: np.ndarray) -> np.ndarray:
    """The group of each row: its value, or its quantile if there are many; missing is a group."""
    missing = np.isnan(values)
    known = values[~missing]
    distinct = np.unique(known)
    if len(distinct) >= GROUPS:
        distinct = np.unique(np.quantile(known, np.linspace(0, 1, GROUPS - 1)[1:]))
    groups = np.searchsorted(distinct, values, side="left")
    groups[missing] = len(distinct) + 1
    return groups


def _skill_alone(groups: np.ndarray, target: np.ndarray, classification: bool) -> float:
    """What the groups' means, learnt on one half, explain of the other; the mean of both ways."""
    half = np.arange(len(target)) % 2 == 0
    count = int(groups.max()) + 1
    skills = []
    for learnt in (half, ~half):
        rows = np.bincount(groups[learnt], minlength=count)
        base = target[learnt].mean()
        # A row's worth of doubt: a group that was not seen says what all rows say.
        means = (np.bincount(groups[learnt], target[learnt], count) + base) / (rows + 1)
        if classification:
            skills.append(_skill_of_groups(groups[~learnt], target[~learnt], means))
        else:
            skills.append(_skill(target[~learnt], means[groups[~learnt]], classification))
    return max(0.0, float(np.mean(skills)))


def _skill_of_groups(groups: np.ndarray, classes: np.ndarray, means: np.ndarray) -> float:
    """As `_skill` of a class, where rows of a group have one score: by counting, not sorting."""
    rows = np.bincount(groups, minlength=len(means))
    positives = np.bincount(groups, classes, len(means))
    if positives.sum() in (0, rows.sum()):
        return 0.0
    labels = np.repeat([0, 1], len(means))
    weighted = Weighted(labels, np.tile(means, 2), threshold=0.5)
    auc = weighted(np.concatenate([rows - positives, positives]))[weighted.names.index("roc_auc")]
    return float(2 * auc - 1)


def _skill(target: np.ndarray, scores: np.ndarray, classification: bool) -> float:
    """How well scores order the target (a class), or explain it (ranks): 1 is knowing."""
    if target.min() == target.max():
        return 0.0
    if classification:
        from sklearn.metrics import roc_auc_score

        return float(2 * roc_auc_score(target, scores) - 1)
    # A model's predictions are in the label's unit, not in ranks: what counts is how they order.
    correlation = np.corrcoef(target, _ranks(scores))[0, 1] if scores.min() < scores.max() else 0.0
    return float(correlation * abs(correlation))


def _covered_purely(groups: np.ndarray, labels: np.ndarray) -> float:
    """Which share of the rarer class lies in groups that have next to no row of the other one.

    The commoner class is not looked at: that children earn little is no leak.
    """
    rare = 1 if labels.mean() <= 0.5 else 0
    rows = np.bincount(groups)
    inside = np.bincount(groups, labels == rare)
    pure = (rows >= MIN_ROWS // 2) & (inside >= PURE * rows)
    return float(inside[pure].sum() / inside.sum())


def _carriers(
    columns: Mapping[str, np.ndarray],
    target: np.ndarray,
    scores: np.ndarray,
    classification: bool,
    score_without: Callable[[str, np.ndarray, np.ndarray], np.ndarray],
) -> list[Leak]:
    """The columns without which the model is no better than half as good."""
    rows = np.unique(np.linspace(0, len(target) - 1, SAMPLE).round().astype(int))
    others = np.random.default_rng(SEED).permutation(rows)
    whole = _skill(target[rows], scores[rows], classification)
    leaks = []
    for column in columns:
        left = _skill(target[rows], score_without(column, rows, others), classification)
        lost = 1 - max(0.0, left) / whole if whole > 0 else 0.0
        if lost >= RESTS:
            leaks.append(Leak(column, lost, "rests on it"))
    return leaks


def _ranks(values: np.ndarray) -> np.ndarray:
    """The ranks of values, those of equal ones shared: no outlier outweighs the rest."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), np.float64)
