"""A project's rows preprocessed and models fitted on them, in this process: cheap to have many."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from jobs import algorithms, matrices, model
from jobs.preprocess import prepare_training
from preprocessing import document
from preprocessing.features import Features
from tests.jobs.made import pack, write_rows


def preprocessed(
    root: Path,
    features: dict[str, Any],
    header: str,
    train: list[str],
    test: list[str],
) -> Path:
    """Preprocess these rows; the folder with train/, test/, preprocessor/ and data/."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "features.json").write_text(json.dumps(features))
    for name, lines in (("train", train), ("test", test)):
        write_rows(root / "data" / name, lines, header)
    data = root / "data"
    read = Features.load(root / "features.json")
    prepare_training(read, None, data / "train", data / "test", None, root)
    return root


class Unwatched:
    """A fit that nobody waits for."""

    is_live = False

    def resumed(self) -> None:
        """There is nothing to go on from."""

    def reached(self, *progress: Any, **more: Any) -> None:
        """Nobody is told."""


def fitted(root: Path, name: str, algorithm: str, **hyperparameters: str) -> str:
    """Fit an algorithm on what `preprocessed` wrote; <root>/<name>/model.tar.gz and its digest."""
    tables, _ = document.load(root / "preprocessor" / "preprocessor.json")
    chosen = algorithms.get(algorithm, tables.task)
    values = chosen.parse(hyperparameters)
    matrix, labels = matrices.load(root / "train", chosen.encoding, tables)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of lightgbm, as the train job does
        estimator = chosen.fit(chosen.build(values, tables), matrix, labels, Unwatched())
    folder = root / name / "model"
    folder.mkdir(parents=True, exist_ok=True)
    model.save(
        folder,
        estimator,
        root / "preprocessor",
        algorithm=algorithm,
        encoding=chosen.encoding,
        hyperparameters=values,
        rows=len(labels),
    )
    return pack(folder, root / name)
