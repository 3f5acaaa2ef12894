"""What a search proposes: within its ranges, the same from the same seed, led by what it knows."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engine.jobs.tuning.ranges import Choices, Numbers, ranges_of, texts
from pipelines.engine.jobs.tuning.strategies import (
    BayesianSearch,
    GridSearch,
    Known,
    RandomSearch,
    Strategy,
)
from pipelines.engine.wire.service import ServiceError

AT = Numbers("at", 0.0, 1.0, False, "Linear")
KIND = Choices("kind", ("a", "b"))
SHARES = st.floats(0, 1)


def number(kind: str, low: Any, high: Any, scale: str = "Auto") -> dict[str, Any]:
    given = {"Name": "x", "MinValue": str(low), "MaxValue": str(high), "ScalingType": scale}
    return {f"{kind}ParameterRanges": [given]}


def one(kind: str, low: Any, high: Any, scale: str = "Auto") -> Numbers:
    [found] = ranges_of(number(kind, low, high, scale))
    assert isinstance(found, Numbers)
    return found


# Ranges


@given(share=SHARES, scale=st.sampled_from(["Linear", "Logarithmic"]))
def test_a_number_is_within_its_bounds_whatever_the_scale(share, scale):
    assert 0.001 <= float(one("Continuous", 0.001, 0.3, scale).text(share)) <= 0.3
    assert 1 <= int(one("Integer", 1, 7, scale).text(share)) <= 7


@given(share=SHARES)
def test_a_reverse_logarithmic_number_is_within_its_bounds(share):
    assert 0.5 <= float(one("Continuous", 0.5, 0.9999, "ReverseLogarithmic").text(share)) <= 0.9999


def test_a_logarithmic_range_has_as_much_of_each_power_of_ten():
    numbers = one("Continuous", 0.001, 1, "Logarithmic")

    assert [numbers.text(share / 3) for share in range(4)] == ["0.001", "0.01", "0.1", "1.0"]


def test_every_whole_number_has_the_same_share_of_a_linear_range():
    numbers = one("Integer", 3, 6)
    tried = [numbers.text((share + 0.5) / 400) for share in range(400)]

    assert {text: tried.count(text) for text in set(tried)} == dict.fromkeys("3456", 100)


@pytest.mark.parametrize(
    ("ranges", "named"),
    [
        (number("Integer", 1.5, 3), "'1.5' and '3' are not both whole numbers"),
        (number("Continuous", "a", 3), "are not both numbers"),
        (number("Continuous", 0, "inf"), "is not below"),
        (number("Integer", 3, 3), "MinValue 3 is not below MaxValue 3"),
        (number("Continuous", 0, 3, "Logarithmic"), "lies above 0"),
        (number("Continuous", 0.1, 1, "ReverseLogarithmic"), "from 0 to below 1"),
        ({**number("Integer", 1, 3), **number("Continuous", 1, 3)}, "has two ranges"),
        ({"CategoricalParameterRanges": [{"Name": "x", "Values": ["a", "a"]}]}, "stands twice"),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused(ranges, named):
    with pytest.raises(ServiceError, match=named):
        ranges_of(ranges)


# Strategies


def quality(at: float) -> float:
    return -((at - 0.3) ** 2)


def run(strategy: Strategy, jobs: int, parallel: int = 1) -> list[Known]:
    """Trials one after the other; those that need not have ended are still running."""
    known: list[Known] = []
    for index in range(jobs):
        seen = [
            each if i <= index - parallel else Known(each.point, "running")
            for i, each in enumerate(known)
        ]
        point = strategy.propose(index, seen)
        known.append(Known(point, "ended", quality(float(point["at"]))))
    return known


def bayesian(seed: int = 0, parallel: int = 1) -> BayesianSearch:
    return BayesianSearch([AT, KIND], seed, jobs=30, parallel=parallel)


@pytest.mark.parametrize("make", [lambda seed: RandomSearch([AT, KIND], seed), bayesian])
def test_a_seed_says_everything(make):
    once, again, other = ([each.point for each in run(make(seed), 13)] for seed in (1, 1, 2))

    assert once == again
    assert once != other


def test_what_a_random_search_tries_does_not_depend_on_how_many_there_are():
    search = RandomSearch([AT, KIND], 3)

    assert search.propose(7, ()) == search.propose(7, run(search, 7))


def test_a_bayesian_search_goes_where_it_is_good():
    """The later trials are nearer to the best than random ones are."""
    later = [abs(float(each.point["at"]) - 0.3) for each in run(bayesian(), 30)[15:]]
    anywhere = [
        abs(float(each.point["at"]) - 0.3) for each in run(RandomSearch([AT, KIND], 0), 30)[15:]
    ]

    assert math.fsum(later) < math.fsum(anywhere) / 2


def test_a_bayesian_trial_does_not_depend_on_which_of_the_parallel_ones_was_faster():
    search = bayesian(parallel=3)
    known = run(search, 14, parallel=3)
    late = [Known(each.point, "running") for each in known[12:]]
    # Had they ended, and been the best by far, it would make no difference either.
    early = [Known(each.point, "ended", 99.0) for each in known[12:]]

    assert search.needed(14) == 12
    assert search.propose(14, known[:12] + late) == search.propose(14, known[:12] + early)


def test_a_bayesian_search_is_led_by_what_has_failed_as_little_as_by_nothing():
    search = bayesian()
    known = [Known({"at": 0.1, "kind": "a"}, "failed")] * 12

    assert set(search.propose(12, known)) == {"at", "kind"}


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_a_grid_is_every_combination_once(sizes):
    ranges = [Choices(f"r{i}", tuple(map(str, range(size)))) for i, size in enumerate(sizes)]
    grid = GridSearch(ranges)

    points = {tuple(texts(grid.propose(i, ()), ranges).items()) for i in range(grid.size)}
    assert len(points) == grid.size == math.prod(sizes)
