"""What is wrong with data: stopped by validation, and without it refused, or gone on with and said.

A table of faults. Each one is tried with validation, which has to tell it, and without: then a job
refuses the data and says why, or goes on, says what it noticed, and the model predicts what it
would have predicted had somebody mended the data by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from jobs.evaluate import evaluate
from jobs.evaluation.settings import Settings
from jobs.gate import Gate
from jobs.preprocess import prepare_inference, prepare_training
from jobs.validate import validate
from jobs.validation.expectations import Expectations
from jobs.validation.needs import Needs
from preprocessing.codes import read_codes
from preprocessing.errors import DataError
from preprocessing.features import Features
from tests.jobs.learnt import FEATURES_OF, learnt, loaded
from tests.jobs.made import HEADER, pack, rows, write_rows

ALGORITHM = "hist_gradient_boosting"
FEW_TREES = {"max_iter": "4", "min_samples_leaf": "5"}
# What there is to expect beyond what always is.
EXPECTED = {"columns": {"city": {"missing": 0.9}}}


@dataclass(frozen=True)
class Table:
    """Rows of texts under a header."""

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Data:
    """What a model is trained and tested on, and which of its columns are not looked at."""

    training: Table
    test: Table
    drop: tuple[str, ...] = ()


Change = Callable[[Table], Table]
Damage = Callable[[Data], Data]


def in_training(change: Change) -> Damage:
    return lambda data: replace(data, training=change(data.training))


def in_test(change: Change) -> Damage:
    return lambda data: replace(data, test=change(data.test))


def in_both(change: Change) -> Damage:
    return lambda data: in_test(change)(in_training(change)(data))


def dropped(*columns: str) -> Damage:
    """A person has told that these columns are not to be looked at."""
    return lambda data: replace(data, drop=columns)


def no_rows(table: Table) -> Table:
    return replace(table, lines=())


def only(column: str, value: str) -> Change:
    """The rows with this value."""

    def change(table: Table) -> Table:
        place = table.header.index(column)
        return replace(table, lines=tuple(row for row in table.lines if row[place] == value))

    return change


def values(column: str, new: Callable[[str], str] | str, every: int = 1) -> Change:
    """Other values in a column, in every so manieth row."""

    def change(table: Table) -> Table:
        place = table.header.index(column)

        def changed(row: tuple[str, ...]) -> tuple[str, ...]:
            value = new if isinstance(new, str) else new(row[place])
            return (*row[:place], value, *row[place + 1 :])

        return replace(
            table,
            lines=tuple(
                changed(row) if number % every == 0 else row
                for number, row in enumerate(table.lines)
            ),
        )

    return change


def less(every: int) -> Change:
    """The rows without every so manieth one."""
    return lambda table: replace(
        table, lines=tuple(row for number, row in enumerate(table.lines) if number % every)
    )


def renamed(column: str, name: str) -> Change:
    return lambda table: replace(
        table, header=tuple(name if each == column else each for each in table.header)
    )


def without(column: str) -> Change:
    def change(table: Table) -> Table:
        place = table.header.index(column)
        return Table(
            table.header[:place] + table.header[place + 1 :],
            tuple(row[:place] + row[place + 1 :] for row in table.lines),
        )

    return change


class Stopped(NamedTuple):
    """Training does not begin, or does not end: for this reason."""

    reason: str


class Said(NamedTuple):
    """It is said and gone on with; the predictions are those of data mended so."""

    words: str
    mended: Damage | None = None


class Fault(NamedTuple):
    """What is wrong; what validation finds (None: nothing), and what comes of it without."""

    damage: Damage
    validated: Stopped | Said | None
    otherwise: Stopped | Said


def label_faults(label: str, one: str, varied: str) -> dict[str, Fault]:
    """Faults of a label that mean the same for both tasks.

    Args:
        one: one of its values.
        varied: what validation expects of it, and what it says if there is only that one.
    """
    return {
        "no training rows": Fault(
            in_training(no_rows),
            Stopped("training: expected at least 1 row; there are 0"),
            Stopped("data/train: there is nothing to learn from"),
        ),
        "no test rows": Fault(
            in_test(no_rows),
            Stopped("test: expected at least 1 row; there are 0"),
            Stopped("no rows in"),
        ),
        "no training label": Fault(
            in_training(values(label, "NaN")),
            Stopped(f"training: {label}: expected a label in every row"),
            Stopped(f"every row was rejected, as row 1: {label} is 'NaN': a label is missing"),
        ),
        "some training labels missing": Fault(
            in_training(values(label, "NaN", every=10)),
            Stopped(f"training: {label}: expected a label in every row; 20 rows (10 %) have none"),
            Said(
                f"train: 180 rows, 20 rejected, as row 1: {label} is 'NaN': a label is missing",
                in_training(less(10)),
            ),
        ),
        "no test label": Fault(
            in_test(values(label, "")),
            Stopped(f"test: {label}: expected a label in every row"),
            Stopped(f"every test row was rejected, as row 1: {label} is '': a label is missing"),
        ),
        "some test labels missing": Fault(
            in_test(values(label, "NaN", every=10)),
            Stopped(f"test: {label}: expected a label in every row; 10 rows (10 %) have none"),
            Said("test: 90 rows, 10 rejected, as row 1:", in_test(less(10))),
        ),
        "the training label renamed": Fault(
            in_training(renamed(label, "target")),
            Stopped(f"training: {label}: expected a column of every file; it is not there"),
            Stopped(f"no label column {label!r}"),
        ),
        "the test label renamed": Fault(
            in_test(renamed(label, "target")),
            Stopped(f"test: {label}: expected a column of every file; it is not there"),
            Stopped(f"no column {label!r}"),
        ),
        "the label dropped": Fault(
            in_both(without(label)),
            Stopped(f"training: {label}: expected a column of every file; it is not there"),
            Stopped(f"no label column {label!r}"),
        ),
        "the same label in every test row": Fault(
            in_test(values(label, one)),
            Stopped(f"test: {label}: expected {varied}"),
            Said(f"test: {label!r}, the label, is the same in every row"),
        ),
    }


ONE_CLASS = {
    "only the positive class": Fault(
        in_training(only("bought", "yes")),
        Stopped("expected two classes, one of them 'yes'; there is only 'yes'"),
        Stopped("label column 'bought' has one value only, and two are needed: it is 'yes' in 10"),
    ),
    "only the other class": Fault(
        in_training(only("bought", "no")),
        Stopped("expected two classes, one of them 'yes'; 'yes' is nowhere; there is 'no'"),
        Stopped("label column 'bought' never is 'yes'; it is 'no' in 9"),
    ),
    "the training label retyped": Fault(
        in_training(values("bought", lambda value: str(int(value == "yes")))),
        Stopped("'yes' is nowhere; there are '0', '1'"),
        Stopped("label column 'bought' never is 'yes'; it is '1' in"),
    ),
    "the test label retyped": Fault(
        in_test(values("bought", lambda value: str(int(value == "yes")))),
        Stopped("test: bought: expected labels that training rows have"),
        Stopped(
            "every test row was rejected, as row 1: bought is '1': an unknown label; the model "
            "knows 'no' and 'yes'"
        ),
    ),
}
ONE_NUMBER = {
    "one number as the label": Fault(
        in_training(values("visits", "7")),
        Stopped("training: visits: expected labels that differ; every one is 7"),
        Stopped("all rows have the same label; there is nothing to learn"),
    ),
    "the training label retyped": Fault(
        in_training(values("visits", "many")),
        Stopped("training: visits: expected labels that are numbers"),
        Stopped("visits is 'many': not a number; for two classes name the positive one"),
    ),
    "the test label retyped": Fault(
        in_test(values("visits", "many")),
        Stopped("test: visits: expected labels that are numbers"),
        Stopped("every test row was rejected, as row 1: visits is 'many': not a number"),
    ),
    "a label beyond all numbers": Fault(
        in_training(values("visits", "inf", every=10)),
        Stopped("training: visits: expected labels that are numbers"),
        Said("as row 1: visits is 'inf': not a finite number", in_training(less(10))),
    ),
}


def constant(column: str, value: str, words: str, seen: str | None = None) -> Fault:
    """One value in every training row; a model goes by the other columns."""
    shown = "nothing" if not value else repr(value) if seen is None else seen
    return Fault(
        in_training(values(column, value)),
        Stopped(f"training: {column}: expected at most 90 % missing; 200 rows (100 %) have none")
        if column == "city" and not value
        else Said(f"{column}: expected more than one value; it is {shown} in every row"),
        Said(f"{column!r} is {words} in every row: a model learns nothing", dropped(column)),
    )


# What an algorithm has to cope with, for either task.
CONSTANT = {
    "a constant number": constant("age", "40", "40", "40"),
    "a constant number that is binned": constant("income", "1", "in one bin", "1"),
    "a constant category": constant("city", "Ulm", "'Ulm'"),
    "a number that is never there": constant("age", "", "missing"),
    "a binned number that is never there": constant("income", "?", "missing", "nothing"),
    "a category that is never there": constant("city", "", "missing"),
}
COLUMNS = {
    "a number that is never there in test rows": Fault(
        in_test(values("age", "")),
        None,
        Said("'age' is missing in every row, and was not in train"),
    ),
    "a number renamed": Fault(
        in_training(renamed("age", "years")),
        Stopped("training: age: expected a column of every file; it is not there"),
        Stopped("no numeric column 'age'; the header has 'customer', 'years'"),
    ),
    "a number renamed in test rows": Fault(
        in_test(renamed("age", "years")),
        Stopped("test: age: expected a column of every file; it is not there"),
        Stopped("no column 'age'; the header has 'customer', 'years'"),
    ),
    "a category renamed": Fault(
        in_training(renamed("city", "town")),
        Stopped("training: city: expected a column of every file; it is not there"),
        Stopped("no column 'town'; the header has 'customer', 'age'"),
    ),
    "a category renamed everywhere": Fault(
        in_both(renamed("city", "town")),
        Stopped("training: city: expected a column of every file; it is not there"),
        Said("train: 200 rows, 0 rejected", lambda data: data),
    ),
    "a number dropped": Fault(
        in_both(without("age")),
        Stopped("training: age: expected a column of every file; it is not there"),
        Stopped("no numeric column 'age'"),
    ),
    "a category dropped from training rows": Fault(
        in_training(without("city")),
        Stopped("training: city: expected a column of every file; it is not there"),
        Said("warning: test: 'city' is in the test rows alone, and not used", dropped("city")),
    ),
    "a category dropped from test rows": Fault(
        in_test(without("city")),
        Stopped("test: city: expected a column of every file; it is not there"),
        Stopped("no column 'city'"),
    ),
    "a number retyped": Fault(
        in_training(values("age", "adult")),
        Stopped("training: expected at most "),
        Stopped("every row was rejected, as row 1: age is 'adult': not a number"),
    ),
    "some numbers retyped": Fault(
        in_training(values("age", "adult", every=10)),
        Stopped("training: expected at most "),
        Said("20 rejected, as row 1: age is 'adult': not a number", in_training(less(10))),
    ),
    "a number retyped in test rows": Fault(
        in_test(values("age", "adult")),
        Stopped("test: expected at most "),
        Stopped("every test row was rejected, as row 1: age is 'adult': not a number"),
    ),
    "a category retyped in test rows": Fault(
        in_test(values("city", lambda value: f"{value}.0")),
        Stopped("test: city: expected values that training rows have; 100 rows (100 %) hold ano"),
        Said("warning: test: 'city' has no value that the model knows from training"),
    ),
}
FAULTS = {
    "classification": {
        **label_faults("bought", "yes", "two classes, one of them 'yes'; there is only 'yes'"),
        **ONE_CLASS,
        **CONSTANT,
        **COLUMNS,
    },
    "regression": {
        **label_faults("visits", "7", "labels that differ; every one is 7"),
        **ONE_NUMBER,
        **CONSTANT,
    },
}
CASES = [
    pytest.param(task, fault, id=f"{name}, {task}")
    for task, faults in FAULTS.items()
    for name, fault in faults.items()
]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """The cores are shared with other tests: threads that wait for one another would spin."""
    with threadpool_limits(1):
        yield


def right() -> Data:
    """Data that nothing is wrong with."""
    header = tuple(HEADER.split(","))
    return Data(
        *(
            Table(header, tuple(tuple(f"{part}{line}".split(",")) for line in rows(count, seed)))
            for part, count, seed in (("train", 200, 1), ("test", 100, 2))
        )
    )


def write(folder: Path, data: Data) -> tuple[Path, Path]:
    """The folders of training and test rows."""
    train, tested = (
        write_rows(folder / "data" / name, [",".join(row) for row in table.lines],
                   ",".join(table.header))
        for name, table in (("train", data.training), ("test", data.test))
    )  # fmt: skip
    return train, tested


def features_of(task: str, data: Data) -> Features:
    named: dict[str, Any] = dict(FEATURES_OF[task])
    named["numeric"] = [column for column in named["numeric"] if column not in data.drop]
    named["binned"] = {c: bins for c, bins in named["binned"].items() if c not in data.drop}
    return Features.from_json({**named, "drop": list(data.drop)})


def validated(folder: Path, task: str, data: Data) -> dict[str, Any]:
    """What Validate data says."""
    validate(
        Needs(features_of(task, data)),
        Expectations.from_json(EXPECTED),
        *write(folder, data),
        None,
        folder,
    )
    summary: dict[str, Any] = json.loads((folder / "validation" / "summary.json").read_text())
    return summary


def scores(folder: Path, task: str, data: Data) -> np.ndarray:
    """Preprocess and train: the model's scores of the test rows that can be read."""
    features = features_of(task, data)
    prepare_training(features, None, *write(folder, data), None, folder)
    model = loaded(learnt(folder, folder / "model", ALGORITHM, hyperparameters=FEW_TREES))
    (codes,) = read_codes(folder / "test", model.tables, labelled=True)
    found: np.ndarray = model.score(codes)
    return found


@pytest.mark.parametrize(("task", "fault"), CASES)
def test_validation_tells_a_fault(tmp_path, task, fault):
    summary = validated(tmp_path, task, fault.damage(right()))

    expected = fault.validated
    if expected is None:
        assert summary["passed"]
    else:
        assert expected[0] in summary["reason"]
        assert summary["passed"] == isinstance(expected, Said)


@pytest.mark.parametrize(("task", "fault"), CASES)
def test_without_validation_a_fault_is_refused_or_said_and_does_no_harm(
    tmp_path, capsys, task, fault
):
    data, expected = fault.damage(right()), fault.otherwise

    if isinstance(expected, Stopped):
        with pytest.raises(DataError) as error:
            scores(tmp_path / "a", task, data)
        assert expected.reason in str(error.value)
        assert not (tmp_path / "a" / "model" / "manifest.json").exists()
        return
    found = scores(tmp_path / "a", task, data)
    assert expected.words in capsys.readouterr().out
    if expected.mended is not None:
        by_hand = scores(tmp_path / "b", task, expected.mended(right()))
        np.testing.assert_array_equal(found, by_hand)


@pytest.mark.parametrize("task", FAULTS)
def test_of_right_data_nothing_is_said(tmp_path, capsys, task):
    assert validated(tmp_path, task, right()) == {
        "passed": True,
        "errors": 0,
        "warnings": 0,
        "reason": "",
    }

    scores(tmp_path, task, right())
    assert "warning:" not in capsys.readouterr().out
    summary = json.loads((tmp_path / "preprocessor" / "summary.json").read_text())
    assert summary["remarks"] == {"train": [], "test": []}


@pytest.mark.parametrize(
    ("task", "damage", "metric", "reason"),
    [
        ("classification", in_test(values("bought", "yes")), "roc_auc", "is undefined on these"),
        ("regression", in_test(values("visits", "7")), "r2", "is undefined on these"),
        ("classification", in_training(values("age", "40")), "roc_auc", None),
    ],
    ids=["one class", "one number", "a constant column"],
)  # fmt: skip
def test_a_gate_is_not_passed_by_a_metric_that_test_rows_do_not_have(
    tmp_path, task, damage, metric, reason
):
    scores(tmp_path, task, damage(right()))
    pack(tmp_path / "model", tmp_path)
    settings = Settings(resamples=0, gate=Gate(metric, at_least=0.1))

    evaluate(tmp_path, tmp_path / "test", tmp_path, settings=settings)

    metrics = json.loads((tmp_path / "evaluation" / "metrics.json").read_text())
    assert metrics["gate"]["passed"] == (reason is None)
    if reason is not None:
        assert f"{metric} {reason}" in metrics["gate"]["reason"]
        assert metrics["metrics"][metric] is None


def test_categories_that_no_model_knows_are_said_of_rows_to_predict_as_well(tmp_path, capsys):
    scores(tmp_path, "classification", right())
    digest = pack(tmp_path / "model", tmp_path)
    people = in_both(values("city", lambda value: f"{value}.0"))(right())
    _, folder = write(tmp_path / "people", people)

    prepare_inference(tmp_path, digest, folder, tmp_path / "out")

    words = "'city' has no value that the model knows from training"
    assert f"warning: inference: {words}" in capsys.readouterr().out
    summary = json.loads((tmp_path / "out" / "features" / "summary.json").read_text())
    assert (summary["transformed"], summary["remarks"]) == (100, [words])
