"""A training container of one's own: everything stands in files below one folder."""

import json

import pytest

from jobs.container import command_line
from preprocessing.errors import DataError
from tests.jobs.learnt import prepared
from tests.jobs.made import FEATURES, done, run


def hyperparameters(root, **given):
    path = root / "input" / "config" / "hyperparameters.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(given))
    return root


def test_the_files_say_what_the_toolkit_would_put_on_the_command_line(tmp_path):
    hyperparameters(tmp_path, algorithm='"lightgbm"', C="0.5", max_iter="3", solver="lbfgs")
    (tmp_path / "checkpoints").mkdir()

    assert command_line([str(tmp_path)]) == [
        *("-C", "0.5", "--algorithm", "lightgbm", "--max_iter", "3", "--solver", "lbfgs"),
        *("--train", f"{tmp_path}/input/data/train"),
        *("--preprocessor", f"{tmp_path}/input/data/preprocessor"),
        *("--checkpoints", f"{tmp_path}/checkpoints"),
        *("--model-dir", f"{tmp_path}/model"),
    ]


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_files_that_sagemaker_did_not_write_are_refused(tmp_path, content):
    hyperparameters(tmp_path)
    (tmp_path / "input/config/hyperparameters.json").write_text(content)

    with pytest.raises(DataError, match="does not hold hyperparameters"):
        command_line([str(tmp_path)])


def test_the_folder_stands_alone():
    with pytest.raises(DataError, match="takes one folder, /opt/ml, and stands alone"):
        command_line(["/opt/ml", "--algorithm", "lightgbm"])


def test_the_train_job_is_an_entrypoint_of_such_a_container(tmp_path):
    prepared(tmp_path / "project", FEATURES)
    root = hyperparameters(tmp_path / "ml", algorithm="logistic_regression", C="2")
    (root / "input" / "data").mkdir()
    for channel in ("train", "preprocessor"):
        (root / "input" / "data" / channel).symlink_to(tmp_path / "project" / "out" / channel)

    log = done(run("train", "--container", root))

    assert "  C = 2.0\n" in log
    assert (root / "model" / "manifest.json").is_file()
