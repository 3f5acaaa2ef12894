"""Test rows are chosen by their numbers alone."""

import numpy as np
import pytest

from preprocessing.splitting import in_test

ROWS = np.arange(1, 100_001)


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5])
def test_about_the_fraction_is_chosen(fraction):
    # Four standard deviations of a binomial.
    slack = 4 * (fraction * (1 - fraction) / len(ROWS)) ** 0.5

    assert in_test(ROWS, fraction).mean() == pytest.approx(fraction, abs=slack)


def test_a_row_is_chosen_whatever_is_asked_with_it():
    alone = [bool(in_test(np.array([row]), 0.3)[0]) for row in range(1, 100)]

    assert alone == in_test(ROWS[:99], 0.3).tolist()


def test_neighbours_are_independent():
    chosen = in_test(ROWS, 0.5)

    assert np.mean(chosen[1:] & chosen[:-1]) == pytest.approx(0.25, abs=0.01)


def test_another_seed_chooses_others():
    assert (in_test(ROWS, 0.5) != in_test(ROWS, 0.5, seed=1)).mean() == pytest.approx(0.5, abs=0.01)
