"""Which trials are stopped early, by the median of those before and by Hyperband's rungs."""

from __future__ import annotations

import random
import warnings

import pytest

from pipelines.engine.jobs.tuning.stopping import Hyperband, MedianRule, Trials


def after(epoch: int, values: list[float], *completed: list[float]) -> bool:
    """Whether the median rule stops a trial with these values, after those that have completed."""
    series = dict(enumerate([*completed, values[:epoch]]))
    trials = Trials(series, frozenset(range(len(completed))))
    return MedianRule().stops(len(completed), epoch, trials)


def test_a_trial_below_the_median_of_the_running_averages_is_stopped():
    # Their averages up to the second epoch are 0.2, 0.5 and 0.6.
    before = [[0.1, 0.3], [0.5, 0.5], [0.4, 0.8]]

    assert after(2, [0.9, 0.49], *before)
    assert not after(2, [0.0, 0.5], *before)


def test_the_first_trials_have_nothing_to_be_compared_with():
    assert not after(1, [0.0])


def test_only_trials_that_got_so_far_are_compared():
    assert not after(3, [0.0, 0.0, 0.1], [0.9, 0.9])


def test_a_trial_that_has_not_completed_is_no_measure_for_others():
    trials = Trials({0: [0.9], 1: [0.1]}, frozenset())

    assert not MedianRule().stops(1, 1, trials)


def test_of_those_that_reach_a_rung_the_best_third_goes_on():
    rule = Hyperband(1, 2)  # one rung: after the first epoch
    numbers = [number for number in range(40) if rule.bracket(number) == 0][:6]
    values = [0.5, 0.4, 0.6, 0.3, 0.7, 0.65]
    series: dict[int, list[float]] = {}
    stopped = []
    for number, value in zip(numbers, values, strict=True):
        series[number] = [value]
        stopped.append(rule.stops(number, 1, Trials(series, frozenset())))

    # 0.65 is the second best of six.
    assert stopped == [False, True, False, True, False, False]


def test_a_trial_in_a_later_bracket_is_spared_the_first_rungs():
    rule = Hyperband(1, 9)  # rungs at 1 and 3
    series = {number: [1.0 - number / 100] * 9 for number in range(40)}
    trials = Trials(series, frozenset())

    rungs: dict[int, set[int]] = {0: set(), 1: set(), 2: set()}
    for number in series:
        for epoch in range(1, 10):
            if rule.stops(number, epoch, trials):
                rungs[rule.bracket(number)].add(epoch)
    assert rungs == {0: {1, 3}, 1: {3}, 2: set()}


def test_brackets_that_stop_more_start_more():
    rule = Hyperband(1, 9)
    brackets = [rule.bracket(number) for number in range(17)]

    # Hyperband's own numbers for three brackets and a factor of three.
    assert [brackets.count(bracket) for bracket in (0, 1, 2)] == [9, 5, 3]


def test_nothing_is_stopped_before_the_least_and_everything_beyond_the_most():
    rule = Hyperband(4, 20)
    trials = Trials({number: [float(number)] * 30 for number in range(30)}, frozenset())

    assert not any(rule.stops(0, epoch, trials) for epoch in range(1, 4))
    assert all(rule.stops(number, 21, trials) for number in range(30))
    assert not any(rule.stops(number, 20, trials) for number in range(30))


@pytest.mark.parametrize("seed", range(5))
def test_a_bracket_decides_as_optunas_successive_halving_does(seed):
    """Trials one after the other, each until it is stopped, with the same values on both sides."""
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    dice = random.Random(seed)
    rule = Hyperband(1, 27)
    numbers = [number for number in range(100) if rule.bracket(number) == 0][:25]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pruner = optuna.pruners.SuccessiveHalvingPruner(1, reduction_factor=Hyperband.factor)
    study = optuna.create_study(direction="maximize", pruner=pruner)

    series: dict[int, list[float]] = {}
    for number in numbers:
        trial = study.ask()
        series[number] = []
        for epoch in range(1, 11):  # beyond it Optuna has rungs without end
            series[number].append(dice.random())
            trial.report(series[number][-1], epoch)
            stopped = rule.stops(number, epoch, Trials(series, frozenset()))
            assert stopped == trial.should_prune(), (number, epoch)
            if stopped:
                break
        state = optuna.trial.TrialState.PRUNED if stopped else optuna.trial.TrialState.COMPLETE
        study.tell(trial, None if stopped else series[number][-1], state)
