"""What a training job learns, for either kind of label and with each algorithm."""

import json
import re

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from jobs import algorithms, model
from jobs.progress import measure
from preprocessing.codes import read_codes
from preprocessing.errors import DataError
from preprocessing.rows import transform_rows
from tests.jobs.learnt import DERIVE, FEATURES_OF, VISITS, learnt, loaded, manifest, prepared
from tests.jobs.made import FEATURES, write_rows

BOTH = ["classification", "regression"]
EVERY = [(name, task) for name in algorithms.NAMES for task in algorithms.of_name(name)]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """The cores are shared with other tests: threads that wait for one another would spin."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def outs(tmp_path_factory):
    """What Preprocess wrote, by task."""
    return {
        task: prepared(tmp_path_factory.mktemp(task), features)
        for task, features in FEATURES_OF.items()
    }


def scores_and_labels(made, out):
    (codes,) = read_codes(out / "test", made.tables, labelled=True)
    return made.score(codes), codes.column("_label").to_numpy()


@pytest.mark.parametrize(("algorithm", "task"), EVERY)
def test_a_model_has_learnt_something_and_says_what_it_is(outs, tmp_path, algorithm, task):
    made = loaded(learnt(outs[task], tmp_path / "model", algorithm))

    scores, labels = scores_and_labels(made, outs[task])
    metrics = measure(task, labels, scores, 0.5)
    assert metrics["roc_auc" if task == "classification" else "r2"] > (
        0.85 if task == BOTH[0] else 0.3
    )
    assert (made.task, made.manifest["task"], made.manifest["algorithm"]) == (task, task, algorithm)
    assert (made.threshold, made.manifest["threshold"]) == (
        (0.5,) * 2 if task == BOTH[0] else (None,) * 2
    )
    assert made.manifest["rows"] == 400
    summary = json.loads((outs[task] / "preprocessor" / "summary.json").read_text())
    assert made.manifest["data"] == {
        f"{part}_sha256": summary["data"][part]["sha256"] for part in ("training", "test")
    }
    predictions = made.predictions(scores)
    if task == "classification":
        assert [text == "yes" for text in predictions] == (scores > 0.5).tolist()
    else:
        assert predictions == scores.tolist()


def test_a_label_that_is_a_number_is_described_as_one(outs, tmp_path):
    folder = learnt(outs["regression"], tmp_path / "model", "linear_regression")

    assert manifest(folder)["label"] == {"column": "visits"}
    document = json.loads((folder / "preprocessor.json").read_text(encoding="utf-8"))
    label = document["label"]
    assert (label["column"], label["count"], label["minimum"], label["maximum"]) == (
        "visits",
        400,
        0,
        30,
    )


def test_the_example_in_the_archive_can_be_predicted_and_tells_neither_label_nor_id(outs, tmp_path):
    made = loaded(learnt(outs["classification"], tmp_path / "model", "logistic_regression"))

    assert len(made.example) == 3
    assert set(made.example[0]) == {"age", "visits", "income", "city"}
    codes, rejects = transform_rows(made.tables, made.example)
    assert rejects == []
    (test,) = read_codes(outs["classification"] / "train", made.tables, labelled=True)
    np.testing.assert_array_equal(made.score(codes), made.score(test)[:3])


@pytest.mark.parametrize(
    ("algorithm", "task"), {name: (name, task) for name, task in EVERY}.values()
)
def test_the_number_of_cores_is_no_part_of_a_model(outs, tmp_path, algorithm, task, monkeypatch):
    bytes_of = {}
    for cores in (1, 2):
        monkeypatch.setenv("OMP_NUM_THREADS", str(cores))
        with threadpool_limits(cores):
            folder = learnt(outs[task], tmp_path / str(cores), algorithm)
        bytes_of[cores] = (folder / "model.joblib").read_bytes()

    assert bytes_of[1] == bytes_of[2]


@pytest.mark.parametrize("algorithm", ["hist_gradient_boosting", "lightgbm", "random_forest"])
@pytest.mark.parametrize("task", BOTH)
def test_a_fit_in_stages_is_the_fit_at_once(outs, tmp_path, algorithm, task):
    at_once = learnt(outs[task], tmp_path / "once", algorithm)
    staged = learnt(outs[task], tmp_path / "staged", algorithm, checkpoints=tmp_path / "kept")

    assert (at_once / "model.joblib").read_bytes() == (staged / "model.joblib").read_bytes()


@pytest.mark.parametrize("task", BOTH)
def test_rows_are_held_out_by_their_numbers_and_measured_on(outs, tmp_path, task, capsys):
    folder = learnt(
        outs[task], tmp_path / "model", "hist_gradient_boosting", validation_fraction=0.25
    )

    log = capsys.readouterr().out
    told = manifest(folder)
    assert told["rows"] + told["validation"]["rows"] == 400
    assert 70 < told["validation"]["rows"] < 130
    for name, value in told["validation"]["metrics"].items():
        found = re.findall(rf"validation:{name}=([-0-9.eE+]+);", log)
        # At each stage, and at the end, which is what a search takes.
        assert len(found) == 6
        assert float(found[-1]) == pytest.approx(value, rel=1e-9)
    losses = re.findall(r"train:(\w+)=([0-9.]+);", log)
    assert float(losses[-1][1]) < float(losses[0][1])


def test_a_model_is_fitted_on_none_of_the_rows_that_are_held_out(outs, tmp_path):
    """A forest of full depth knows each of its rows by heart, and no other."""
    by_heart = {"n_estimators": "20", "bootstrap": "false", "max_features": "1.0"}
    folder = learnt(
        outs["classification"],
        tmp_path / "model",
        "random_forest",
        hyperparameters=by_heart,
        validation_fraction=0.25,
    )

    made = loaded(folder)
    (codes,) = read_codes(outs["classification"] / "train", made.tables, labelled=True)
    wrong = (made.score(codes) > 0.5) != codes.column("_label").to_numpy()
    metrics = made.manifest["validation"]["metrics"]
    assert wrong.sum() == round(metrics["error"] * made.manifest["validation"]["rows"])
    assert wrong.sum() > 5


def test_a_threshold_is_a_number_or_chosen_on_rows_that_the_fit_has_not_seen(outs, tmp_path):
    out = outs["classification"]
    fixed = learnt(out, tmp_path / "fixed", "logistic_regression", threshold=0.3)
    best = learnt(out, tmp_path / "best", "logistic_regression", threshold="best f1")

    assert manifest(fixed)["threshold"] == 0.3
    made = loaded(best)
    assert made.threshold == manifest(best)["threshold"] != 0.5
    scores, _ = scores_and_labels(made, out)
    assert made.predictions(scores) == ["yes" if s > made.threshold else "no" for s in scores]
    # Fitted on all rows in the end: the choice changes the threshold alone.
    assert (best / "model.joblib").read_bytes() == (fixed / "model.joblib").read_bytes()


def test_derived_columns_go_with_the_model(tmp_path):
    features = {**FEATURES, "derive": "made/derive.py", "numeric": ["age", "visits a year"]}
    out = prepared(tmp_path / "project", features, DERIVE)
    folder = learnt(out, tmp_path / "m" / "model", "hist_gradient_boosting")

    made = loaded(folder)
    assert "visits a year" in made.manifest["features"]
    assert "derive.py" in made.manifest["files"]
    codes, _ = transform_rows(made.tables, made.example)
    (train,) = read_codes(out / "train", made.tables, labelled=True)
    np.testing.assert_array_equal(made.score(codes), made.score(train)[:3])

    (folder / "derive.py").write_text(DERIVE.replace("/", "*"))
    with pytest.raises(DataError, match="is damaged: its digest does not match"):
        loaded(folder)


@pytest.mark.parametrize(
    ("features", "lines", "message"),
    [
        (FEATURES, ["c,1,1,1,Ulm,no"], "label column 'bought' never is 'yes'"),
        (VISITS, ["c,1,?,1,Ulm,no"], "every row was rejected, as row 1: visits is '?': a label"),
        (
            {"label": {"column": "bought"}},
            ["c,1,1,1,Ulm,no"],
            "every row was rejected, as row 1: bought is 'no': not a number; for two classes name "
            "the positive one: features.label.positive",
        ),
    ],
)  # fmt: skip
def test_labels_that_cannot_be_learnt_are_refused(tmp_path, features, lines, message):
    write_rows(tmp_path / "data" / "train", lines * 3)
    with pytest.raises(DataError) as error:
        prepared_as_it_is(tmp_path, features)

    assert message in str(error.value)


def prepared_as_it_is(folder, features):
    from jobs.preprocess import prepare_training
    from preprocessing.features import Features

    data = folder / "data" / "train"
    prepare_training(Features.from_json(features), None, data, data, None, folder / "out")
    return folder / "out"


def test_numbers_that_are_all_the_same_teach_nothing(tmp_path):
    write_rows(tmp_path / "data" / "train", [f"c,{i},7,1,Ulm,no" for i in range(9)])
    out = prepared_as_it_is(tmp_path, VISITS)

    with pytest.raises(DataError, match="all rows have the same label; there is nothing to learn"):
        learnt(out, tmp_path / "model", "linear_regression")


def test_a_label_that_is_no_number_rejects_its_row(tmp_path):
    lines = [f"c{i},{i},{i % 5},1,Ulm,no" for i in range(9)]
    write_rows(tmp_path / "data" / "train", [*lines, "x,1,many,1,Ulm,no", "y,1,,1,Ulm,no"])

    out = prepared_as_it_is(tmp_path, VISITS)

    reasons = (out / "train" / "rejected.csv").read_text().splitlines()[1:]
    assert reasons == ["10,x,visits,many,not a number", "11,y,visits,,a label is missing"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"algorithm": "logistic_regression"}, "logistic_regression is not for regression; there"),
        ({"algorithm": "linear_regression", "threshold": 0.5}, "a threshold is for a label of two"),
        (
            {"algorithm": "linear_regression", "validation_fraction": 1e-9},
            "leaves the validation rows without two different labels; choose a larger one",
        ),
        (
            {
                "algorithm": "hist_gradient_boosting",
                "hyperparameters": {"loss": "gamma"},
            },
            "hist_gradient_boosting cannot be fitted: ",
        ),
    ],
)
def test_what_does_not_go_with_a_label_that_is_a_number_is_refused(
    outs, tmp_path, settings, message
):
    with pytest.raises(DataError) as error:
        learnt(outs["regression"], tmp_path / "model", **settings)

    assert message in str(error.value)


def test_a_number_beyond_a_forests_reach_is_on_the_far_side_of_every_split(outs, tmp_path):
    made = loaded(learnt(outs["regression"], tmp_path / "model", "random_forest"))
    row = dict(made.example[0])

    codes, _ = transform_rows(made.tables, [{**row, "age": a} for a in (1e300, -1e300, 1e6, -1e6)])

    scores = made.score(codes)
    np.testing.assert_array_equal(scores[:2], scores[2:])


class Own:
    """A model whose class another job cannot find."""

    __module__ = "__main__"

    def predict_proba(self, matrix):
        return np.zeros((len(matrix), 2))


def test_a_model_that_no_other_job_could_load_is_not_saved(outs, tmp_path):
    with pytest.raises(DataError, match="the class Own is defined in the training script itself"):
        model.save(
            tmp_path,
            Own(),
            outs["classification"] / "preprocessor",
            algorithm="own",
            encoding="ordinal",
            hyperparameters={},
            rows=1,
        )
