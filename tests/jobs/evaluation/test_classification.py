"""Metrics are scikit-learn's, or null where there is none; curves keep their shape when thinned."""

import numpy as np
import pytest
from sklearn import metrics as sk

from jobs.evaluation import classification

LABELS = np.random.default_rng(0).integers(0, 2, 5000)
SCORES = np.clip(LABELS * 0.2 + np.random.default_rng(1).uniform(0, 0.8, 5000), 0.001, 0.999)


def test_metrics_are_scikit_learns():
    predictions = SCORES > 0.5

    values = classification.metrics(LABELS, SCORES, 0.5)

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

    assert classification.confusion(LABELS, SCORES, 0.5) == expected


@pytest.mark.parametrize("label", [0, 1])
def test_what_one_class_leaves_undefined_is_none(label):
    summary = classification.summarise(np.full(9, label), np.full(9, 0.25), 0.5)

    undefined = {name for name, value in summary["metrics"].items() if value is None}
    assert {"roc_auc", "average_precision", "precision"} <= undefined
    assert summary["metrics"]["accuracy"] == 1 - label
    assert summary["roc"] is None
    assert summary["precision_recall"] is None


def test_a_thinned_curve_still_has_the_area_of_the_whole():
    curve = classification.roc(LABELS, SCORES)

    x, y = curve["false_positive_rate"], curve["true_positive_rate"]
    assert len(x) <= classification.POINTS
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    area = sum((b - a) * (c + d) / 2 for a, b, c, d in zip(x, x[1:], y, y[1:], strict=False))
    assert area == pytest.approx(sk.roc_auc_score(LABELS, SCORES), abs=0.002)


def test_a_threshold_without_end_is_none():
    assert classification.roc(LABELS, SCORES)["threshold"][0] is None


def test_recall_rises_along_its_curve():
    curve = classification.precision_recall(LABELS, SCORES)

    assert curve["recall"] == sorted(curve["recall"])
    assert len(curve["recall"]) <= classification.POINTS


def test_rows_that_count_several_times_are_measured_as_if_they_stood_there_so_often():
    random = np.random.default_rng(2)
    for digits in (1, 8):  # many rows of one score, and none
        labels, scores = LABELS[:300], np.round(SCORES[:300], digits)
        weights = np.bincount(random.integers(0, 300, 300), minlength=300)
        rows = np.repeat(np.arange(300), weights)

        values = classification.Weighted(labels, scores, 0.5)(weights.astype(float))

        expected = classification.metrics(labels[rows], scores[rows], 0.5)
        named = dict(zip(classification.Weighted.names, values.tolist(), strict=True))
        assert {name: named[name] for name in expected} == pytest.approx(expected)
        predicted = scores[rows] > 0.5
        assert named["selection_rate"] == pytest.approx(predicted.mean())
        assert named["false_positive_rate"] == pytest.approx(predicted[labels[rows] == 0].mean())


def test_a_score_that_means_what_it_says_lies_on_the_diagonal():
    random = np.random.default_rng(3)
    scores = random.beta(0.4, 4, 60_000)
    labels = (random.random(60_000) < scores).astype(np.int8)

    honest = classification.calibration(labels, scores)
    boasting = classification.calibration(labels, np.sqrt(scores))

    assert honest["error"] < 0.01
    assert boasting["error"] > 0.1
    assert all(each["share"] == pytest.approx(each["score"], abs=0.04) for each in honest["bins"])
    assert sum(each["rows"] for each in honest["bins"]) == 60_000
    assert max(each["score"] for each in honest["bins"]) > 0.4  # though hardly a row is there


def test_each_threshold_does_what_its_line_says():
    lines = classification.thresholds(LABELS, SCORES, 0.37)

    [used] = [line for line in lines if line["used"]]
    assert used["threshold"] == 0.37
    assert used["f1"] == pytest.approx(sk.f1_score(LABELS, SCORES > 0.37))
    assert used["predicted"] == int((SCORES > 0.37).sum())
    [best] = [line for line in lines if line["best_f1"]]
    everywhere = [sk.f1_score(LABELS, t < SCORES) for t in np.unique(SCORES)[:-1:250]]
    assert best["f1"] >= max(everywhere)


@pytest.mark.parametrize("scores", [np.full(9, 0.25), np.zeros(9), np.linspace(0, 1, 9)])
def test_odd_scores_have_tables_all_the_same(scores):
    labels = np.array([0, 1] * 4 + [0])

    summary = classification.summarise(labels, scores, 0.5)

    assert sum(map(sum, summary["histogram"])) == 9
    assert sum(each["rows"] for each in summary["calibration"]["bins"]) == 9
    assert any(line["used"] for line in summary["thresholds"])
