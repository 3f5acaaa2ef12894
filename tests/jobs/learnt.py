"""Models made in this process: a project's codes, and what an algorithm learns from them."""

from __future__ import annotations

import json
from pathlib import Path

# Loaded now, so that a limit on threads that a test sets reaches their OpenMP, too.
import lightgbm  # noqa: F401
import sklearn.ensemble  # noqa: F401

from jobs import model, training
from jobs.preprocess import prepare_training
from preprocessing.derive import Derivation
from preprocessing.features import Features
from tests.jobs.made import FEATURES, pack, write_project

# Few and small trees: what is tested is not how well they learn.
QUICK = {
    "hist_gradient_boosting": {"max_iter": "12", "min_samples_leaf": "5"},
    "lightgbm": {"n_estimators": "12", "min_child_samples": "5"},
    "random_forest": {"n_estimators": "12", "max_depth": "6"},
    "logistic_regression": {},
    "linear_regression": {},
}
VISITS = {
    "label": {"column": "visits"},
    "id": "customer",
    "numeric": ["age"],
    "binned": {"income": 4},
}
FEATURES_OF = {"classification": FEATURES, "regression": VISITS}
DERIVE = """\
READS = {"age": "number", "visits": "number"}

def derive(columns):
    return {"visits a year": columns["visits"] / columns["age"]}
"""


def prepared(folder: Path, features: dict, derive: str | None = None, rows: int = 400) -> Path:
    """What Preprocess writes for a project with these features: train/, test/, preprocessor/."""
    folder.mkdir(parents=True, exist_ok=True)
    write_project(folder, rows, rows // 2)
    (folder / "features.json").write_text(json.dumps(features), encoding="utf-8")
    derivation = None
    if derive is not None:
        (folder / "derive.py").write_text(derive)
        derivation = Derivation.load(folder / "derive.py")
    prepare_training(
        Features.load(folder / "features.json"),
        derivation,
        folder / "data" / "train",
        folder / "data" / "test",
        None,
        folder / "out",
    )
    return folder / "out"


def learnt(out: Path, target: Path, algorithm: str, **settings) -> Path:
    """Train on what `prepared` made; the folder of the model, not yet packed."""
    hyperparameters = settings.pop("hyperparameters", QUICK[algorithm])
    training.train(
        training.Settings(algorithm, hyperparameters, **settings),
        out / "train",
        out / "preprocessor",
        target,
    )
    return target


def loaded(folder: Path) -> model.Model:
    """A model as other jobs see it: packed, checked and loaded."""
    return model.load(folder.parent, pack(folder, folder.parent))


def manifest(folder: Path) -> dict:
    """manifest.json of a model that is not yet packed."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
