"""A gate's decision follows its rules, and its reason says all of them, met or not."""

import re

import pytest

from jobs.evaluation.champion import Comparison
from jobs.evaluation.leaks import Leak
from jobs.gate import RECORDED, Gate, decide, recordable
from preprocessing.errors import DataError

METRICS = {"roc_auc": 0.95, "error": 0.04, "recall": None}
INTERVALS = {"roc_auc": (0.94, 0.96), "error": (0.03, 0.05)}
SHA256 = "ab" * 32


def held(gate, comparison=None, leaks=(), metrics=METRICS):
    return decide(gate, metrics, INTERVALS, leaks, comparison)


def beside(difference, interval=None, **changes):
    given = {"value": 0.95, "champions": 0.95 - difference, "rows": 1000, **changes}
    return Comparison(SHA256, "roc_auc", difference=difference, interval=interval, **given)


@pytest.mark.parametrize(
    ("bound", "passed"),
    [
        ({"metric": "roc_auc", "at_least": 0.94}, True),
        ({"metric": "roc_auc", "at_least": 0.95}, True),
        ({"metric": "roc_auc", "at_least": 0.951}, False),
        ({"metric": "error", "at_most": 0.04}, True),
        ({"metric": "error", "at_most": 0.039}, False),
    ],
)
def test_a_metric_is_held_to_its_bound(bound, passed):
    decision = held(Gate(**bound))

    assert decision.passed is passed
    assert decision.reason.startswith("passed: " if passed else "not passed: ")
    assert f"{METRICS[bound['metric']]:g} (interval " in decision.reason


def test_a_metric_that_is_undefined_does_not_pass():
    decision = held(Gate("recall", at_least=0.0))

    assert not decision.passed
    assert decision.reason == (
        "not passed: recall is undefined on these test rows, and must be at least 0"
    )


def test_a_metric_of_the_other_kind_of_label_is_refused():
    with pytest.raises(DataError, match=r"gate.metric is rmse, and this model has roc_auc, error"):
        held(Gate("rmse", at_most=3.0))


@pytest.mark.parametrize(
    ("value", "close"),
    [(0.944, False), (0.945, True), (0.949, True), (0.955, True), (0.956, False)],
)
def test_close_is_within_the_distance_on_either_side(value, close):
    gate = Gate("roc_auc", at_least=0.95, close=0.005)

    assert held(gate, metrics={"roc_auc": value}).close is close
    assert held(Gate("roc_auc", at_least=0.95), metrics={"roc_auc": value}).close is False


BETTER = Gate("roc_auc", at_least=0.9, better_by=0.1)


@pytest.mark.parametrize(
    ("difference", "passed"), [(0.2, True), (0.9 - 0.8, True), (0.09, False), (-0.2, False)]
)
def test_the_champion_is_beaten_by_the_margin(difference, passed):
    decision = held(BETTER, beside(difference))

    assert decision.passed is passed
    verb = "beats" if passed else "does not beat"
    assert f"{verb} the champion (sha256 abababababab) by at least 0.1" in decision.reason
    assert "on 1,000 rows" in decision.reason


def test_a_negative_margin_allows_so_much_worse():
    gate = Gate("roc_auc", at_least=0.9, better_by=-0.01)

    passed, missed = held(gate, beside(-0.01)), held(gate, beside(-0.02))

    assert passed.passed
    assert "is at most 0.01 worse than the champion (sha256 abababababab): worse by 0.01" in (
        passed.reason
    )
    assert not missed.passed
    assert "is more than 0.01 worse than the champion" in missed.reason


@pytest.mark.parametrize(
    ("interval", "passed"),
    [((0.001, 0.02), True), ((0.0, 0.02), False), ((-0.001, 0.02), False)],
)
def test_the_whole_interval_of_the_difference_lies_above_zero(interval, passed):
    gate = Gate("roc_auc", at_least=0.9, interval="above zero")

    assert held(gate, beside(0.01, interval)).passed is passed


def test_an_interval_that_was_not_made_is_no_pass():
    with pytest.raises(DataError, match=r"needs evaluation.resamples above 0"):
        held(Gate("roc_auc", at_least=0.9, interval="above zero"), beside(0.01))


def test_a_champion_that_is_beaten_by_little_is_a_close_call():
    gate = Gate("roc_auc", at_least=0.5, better_by=0.0, close=0.005)

    assert held(gate, beside(0.004)).close
    assert not held(gate, beside(0.006)).close


def test_without_an_approved_model_there_is_none_to_beat_and_the_reason_says_so():
    decision = held(BETTER)

    assert decision.passed
    assert "no model is approved yet" in decision.reason


def test_a_champion_that_cannot_be_scored_fails_the_gate_with_the_remedy():
    decision = held(BETTER, Comparison(SHA256, "roc_auc", error="no column 'age'"))

    assert not decision.passed
    assert "cannot be scored on these rows: no column 'age'; approve another" in decision.reason
    assert "gate.champion.enabled: false" in decision.reason


def test_a_champion_without_a_value_is_not_beaten():
    assert not held(BETTER, Comparison(SHA256, "roc_auc", rows=10)).passed


def test_rows_that_the_champion_cannot_read_are_told():
    assert "on 1,000 rows, 7 more it cannot read" in held(BETTER, beside(0.2, unread=7)).reason


def test_a_leak_fails_the_gate_unless_its_column_is_allowed():
    leaks = [Leak("refund", 0.991, "alone"), Leak("code", 0.7, "pure")]
    gate = Gate("roc_auc", at_least=0.9, allowed_leaks=("refund",))

    decision = held(gate, leaks=leaks)

    assert not decision.passed
    assert "column 'code' has values that only one class has (70% of that class)" in decision.reason
    assert (
        "column 'refund' tells the label by itself (skill 0.991 of 1), as gate" in decision.reason
    )
    both = Gate("roc_auc", at_least=0.9, allowed_leaks=("refund", "code"))
    assert held(both, leaks=leaks).passed


def test_what_is_not_met_is_said_first():
    decision = held(Gate("roc_auc", at_least=0.9), leaks=[Leak("refund", 1.0, "alone")])

    assert decision.reason.index("refund") < decision.reason.index("is at least 0.9")


def test_the_reason_fits_where_it_is_shown_and_recorded():
    leaks = [Leak(f"a (long) column; {n}", 1.0, "alone") for n in range(40)]

    said = held(Gate("roc_auc", at_least=0.9), leaks=leaks).to_json()

    assert len(said["reason"]) <= 1024
    assert len(said["recorded"]) <= RECORDED
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
    assert re.fullmatch(r"[\w .:/=+\-@]+", said["recorded"])


def test_what_is_recorded_can_still_be_read():
    reason = "passed: error is at most 0.05: 0.04; column 'größe' is 40%, really"

    assert recordable(reason) == ("passed: error is at most 0.05: 0.04 / column größe is 40 really")


def test_a_gate_is_read_as_the_configuration_writes_it():
    written = {
        "enabled": True,
        "metric": "error",
        "at_least": None,
        "at_most": 0.05,
        "close": 0.001,
        "allowed_leaks": ["refund"],
        "champion": {"enabled": True, "better_by": None, "interval": "above zero"},
    }

    gate = Gate.from_json(written)

    assert gate == Gate("error", None, 0.05, 0.001, ("refund",), None, "above zero")
    off = Gate.from_json({**written, "champion": {"enabled": False, "better_by": 0.1}})
    assert not off.has_champion
    with pytest.raises(DataError, match="the gate is not one"):
        Gate.from_json({"at_least": 0.9})


def test_a_model_that_is_worse_has_the_interval_of_how_much_worse():
    decision = held(Gate("roc_auc", at_least=0.9, better_by=-0.1), beside(-0.02, (-0.03, 0.01)))

    assert "worse by 0.02 (" in decision.reason
    assert "interval -0.01 to 0.03)" in decision.reason
