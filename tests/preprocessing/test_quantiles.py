"""Bin edges: exact as long as that is cheap, then within a bound that is stated and kept."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocessing.quantiles import LIMIT, Quantiles


def quantiles(*batches):
    result = Quantiles()
    for batch in batches:
        result.add(np.asarray(batch, float))
    return result


few = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=200)


@given(few, st.integers(2, 20))
def test_up_to_the_limit_they_are_numpys_inverted_cdf(values, bins):
    edges = quantiles(values).edges(bins)

    q = [i / bins for i in range(bins + 1)]
    # numpy computes q * n in floating point, and may land beside a whole number.
    ranks = [max(math.ceil(round(p * len(values), 9)), 1) for p in q]
    assert edges == sorted({float(np.sort(values)[rank - 1]) + 0.0 for rank in ranks})


def test_as_many_distinct_values_as_the_limit_are_exact():
    values = np.random.default_rng(0).permutation(np.repeat(np.arange(LIMIT), 3))

    result = quantiles(values)

    assert (
        result.edges(4)
        == np.quantile(values, [0, 0.25, 0.5, 0.75, 1], method="inverted_cdf").tolist()
    )
    assert result.rank_error == 0


@pytest.mark.parametrize("order", ["random", "ascending", "descending", "alternating"])
def test_beyond_it_no_rank_is_off_by_more_than_the_bound(order):
    count = 20 * LIMIT
    values = np.random.default_rng(0).gamma(2.0, size=count)
    if order != "random":
        values.sort()
    if order == "descending":
        values = values[::-1]
    if order == "alternating":
        values = np.concatenate([values[::2], values[1::2][::-1]])

    result = quantiles(values)
    edges = result.edges(100)

    stated = count * math.log2(count / LIMIT) / LIMIT
    ranks = np.searchsorted(np.sort(values), edges, side="right")
    off = np.abs(ranks - np.linspace(0, count, 101))[1:-1]
    assert 0 < result.rank_error <= stated
    assert off.max() <= result.rank_error + 1
    assert (edges[0], edges[-1]) == (values.min(), values.max())


def test_a_value_that_repeats_keeps_its_weight_beyond_the_limit():
    values = np.concatenate([np.zeros(8 * LIMIT), np.arange(1, 2 * LIMIT + 1)])

    edges = quantiles(np.random.default_rng(0).permutation(values)).edges(10)

    # Four fifths of the values are 0: so are the first eight of ten edges.
    assert edges[0] == 0.0
    assert len(edges) == 3


@settings(max_examples=20)
@given(st.lists(st.integers(0, 6 * LIMIT), max_size=5))
def test_they_do_not_depend_on_batches(cuts):
    values = np.random.default_rng(0).normal(size=6 * LIMIT + 5)

    assert quantiles(*np.split(values, sorted(cuts))).edges(50) == quantiles(values).edges(50)


def test_of_no_value_there_are_none():
    assert quantiles().edges(5) == []


def test_zero_has_no_sign():
    assert [math.copysign(1, edge) for edge in quantiles([-0.0]).edges(2)] == [1.0]
