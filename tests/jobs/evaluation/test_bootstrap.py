"""Intervals hold the truth as often as they say, and two models are compared on the same rows."""

import numpy as np
import pytest

from jobs.evaluation import bootstrap
from jobs.evaluation.champion import Champion, compare
from jobs.evaluation.measures import Measure

KIND = Measure("classification", 0.5)


def made(rows, seed, noise=1.0):
    """Labels, and scores that know something of them."""
    random = np.random.default_rng(seed)
    labels = (random.random(rows) < 0.3).astype(np.int8)
    scores = 1 / (1 + np.exp(-(2.0 * labels - 1 + random.normal(0, noise, rows))))
    return labels, scores


def test_an_interval_holds_what_many_rows_would_say_about_as_often_as_it_says():
    labels, scores = made(200_000, seed=0)
    truth = KIND.weighted(labels, scores)(np.ones(len(labels)))[KIND.names.index("roc_auc")]

    held = 0
    for seed in range(1, 41):
        labels, scores = made(200, seed)
        sampled = bootstrap.sample(KIND.weighted(labels, scores), 200, 60)
        low, high = bootstrap.intervals(sampled, KIND.names, 0.9)["roc_auc"]
        held += low <= truth <= high

    assert 30 <= held <= 40  # of 40, 36 are expected


def test_the_same_rows_have_the_same_interval():
    labels, scores = made(500, seed=1)
    once, again = (bootstrap.sample(KIND.weighted(labels, scores), 500, 20) for _ in range(2))

    assert once.tobytes() == again.tobytes()


def test_more_rows_make_a_narrower_interval():
    widths = []
    for rows in (200, 20_000):
        labels, scores = made(rows, seed=2)
        sampled = bootstrap.sample(KIND.weighted(labels, scores), rows, 50)
        low, high = bootstrap.intervals(sampled, KIND.names, 0.95)["error"]
        widths.append(high - low)

    assert widths[1] < widths[0] / 5


def test_what_is_undefined_in_many_resamples_has_no_interval():
    values = np.array([0.5] * 8 + [np.nan] * 2)

    assert bootstrap.interval(values, 0.9) is None
    assert bootstrap.interval(np.array([0.5] * 19 + [np.nan]), 0.9) == (0.5, 0.5)
    assert bootstrap.intervals(np.empty((0,)), ("error",), 0.9) == {"error": None}


def champion(scores, positions=None):
    positions = np.arange(len(scores)) if positions is None else positions
    return Champion("ab" * 32, positions, scores, KIND)


def test_a_difference_is_known_better_than_either_of_the_two():
    labels, scores = made(2000, seed=3)
    nearly = np.clip(scores + np.random.default_rng(4).normal(0, 0.02, 2000), 0, 1)

    comparison = compare(champion(nearly), KIND, "roc_auc", labels, scores, 100, 0.95)

    own = bootstrap.sample(KIND.weighted(labels, scores), 2000, 100)
    low, high = bootstrap.intervals(own, KIND.names, 0.95)["roc_auc"]
    assert comparison.interval[1] - comparison.interval[0] < (high - low) / 3
    assert comparison.interval[0] <= comparison.difference <= comparison.interval[1]


def test_the_same_model_is_no_better_than_itself():
    labels, scores = made(300, seed=5)

    comparison = compare(champion(scores), KIND, "log_loss", labels, scores, 50, 0.95)

    assert (comparison.difference, comparison.interval) == (0.0, (0.0, 0.0))


@pytest.mark.parametrize("metric", ["roc_auc", "error", "log_loss"])
def test_better_is_positive_whichever_way_the_metric_goes(metric):
    labels, good = made(3000, seed=6)
    bad = np.random.default_rng(7).random(3000)

    assert compare(champion(bad), KIND, metric, labels, good, 20, 0.95).difference > 0
    assert compare(champion(good), KIND, metric, labels, bad, 20, 0.95).difference < 0


def test_only_rows_that_both_could_read_are_compared():
    labels, scores = made(1000, seed=8)
    read = np.arange(0, 1000, 2)

    comparison = compare(champion(scores[read], read), KIND, "error", labels, scores, 0, 0.95)

    assert (comparison.rows, comparison.unread) == (500, 500)
    assert (comparison.difference, comparison.interval) == (0.0, None)
    assert comparison.value == pytest.approx(((scores[read] > 0.5) != labels[read]).mean())
