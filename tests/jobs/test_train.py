"""train: as SageMaker's script mode calls it, and what it refuses."""

import sys

import pytest

from tests.jobs.made import ROOT, done, prepare, run, run_program, write_project

SCRIPT = [sys.executable, "jobs/train.py"]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    project = write_project(tmp_path_factory.mktemp("project"))
    prepare(project, project / "out")
    return project / "out"


def container(out, model):
    """What SageMaker says through the environment."""
    return {
        "SM_CHANNEL_TRAIN": str(out / "train"),
        "SM_CHANNEL_PREPROCESSOR": str(out / "preprocessor"),
        "SM_MODEL_DIR": str(model),
        "SM_OUTPUT_DIR": str(model.parent),
    }


def test_it_runs_unchanged_as_a_script_in_a_training_container(out, tmp_path):
    hyperparameters = ["-C", "2", "--algorithm", "logistic_regression", "--max_iter", "200"]
    variables = {**container(out, tmp_path / "model"), "PYTHONPATH": ""}

    log = done(run_program(SCRIPT, *hyperparameters, cwd=ROOT, **variables))

    assert "C = 2.0\n" in log
    assert {path.name for path in (tmp_path / "model").iterdir()} == {
        "manifest.json",
        "model.joblib",
        "preprocessor.json",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--max_itr", "3"], "has no hyperparameter 'max_itr' (did you mean 'max_iter'?)"),
        (["--max_iter", "x"], "max_iter is 'x', not a whole number of at least 1"),
        (["--max_iter", "0"], "max_iter is '0', not a whole number of at least 1"),
        (["--early_stopping", "maybe"], "early_stopping is 'maybe', not true or false"),
        (["--learning_rate", "nan"], "learning_rate is 'nan', not a number above 0"),
        (["--max_iter"], "hyperparameter --max_iter has no value"),
        (["--tol", "1", "--tol", "2"], "hyperparameter tol stands twice"),
        (["stray"], "'stray' is not a hyperparameter"),
    ],
)
def test_a_wrong_hyperparameter_is_refused_before_anything_is_read(tmp_path, arguments, message):
    nowhere = ("--train", tmp_path, "--preprocessor", tmp_path, "--model-dir", tmp_path)
    algorithm = ("--algorithm", "hist_gradient_boosting")

    result = run("train", *nowhere, *algorithm, *arguments, SM_OUTPUT_DIR=str(tmp_path))

    assert result.returncode == 2
    assert message in result.stderr
    assert message in (tmp_path / "failure").read_text()


def test_every_wrong_hyperparameter_is_in_one_message(tmp_path):
    nowhere = ("--train", tmp_path, "--preprocessor", tmp_path, "--model-dir", tmp_path)

    result = run("train", *nowhere, "--algorithm", "logistic_regression", "-C", "0", "--toll", "1")

    assert "C is '0'" in result.stderr
    assert "'toll' (did you mean 'tol'?)" in result.stderr


def test_an_unknown_algorithm_is_refused_with_the_known_ones(out, tmp_path):
    result = run("train", "--algorithm", "boosting", **container(out, tmp_path / "model"))

    assert result.returncode == 2
    assert "there are hist_gradient_boosting, logistic_regression" in result.stderr


def test_a_folder_that_nobody_named_is_asked_for():
    result = run("train", "--algorithm", "logistic_regression")

    assert (result.returncode, result.stderr) == (2, "Error: --train is missing\n")


def test_a_preprocessor_that_was_changed_is_refused(out, tmp_path):
    document = (out / "preprocessor" / "preprocessor.json").read_text(encoding="utf-8")
    (tmp_path / "preprocessor.json").write_text(document.replace("Bonn", "Born"), encoding="utf-8")
    variables = {**container(out, tmp_path / "model"), "SM_CHANNEL_PREPROCESSOR": str(tmp_path)}

    result = run("train", "--algorithm", "logistic_regression", **variables)

    assert result.returncode == 2
    assert "was changed after it was written" in result.stderr
