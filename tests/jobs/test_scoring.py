"""Raw rows to predictions: one row or many, compiled or not, as the Predict job gives them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from jobs import predict, preprocess
from jobs.archive import sha256
from jobs.model import Model
from jobs.scoring import FEW, BadRows, Scorer
from tests.jobs.served import CASES, call, load, prepared, raw_rows, trained, write

ROW: dict[str, Any] = {"age": 40, "visits": 12, "income": 30000.0, "city": "Ulm", "pet": "cat"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What Preprocess wrote, by task."""
    return {
        task: prepared(tmp_path_factory.mktemp(task), task)
        for task in ("classification", "regression")
    }


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def served(request: pytest.FixtureRequest, folders: dict[str, Path]) -> tuple[Path, Model]:
    """A model's folder, and the model."""
    algorithm, task = request.param
    folder = trained(folders[task], algorithm)
    return folder, load(folder)


def offline(folder: Path, target: Path) -> list[dict[str, str]]:
    """What Preprocess and Predict, as jobs, say of `raw_rows(300, 7)`."""
    digest = sha256(folder / "model.tar.gz")
    people = write(target / "people", raw_rows(300, 7))
    model = ("--model", str(folder), "--model-sha256", digest)
    output = ("--output", str(target))
    call(preprocess.main, ["inference", "--inference", str(people), *model, *output])
    call(predict.main, [*model, "--features", str(target / "features"), *output])
    with (target / "predictions" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_served_predictions_are_those_of_the_predict_job(served, tmp_path):
    folder, model = served
    scorer = Scorer(model)
    assert " is compiled " in scorer.remark
    expected = offline(folder, tmp_path)
    rows = raw_rows(300, 7)

    for each in (
        scorer.predict(rows),  # many at once
        [scorer.predict([row])[0] for row in rows],
        [got for at in range(0, 300, FEW) for got in scorer.predict(rows[at : at + FEW])],
    ):
        assert len(each) == len(expected)
        for got, line in zip(each, expected, strict=True):
            if model.task == "classification":
                assert got.prediction == line["prediction"]
                assert got.score == pytest.approx(float(line["score"]), abs=1e-9)
            else:
                assert got.prediction == got.score
                assert got.score == pytest.approx(float(line["prediction"]), abs=1e-9)


@pytest.fixture(scope="module")
def scorers(folders: dict[str, Path]) -> list[Scorer]:
    """The compiled and the other way of the same model."""
    folder = trained(folders["classification"], "hist_gradient_boosting", "--max_iter", "3")
    return [Scorer(load(folder)), Scorer(load(folder), compiled=False)]


def test_numbers_and_texts_and_columns_that_nobody_knows_are_all_right(scorers):
    texts = {name: str(value) for name, value in ROW.items()}

    for scorer in scorers:
        [plain] = scorer.predict([ROW])
        assert scorer.predict([texts])[0] == plain
        assert scorer.predict([{**ROW, "shoe size": [1, 2]}])[0] == plain


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"age": "old"}, "row 2: age is 'old': not a number"),
        ({"age": True}, "row 2: age is 'True': a boolean"),
        ({"city": ["Ulm"]}, "neither text, number nor null"),
        ({"visits": "1e400"}, "not a finite number"),
    ],
)
def test_a_bad_value_is_told_with_its_row_and_column(scorers, change, sentence):
    for scorer in scorers:
        with pytest.raises(BadRows) as caught:
            scorer.predict([ROW, {**ROW, **change}])
        assert sentence in str(caught.value)


def test_a_missing_column_is_told_with_the_nearest_that_is_there(scorers):
    row = {name: value for name, value in ROW.items() if name != "visits"} | {"visit": 3}

    messages = []
    for scorer in scorers:
        with pytest.raises(BadRows) as caught:
            scorer.predict([row])
        messages.append(str(caught.value))

    assert messages[0] == messages[1]
    assert messages[0].startswith("row 1: no column 'visits'")
    assert "'visit'" in messages[0]


def test_both_ways_are_different_code_with_the_same_scores(scorers):
    compiled, plain = scorers
    rows = [json.loads(json.dumps(row)) for row in raw_rows(FEW, 3)]

    differences = [
        abs(a.score - b.score)
        for a, b in zip(compiled.predict(rows), plain.predict(rows), strict=True)
    ]

    assert max(differences) <= 1e-9
