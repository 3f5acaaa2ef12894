"""Evaluate, on a made data set: what it measures, what it decides, and what it compares with."""

import json
import random

import pytest

from jobs import model
from jobs.evaluate import evaluate
from jobs.evaluation.settings import Settings
from jobs.gate import Gate
from jobs.scoring import Scorer
from preprocessing.errors import DataError
from tests.jobs.made import FEATURES, HEADER, done, rows, run, write_rows
from tests.jobs.trained import fitted, preprocessed

GATE = Gate("roc_auc", at_least=0.8, close=0.01, better_by=-0.05)
SETTINGS = Settings(resamples=30, slices=("city", "income"), min_slice_rows=20, gate=GATE)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A new model and a champion, and test rows of which two cannot be read."""
    test = rows(300, 2)
    test[6] = test[6].replace(",", ",x", 1)  # an age that is none
    test[8] = test[8].rsplit(",", 1)[0] + ",perhaps"  # a label that is none
    root = preprocessed(tmp_path_factory.mktemp("new"), FEATURES, HEADER, rows(600, 1), test)
    fitted(root, "new", "hist_gradient_boosting", max_iter="30", min_samples_leaf="5")
    old = preprocessed(
        tmp_path_factory.mktemp("old"), {**FEATURES, "drop": ["city"]}, HEADER, rows(400, 3), test
    )
    fitted(old, "old", "logistic_regression")
    return root, old / "old"


def measure(project, output, settings=SETTINGS, champion=None, sha256="none"):
    root, _ = project
    evaluate(
        root / "new",
        root / "test",
        output,
        settings=settings,
        raw=root / "data" / "test",
        champion_folder=champion or root / "new",
        champion_sha256=sha256,
    )
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (output / "evaluation").glob("*.json")
    }


@pytest.fixture(scope="module")
def measured(project, tmp_path_factory):
    _, old = project
    digest = model.load(old).sha256
    return measure(project, tmp_path_factory.mktemp("out"), champion=old, sha256=digest)


def test_each_metric_lies_in_its_interval(measured):
    metrics = measured["metrics"]

    assert metrics["metrics"]["roc_auc"] > 0.9
    for name, value in metrics["metrics"].items():
        low, high = metrics["intervals"][name]
        assert low <= value <= high
    assert (metrics["rows"], metrics["rejected"]) == (298, 2)
    assert (metrics["task"], metrics["threshold"]) == ("classification", 0.5)
    assert metrics["packages"].startswith("python 3.")
    assert metrics["data"]["training_sha256"] != metrics["data"]["test_sha256"]


def test_the_champion_is_scored_on_the_same_rows_with_its_own_preprocessor(measured, project):
    champion = measured["metrics"]["champion"]

    assert (champion["rows"], champion["unread"], champion["error"]) == (298, 0, None)
    assert champion["difference"] == pytest.approx(champion["new_value"] - champion["value"])
    assert champion["value"] > 0.8
    assert measured["metrics"]["gate"]["passed"]
    assert "worse than the champion" in measured["metrics"]["gate"]["reason"]


def test_groups_are_of_the_raw_rows_and_bins_are_those_of_the_model(measured):
    city, income = measured["evaluation"]["slices"]

    assert [line["group"] for line in city["groups"]] == ["Bonn", "Köln", "Ulm", "missing"]
    assert sum(line["rows"] for line in city["groups"]) == 298
    assert len(income["groups"]) == FEATURES["binned"]["income"]
    assert measured["metrics"]["worst_slice"]["metric"] == "roc_auc"


def test_golden_rows_have_the_predictions_that_serving_them_gives(measured, project):
    golden, root = measured["golden"], project[0]
    assert golden["model_sha256"] == measured["metrics"]["model_sha256"]
    assert len(golden["rows"]) == len(golden["predictions"]) == 101
    assert all("bought" not in row and "customer" in row for row in golden["rows"])

    scorer = Scorer(model.load(root / "new"))
    for row, expected in list(zip(golden["rows"], golden["predictions"], strict=True))[:100:9]:
        [answer] = scorer.predict([row])
        assert answer.prediction == expected["prediction"]
        assert answer.score == pytest.approx(expected["score"], abs=1e-9)


def test_a_row_that_cannot_be_read_is_golden_too_but_not_for_its_label(measured):
    [row] = [
        row
        for row, answer in zip(
            measured["golden"]["rows"], measured["golden"]["predictions"], strict=True
        )
        if answer is None
    ]

    assert (row["customer"], row["age"][0]) == ("c6", "x")


def test_the_same_again_gives_the_same_bytes(measured, project, tmp_path):
    _, old = project
    again = measure(project, tmp_path, champion=old, sha256=model.load(old).sha256)

    assert json.dumps(again) == json.dumps(measured)


def test_without_a_champion_its_folder_is_not_read(project, tmp_path):
    found = measure(project, tmp_path, champion=tmp_path / "nowhere")

    assert found["metrics"]["champion"] is None
    assert "no model is approved yet" in found["metrics"]["gate"]["reason"]


def refused(project, tmp_path, folder, sha256, words):
    """The gate does not pass, and says these words; everything is written all the same."""
    metrics = measure(project, tmp_path, champion=folder, sha256=sha256)["metrics"]

    assert not metrics["gate"]["passed"]
    assert words in metrics["gate"]["reason"]
    assert "gate.champion.enabled: false" in metrics["gate"]["reason"]
    assert metrics["champion"]["error"]
    assert (tmp_path / "evaluation" / "report.html").is_file()


def test_a_champion_that_was_changed_after_training_fails_the_gate(project, tmp_path):
    refused(project, tmp_path, project[1], "0" * 64, "is not the expected model")


def test_a_champion_that_is_no_archive_fails_the_gate(project, tmp_path):
    (tmp_path / "model.tar.gz").write_bytes(b"no archive")
    from jobs.archive import sha256

    digest = sha256(tmp_path / "model.tar.gz")
    refused(project, tmp_path, tmp_path, digest, "cannot be unpacked")


def test_a_champion_without_a_recorded_digest_fails_the_gate(project, tmp_path):
    refused(project, tmp_path, project[0] / "new", "unknown", "does not say what its digest is")


def test_a_champion_of_another_label_fails_the_gate(project, tmp_path, tmp_path_factory):
    features = {**FEATURES, "label": {"column": "bought", "positive": "no"}}
    root = preprocessed(
        tmp_path_factory.mktemp("other"), features, HEADER, rows(200, 1), rows(50, 2)
    )
    digest = fitted(root, "other", "logistic_regression")

    refused(project, tmp_path, root / "other", digest, "it predicts 'bought' (yes or no)")


def test_a_champion_that_wants_a_column_that_is_gone_fails_the_gate(
    project, tmp_path, tmp_path_factory
):
    header = HEADER.replace("city", "town")
    root = preprocessed(
        tmp_path_factory.mktemp("renamed"), FEATURES, header, rows(200, 1), rows(50, 2)
    )
    digest = fitted(root, "renamed", "logistic_regression")

    refused(project, tmp_path, root / "renamed", digest, "no column 'town'")


def test_a_copy_of_the_label_among_the_columns_fails_the_gate(tmp_path):
    chance = random.Random(0)

    def leaking(lines):
        for line in lines:
            row, bought = line.rsplit(",", 1)
            told = bought if chance.random() > 0.03 else "no"
            yield f"{row},{'sent' if told == 'yes' else '?'},{bought}"

    header = HEADER.replace(",bought", ",parcel,bought")
    train, test = list(leaking(rows(400, 1))), list(leaking(rows(300, 2)))
    root = preprocessed(tmp_path / "p", FEATURES, header, train, test)
    fitted(root, "new", "logistic_regression")
    gate = Gate("roc_auc", at_least=0.5)

    metrics = measure((root, None), tmp_path / "a", Settings(resamples=0, gate=gate))["metrics"]

    assert [leak["column"] for leak in metrics["leaks"]] == ["parcel"]
    assert not metrics["gate"]["passed"]
    assert "column 'parcel' tells the label by itself" in metrics["gate"]["reason"]
    allowed = Gate("roc_auc", at_least=0.5, allowed_leaks=("parcel",))
    again = measure((root, None), tmp_path / "b", Settings(resamples=0, gate=allowed))["metrics"]
    assert again["gate"]["passed"]
    assert again["intervals"]["roc_auc"] is None


def test_what_the_settings_want_is_not_skipped_in_silence(project, tmp_path):
    root, _ = project
    folders = (root / "new", root / "test", tmp_path)

    with pytest.raises(DataError, match="give --champion and --champion-sha256"):
        evaluate(*folders, settings=Settings(gate=GATE), raw=root / "data" / "test")
    with pytest.raises(DataError, match=r"evaluation.slices needs the raw test rows"):
        evaluate(*folders, settings=Settings(slices=("city",)))
    with pytest.raises(DataError, match=r"gate.metric is rmse, which is no metric of a classifi"):
        evaluate(*folders, settings=Settings(gate=Gate("rmse", at_most=3.0)))


def test_other_rows_than_preprocess_read_are_refused(project, tmp_path):
    root, _ = project
    other = write_rows(tmp_path / "other", rows(100, 2))

    with pytest.raises(DataError, match="these are not the files that preprocess read"):
        evaluate(root / "new", root / "test", tmp_path, settings=SETTINGS, raw=other,
                 champion_folder=root, champion_sha256="none")  # fmt: skip


def test_a_wrong_document_is_one_clear_line(project, tmp_path):
    root, _ = project
    (tmp_path / "evaluation.json").write_text("{}")
    folders = ("--model", root / "new", "--test", root / "test", "--output", tmp_path)

    result = run("evaluate", *folders, "--evaluation", tmp_path / "evaluation.json")

    assert result.returncode == 2
    assert result.stderr == (
        f"Error: {tmp_path}/evaluation.json is not an evaluation.json: KeyError('evaluation')\n"
    )


def wages(count, seed):
    chance = random.Random(seed)
    for _ in range(count):
        years, region = chance.randint(0, 40), chance.choice(["south", "west"])
        wage = 200 + 12 * years + 90 * (region == "west") + chance.gauss(0, 40)
        yield f"{years},{region},{wage:.2f}"


def test_a_regression_is_measured_held_to_its_gate_and_explained_by_its_own_metrics(tmp_path):
    features = {"label": {"column": "wage"}, "numeric": ["years"]}
    root = preprocessed(
        tmp_path / "wages", features, "years,region,wage", list(wages(400, 1)), list(wages(200, 2))
    )
    digest = fitted(root, "new", "linear_regression")
    gate = Gate("rmse", at_most=60.0, better_by=0.0)
    settings = Settings(resamples=20, slices=("region",), gate=gate)

    found = measure((root, None), tmp_path, settings, champion=root / "new", sha256=digest)

    metrics = found["metrics"]
    assert list(metrics["metrics"]) == ["r2", "rmse", "mae", "median_absolute_error"]
    assert 30 < metrics["metrics"]["rmse"] < 50
    assert metrics["threshold"] is None
    assert metrics["champion"]["difference"] == 0.0
    assert metrics["gate"]["passed"]
    assert metrics["leaks"] == []
    first = found["golden"]["predictions"][0]
    assert first["prediction"] == first["score"]
    page = (tmp_path / "evaluation" / "report.html").read_text(encoding="utf-8")
    assert "Predicted against actual" in page


def test_by_hand_it_needs_no_more_than_a_model_and_codes(project, tmp_path):
    root, _ = project
    done(run("evaluate", "--model", root / "new", "--test", root / "test", "--output", tmp_path))

    written = sorted(path.name for path in (tmp_path / "evaluation").iterdir())
    assert written == ["evaluation.json", "metrics.json", "report.html"]
