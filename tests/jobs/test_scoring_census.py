"""Real rows of the census, one by one through the compiled model, and all at once without it."""

from __future__ import annotations

import csv
import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from jobs.scoring import Scorer
from tests.jobs.served import load, run_preprocess, trained

pytestmark = pytest.mark.census

FEATURES = {
    "label": {"column": "income", "positive": "50000+."},
    "drop": ["instance weight"],
    "numeric": ["wage per hour", "capital gains", "capital losses", "weeks worked in year"],
    "binned": {"age": 10},
}


def census():
    """The data, which `pipelines` fetches: where it is not installed, these tests are left out."""
    from pipelines.data.census import fetch

    return fetch()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Preprocess wrote for the first rows: the others have categories that are not there."""
    folder = tmp_path_factory.mktemp("census")
    (folder / "features.json").write_text(json.dumps(FEATURES))
    (folder / "rows").mkdir()
    with census().train.open(encoding="utf-8") as file:
        (folder / "rows" / "rows.csv").write_text("".join(islice(file, 3001)), encoding="utf-8")
    arguments = ["training", "--features", str(folder / "features.json")]
    arguments += ["--training", str(folder / "rows"), "--test-fraction", "0.1"]
    run_preprocess([*arguments, "--output", str(folder)])
    return folder


@pytest.mark.parametrize(
    ("algorithm", "hyperparameters"),
    [
        ("hist_gradient_boosting", ("--max_iter", "12")),
        ("random_forest", ("--n_estimators", "10")),
        ("logistic_regression", ("--max_iter", "200")),
    ],
)
def test_census_rows_have_the_same_scores_one_by_one_and_all_at_once(
    prepared, algorithm, hyperparameters
):
    loaded = load(trained(prepared, algorithm, *hyperparameters))
    compiled, plain = Scorer(loaded), Scorer(loaded, compiled=False)
    with census().test.open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file), 1500))

    expected = np.array([each.score for each in plain.predict(rows)])
    scores = np.array([compiled.predict([row])[0].score for row in rows])

    assert " is compiled " in compiled.remark
    assert np.abs(scores - expected).max() <= 1e-9
