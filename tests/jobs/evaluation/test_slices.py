"""Groups of rows have the metrics that those rows have by themselves; small ones have none."""

import numpy as np
import pyarrow as pa
import pytest

from jobs.evaluation import slices
from jobs.evaluation.classification import metrics
from jobs.evaluation.measures import Measure

KIND = Measure("classification", 0.5)
SETTINGS = slices.Settings(min_rows=30, confidence=0.95, resamples=40)
RANDOM = np.random.default_rng(0)
SEX = RANDOM.choice(["F", "M"], 4000)
LABELS = (RANDOM.random(4000) < 0.4).astype(np.int8)
# The model knows men well, and guesses women.
SCORES = np.where(SEX == "M", np.clip(LABELS * 0.5 + RANDOM.random(4000) * 0.5, 0, 1), 0.45)
SCORES = np.clip(SCORES + RANDOM.random(4000) * 0.01, 0, 1)


def measured(values, metric="roc_auc", settings=SETTINGS, **edges):
    groups = {"sex": slices.group(pa.array(values, pa.string()), **edges)}
    return slices.measure(groups, KIND, metric, LABELS, SCORES, settings)


def test_a_group_has_the_metrics_of_its_rows():
    [each] = measured(SEX)

    assert [(line["group"], line["rows"]) for line in each["groups"]] == [
        ("F", int((SEX == "F").sum())),
        ("M", int((SEX == "M").sum())),
    ]
    for line in each["groups"]:
        inside = line["group"] == SEX
        expected = metrics(LABELS[inside], SCORES[inside], 0.5)
        got = {name: line["metrics"][name] for name in expected}
        assert got == pytest.approx(expected)
        low, high = line["intervals"]["error"]
        assert low <= line["metrics"]["error"] <= high


def test_the_group_that_the_model_fails_is_found():
    found = slices.worst(measured(SEX), "roc_auc", whole=0.8)

    assert (found["column"], found["group"], found["whole"]) == ("sex", "F", 0.8)
    assert found["value"] == pytest.approx(0.5, abs=0.05)


def test_of_an_error_the_highest_is_the_worst():
    assert slices.worst(measured(SEX, "log_loss"), "log_loss", None)["group"] == "F"


def test_a_gap_names_both_of_its_sides():
    [each] = measured(SEX)

    gap = each["gaps"]["recall"]
    assert (gap["lowest"], gap["highest"]) == ("F", "M")
    assert gap["interval"][0] > 0.5


def test_a_group_of_few_rows_is_counted_and_not_measured():
    values = np.where(np.arange(4000) < 29, "X", SEX)

    [each] = measured(values)

    [few] = [line for line in each["groups"] if line["group"] == "X"]
    assert (few["rows"], few["metrics"], few["intervals"]) == (29, None, None)
    assert all(gap["lowest"] != "X" != gap["highest"] for gap in each["gaps"].values())


def test_without_a_measured_group_there_is_no_worst():
    assert slices.worst(measured(SEX, settings=slices.Settings(9999, 0.95, 5)), "error", 0) is None


def test_one_class_in_a_group_leaves_undefined_what_needs_two():
    values = np.where(LABELS == 1, "all positive", "mixed")
    values[:100] = "mixed"

    [each] = measured(values)

    [line] = [line for line in each["groups"] if line["group"] == "all positive"]
    assert line["metrics"]["roc_auc"] is None
    assert line["metrics"]["recall"] is not None
    assert slices.worst([each], "roc_auc", 0.9)["group"] == "mixed"


def test_missing_is_a_group():
    groups = slices.group(pa.array(["a", None, "a", "missing"]))

    assert groups.names == ("a", "missing", "missing")
    assert groups.indices.tolist() == [0, 2, 0, 1]


def test_the_values_of_fewest_rows_share_a_group():
    values = [f"v{n:02}" for n in range(40) for _ in range(40 - n)]

    groups = slices.group(pa.array(values))

    assert len(groups.names) == slices.VALUES + 1
    assert groups.names[-1] == slices.OTHER
    assert "v00" in groups.names
    assert "v39" not in groups.names
    counts = np.bincount(groups.indices)
    assert counts.sum() == len(values)
    assert counts[-1] == sum(range(1, 11))


def test_numbers_are_grouped_by_their_quartiles_or_the_edges_given():
    numbers = pa.array([str(n) for n in range(100)])

    assert slices.group(numbers).names == (
        "below 24.75",
        "24.75 to below 49.5",
        "49.5 to below 74.25",
        "74.25 and above",
    )
    few = slices.group(pa.array(["1", "30", None, "50"]), edges=(30.0, 42.0))
    assert few.names == ("below 30", "30 to below 42", "42 and above", "missing")
    assert few.indices.tolist() == [0, 1, 3, 2]


def test_codes_are_names_where_the_model_takes_them_for_categories():
    codes = pa.array([str(n % 35) for n in range(400)])

    names = slices.group(codes, categories=True).names

    assert len(names) == slices.VALUES + 1
    assert names[:3] == ("0", "1", "2")
    assert names[9:12] == ("9", "10", "11")


def test_a_column_of_nothing_is_one_group():
    assert slices.group(pa.nulls(3, pa.string())).names == ("missing",)
    assert slices.group(pa.nulls(3, pa.string()), edges=(1.0,)).names == ("missing",)
