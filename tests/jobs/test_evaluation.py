"""Metrics are scikit-learn's, or null where there is none; curves keep their shape when thinned."""

import numpy as np
import pytest
from sklearn import metrics as sk

from jobs import evaluation

LABELS = np.random.default_rng(0).integers(0, 2, 5000)
SCORES = np.clip(LABELS * 0.2 + np.random.default_rng(1).uniform(0, 0.8, 5000), 0.001, 0.999)


def test_metrics_are_scikit_learns():
    predictions = SCORES > 0.5

    values = evaluation.metrics(LABELS, SCORES, 0.5)

    assert values == {
        "roc_auc": pytest.approx(sk.roc_auc_score(LABELS, SCORES)),
        "error": pytest.approx(1 - sk.accuracy_score(LABELS, predictions)),
        "accuracy": pytest.approx(sk.accuracy_score(LABELS, predictions)),
        "average_precision": pytest.approx(sk.average_precision_score(LABELS, SCORES)),
        "precision": pytest.approx(sk.precision_score(LABELS, predictions)),
        "recall": pytest.approx(sk.recall_score(LABELS, predictions)),
        "f1": pytest.approx(sk.f1_score(LABELS, predictions)),
        "log_loss": pytest.approx(sk.log_loss(LABELS, SCORES)),
        "brier": pytest.approx(sk.brier_score_loss(LABELS, SCORES)),
    }


def test_the_confusion_matrix_is_scikit_learns():
    expected = sk.confusion_matrix(LABELS, SCORES > 0.5).tolist()

    assert evaluation.confusion(LABELS, SCORES, 0.5) == expected


@pytest.mark.parametrize("label", [0, 1])
def test_what_one_class_leaves_undefined_is_none(label):
    summary = evaluation.summarise(np.full(9, label), np.full(9, 0.25), 0.5)

    undefined = {name for name, value in summary["metrics"].items() if value is None}
    assert {"roc_auc", "average_precision", "precision"} <= undefined
    assert summary["metrics"]["accuracy"] == 1 - label
    assert summary["roc"] is None
    assert summary["precision_recall"] is None


def test_a_thinned_curve_still_has_the_area_of_the_whole():
    curve = evaluation.roc(LABELS, SCORES)

    x, y = curve["false_positive_rate"], curve["true_positive_rate"]
    assert len(x) <= evaluation.POINTS
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    area = sum((b - a) * (c + d) / 2 for a, b, c, d in zip(x, x[1:], y, y[1:], strict=False))
    assert area == pytest.approx(sk.roc_auc_score(LABELS, SCORES), abs=0.002)


def test_a_threshold_without_end_is_none():
    assert evaluation.roc(LABELS, SCORES)["threshold"][0] is None


def test_recall_rises_along_its_curve():
    curve = evaluation.precision_recall(LABELS, SCORES)

    assert curve["recall"] == sorted(curve["recall"])
    assert len(curve["recall"]) <= evaluation.POINTS
