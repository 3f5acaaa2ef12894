"""Metrics of numbers are scikit-learn's, or null; what the page shows is of the same rows."""

import numpy as np
import pytest
from sklearn import metrics as sk

from jobs.evaluation import regression

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.lognormal(6, 0.7, 3000)
PREDICTIONS = LABELS * RANDOM.lognormal(0.05, 0.3, 3000)


def test_metrics_are_scikit_learns():
    assert regression.metrics(LABELS, PREDICTIONS) == {
        "r2": pytest.approx(sk.r2_score(LABELS, PREDICTIONS)),
        "rmse": pytest.approx(sk.root_mean_squared_error(LABELS, PREDICTIONS)),
        "mae": pytest.approx(sk.mean_absolute_error(LABELS, PREDICTIONS)),
        "median_absolute_error": pytest.approx(sk.median_absolute_error(LABELS, PREDICTIONS)),
    }


@pytest.mark.parametrize("rows", [300, 301])
def test_rows_that_count_several_times_are_measured_as_if_they_stood_there_so_often(rows):
    weights = np.bincount(RANDOM.integers(0, rows, rows), minlength=rows)
    there = np.repeat(np.arange(rows), weights)

    values = regression.Weighted(LABELS[:rows], PREDICTIONS[:rows])(weights.astype(float))

    named = dict(zip(regression.Weighted.names, values.tolist(), strict=True))
    expected = regression.metrics(LABELS[there], PREDICTIONS[there])
    assert {name: named[name] for name in expected} == pytest.approx(expected)
    assert named["bias"] == pytest.approx((PREDICTIONS[there] - LABELS[there]).mean())


def test_nothing_is_explained_where_nothing_varies():
    assert regression.metrics(np.full(5, 7.0), np.arange(5.0))["r2"] is None


@pytest.mark.parametrize(
    ("labels", "predictions"),
    [(LABELS, PREDICTIONS), (np.full(5, 7.0), np.full(5, 7.0)), (np.array([1.0]), np.array([3.0]))],
)
def test_no_row_is_lost_from_a_picture(labels, predictions):
    summary = regression.summarise(labels, predictions)

    residuals = summary["residuals"]
    assert sum(residuals["rows"]) + residuals["below"] + residuals["above"] == len(labels)
    assert sum(part["rows"] for part in summary["by_prediction"]) == len(labels)
    assert len(summary["points"]) <= regression.POINTS


def test_a_model_that_says_too_much_to_the_rich_is_seen_to():
    parts = regression.by_prediction(LABELS, PREDICTIONS)

    assert parts[-1]["prediction"] > parts[-1]["label"] * 1.1
    assert [part["prediction"] for part in parts] == sorted(part["prediction"] for part in parts)
