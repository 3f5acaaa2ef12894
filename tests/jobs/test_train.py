"""train: as SageMaker's script mode calls it, and what it refuses."""

import sys

import pytest

from jobs import algorithms
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
        "example.json",
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
    assert "there are hist_gradient_boosting, lightgbm, random_forest, log" in result.stderr


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


def test_codes_that_are_damaged_are_named(out, tmp_path):
    (tmp_path / "codes.parquet").write_bytes(b"PAR1")
    variables = {**container(out, tmp_path / "model"), "SM_CHANNEL_TRAIN": str(tmp_path)}

    result = run("train", "--algorithm", "logistic_regression", **variables)

    assert result.returncode == 2
    assert result.stderr.startswith(f"Error: {tmp_path}/codes.parquet cannot be read as Parquet: ")


def check(*arguments, **environment):
    return run("train", "--check", "--algorithm", *arguments, **environment)


@pytest.mark.parametrize(
    "hyperparameters",
    [
        [],
        ["--max_iter", "3", "--learning_rate", "1e-3", "--l2_regularization", "0"],
        ["--early_stopping", "true"],
        ["--early_stopping", "False", "--tol=1e-5"],
        ["--max_depth", "null", "--class_weight", "balanced"],
        ["--max_depth", "None", "--class_weight", "null"],
    ],
)
def test_check_says_nothing_about_what_is_right(hyperparameters):
    assert done(check("hist_gradient_boosting", *hyperparameters)) == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["boosting"], "no algorithm is called 'boosting'"),
        (["logistic_regression", "--max_itr", "3"], "(did you mean 'max_iter'?)"),
        (["logistic_regression", "--max_iter", "null"], "max_iter is 'null', not a whole number"),
        (
            ["logistic_regression", "--fit_intercept", "1"],
            "fit_intercept is '1', not true or false",
        ),
        (["logistic_regression", "-C", "-1"], "C is '-1', not a number above 0"),
        (
            ["logistic_regression", "--task", "regression"],
            "logistic_regression is not for regression; there are hist_gradient_boosting,",
        ),
        (
            ["hist_gradient_boosting", "--task", "regression", "--class_weight", "balanced"],
            "hist_gradient_boosting has no hyperparameter 'class_weight'",
        ),
        (
            ["lightgbm", "--task", "regression", "--threshold", "0.4"],
            "a threshold is for a label of two classes",
        ),
        (["lightgbm", "--threshold", "2"], "threshold is '2', not a number between 0 and 1 or"),
    ],
)
def test_check_refuses_what_training_would(arguments, message):
    result = check(*arguments)

    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_check_needs_no_library_of_the_containers(tmp_path):
    for package in ("numpy", "pyarrow", "sklearn", "lightgbm", "joblib"):
        (tmp_path / f"{package}.py").write_text("raise ImportError('this is not here')")
    path = f"{tmp_path}:{ROOT}"

    for algorithm in algorithms.NAMES:
        (task, *_) = algorithms.of_name(algorithm)
        done(check(algorithm, "--random_state", "3", "--task", task, PYTHONPATH=path))
