"""A fit that is cut off goes on where it was, and ends with the very same model.

Models are compared by their parameters and the bits of their scores: the bytes of a pickle also say
which of its objects were one and the same, and those of a fit that went on have been read anew.
"""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from jobs import checkpoints, training
from jobs.checkpoints import Checkpoints
from preprocessing.codes import read_codes
from tests.jobs.learnt import FEATURES_OF, QUICK, learnt, loaded, prepared
from tests.jobs.made import ROOT

ITERATIVE = ["hist_gradient_boosting", "lightgbm", "random_forest"]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """The cores are shared with other tests: threads that wait for one another would spin."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def outs(tmp_path_factory):
    return {
        task: prepared(tmp_path_factory.mktemp(task), features)
        for task, features in FEATURES_OF.items()
    }


def assert_same_model(one, other, out):
    """Both were made of the same, and score every row alike to the last bit."""
    models = [loaded(folder) for folder in (one, other)]
    (codes,) = read_codes(out / "train", models[0].tables, labelled=True)
    np.testing.assert_array_equal(*(made.score(codes) for made in models))
    parameters, others = (made.estimator.get_params() for made in models)
    assert parameters == others
    assert models[0].manifest["hyperparameters"] == models[1].manifest["hyperparameters"]


class CutOff(Exception):
    pass


class Fragile(Checkpoints):
    """The machine is taken away after the second checkpoint."""

    saved = 0

    def save(self, iterations, state):
        super().save(iterations, state)
        Fragile.saved += 1
        if Fragile.saved == 2:
            raise CutOff


@pytest.mark.parametrize("algorithm", ITERATIVE)
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_fit_goes_on_from_its_checkpoint_to_the_same_model(
    outs, tmp_path, algorithm, task, monkeypatch, capsys
):
    whole = learnt(outs[task], tmp_path / "whole" / "model", algorithm)
    with monkeypatch.context() as patched:
        patched.setattr(Fragile, "saved", 0)
        patched.setattr(training, "Checkpoints", Fragile)
        with pytest.raises(CutOff):
            learnt(outs[task], tmp_path / "cut", algorithm, checkpoints=tmp_path / "kept")
    assert not (tmp_path / "cut" / "model.joblib").exists()

    resumed = learnt(
        outs[task], tmp_path / "resumed" / "model", algorithm, checkpoints=tmp_path / "kept"
    )

    assert "going on after " in capsys.readouterr().out
    assert_same_model(resumed, whole, outs[task])


def test_a_process_that_is_killed_in_the_middle_loses_little(outs, tmp_path):
    out, kept = outs["classification"], tmp_path / "kept"
    hyperparameters = {"max_iter": "60", "min_samples_leaf": "2"}
    kept.mkdir()
    command = [sys.executable, "-m", "jobs.train", "--algorithm", "hist_gradient_boosting"]
    command += [word for name, text in hyperparameters.items() for word in (f"--{name}", text)]
    command += ["--train", str(out / "train"), "--preprocessor", str(out / "preprocessor")]
    process = subprocess.Popen(
        [*command, "--model-dir", str(tmp_path / "model")],
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "SM_CHECKPOINT_DIR": str(kept),
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None and not (kept / "checkpoint.json").exists():
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    finally:
        process.wait()
    assert process.returncode == -signal.SIGKILL

    settings = {"hyperparameters": hyperparameters, "checkpoints": kept}
    resumed = learnt(out, tmp_path / "resumed" / "model", "hist_gradient_boosting", **settings)

    at_once = learnt(
        out, tmp_path / "once" / "model", "hist_gradient_boosting", hyperparameters=hyperparameters
    )
    assert_same_model(resumed, at_once, out)


def kept(folder, state="state"):
    Checkpoints(folder, "this fit").save(5, state)
    return folder


def test_only_the_newest_checkpoint_stays(tmp_path):
    kept(tmp_path)

    Checkpoints(tmp_path, "this fit").save(10, "later")

    assert Checkpoints(tmp_path, "this fit").load() == (10, "later")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["checkpoint-10.joblib", "checkpoint.json"]


def test_a_checkpoint_of_other_data_or_settings_is_not_used(tmp_path, capsys):
    assert Checkpoints(kept(tmp_path), "another fit").load() is None
    assert "is of another fit (other data, code or settings): it is not used" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "checkpoint-5.joblib").write_bytes(b"\x80"),
        lambda f: (f / "checkpoint-5.joblib").unlink(),
        lambda f: (f / "checkpoint.json").write_text("{"),
        lambda f: (f / "checkpoint.json").write_text("[]"),
        lambda f: (f / "checkpoint.json").write_text(json.dumps({"fingerprint": "this fit"})),
    ],
)
def test_a_checkpoint_that_is_damaged_is_not_used_and_that_is_said(tmp_path, damage, capsys):
    damage(kept(tmp_path))

    assert Checkpoints(tmp_path, "this fit").load() is None
    assert "damaged: it is not used" in capsys.readouterr().out


def test_other_hyperparameters_do_not_go_on_from_here(outs, tmp_path, capsys):
    out = outs["classification"]
    learnt(out, tmp_path / "a", "random_forest", checkpoints=tmp_path / "kept")
    others = {**QUICK["random_forest"], "max_depth": "3"}

    after = learnt(
        out, tmp_path / "b", "random_forest", checkpoints=tmp_path / "kept", hyperparameters=others
    )

    assert "is of another fit" in capsys.readouterr().out
    fresh = learnt(out, tmp_path / "c", "random_forest", hyperparameters=others)
    assert (after / "model.joblib").read_bytes() == (fresh / "model.joblib").read_bytes()


def test_without_a_folder_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("SM_CHECKPOINT_DIR", str(tmp_path / "none"))
    assert checkpoints.default_folder() is None

    (tmp_path / "none").mkdir()
    assert checkpoints.default_folder() == tmp_path / "none"
