"""Mean and variance in one pass, sound and the same however the values come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from preprocessing.groups import GROUP
from preprocessing.moments import Moments


def moments(*batches):
    result = Moments()
    for batch in batches:
        result.add(np.asarray(batch, float))
    return result.result()


def test_of_no_value_they_are_zeros():
    assert moments() == (0, 0.0, 0.0)


@pytest.mark.parametrize("count", [1, 7, GROUP, 3 * GROUP + 11])
@pytest.mark.parametrize("offset", [0.0, 1e9, -1e12])
def test_they_are_scikit_learns(count, offset):
    values = np.random.default_rng(count).normal(offset, 3.0, count)

    _, mean, variance = moments(values)

    scaler = StandardScaler().fit(values[:, None])
    assert mean == pytest.approx(scaler.mean_[0], rel=1e-12)
    # What scikit-learn's own rounding leaves at 1e12 is larger than our difference to it.
    assert variance == pytest.approx(scaler.var_[0], rel=1e-9, abs=1e-16 * offset**2)


def test_a_large_mean_does_not_drown_the_variance():
    values = np.tile([1e9, 1e9 + 1], 2 * GROUP)

    assert moments(values)[2] == 0.25


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3 * GROUP), max_size=5))
def test_they_do_not_depend_on_batches(cuts):
    values = np.random.default_rng(0).normal(size=3 * GROUP + 5)

    assert moments(*np.split(values, sorted(cuts))) == moments(values)
