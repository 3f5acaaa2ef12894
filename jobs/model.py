"""A model on disk: the fitted estimator, its preprocessor, and a manifest that vouches for both.

    model.joblib        the estimator, with scikit-learn's methods; loading it runs code, so only
                        once its digest (and, in inference, the whole archive's) has been checked
    preprocessor.json   the tables that made its features
    derive.py           what made columns from columns, where that is configured
    example.json        a few rows as a client would send them
    manifest.json       digests, task, algorithm, hyperparameters, encoding, features, versions

No file holds a date or a path: training twice on the same rows gives the same bytes, as far as the
algorithm itself repeats.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jobs import archive, matrices, requirements
from jobs.documents import EXAMPLE, PREPROCESSOR, SUMMARY
from preprocessing import document
from preprocessing.derive import FILE as DERIVE
from preprocessing.errors import DataError
from preprocessing.features import Task
from preprocessing.tables import Label, Tables

MODEL = "model.joblib"
FORMAT, VERSION = "model", 1
PACKAGES = ("numpy", "pyarrow", "scikit-learn", "scipy")
# A row is predicted positive if its score is above this, unless a threshold was chosen.
THRESHOLD = 0.5


@dataclass(frozen=True)
class Model:
    """A model that is ready to score.

    Attributes:
        estimator: as scikit-learn's: with `predict_proba`, or for numbers `predict`.
        tables: its preprocessor.
        manifest: what manifest.json says.
        sha256: of the archive.
        preprocessor_sha256: the preprocessor's own digest.
        example: rows as a client would send them; none in an archive that has no example.
    """

    estimator: Any
    tables: Tables
    manifest: Mapping[str, Any]
    sha256: str
    preprocessor_sha256: str
    example: tuple[Mapping[str, str | None], ...] = ()

    @property
    def task(self) -> Task:
        """What it predicts: one of two classes, or a number."""
        return self.tables.task

    @property
    def threshold(self) -> float | None:
        """A row is predicted positive if its score is above this; None in a regression."""
        if self.task == "regression":
            return None
        # Models of before it was recorded had this one.
        return float(self.manifest.get("threshold", THRESHOLD))

    def score(self, codes: pa.RecordBatch) -> np.ndarray:
        """For each row, shape (rows,): the probability of the positive class, or the number."""
        return self.score_matrix(matrices.encode(self.manifest["encoding"], self.tables, codes))

    def score_matrix(self, matrix: Any) -> np.ndarray:
        """As `score`, for rows that are encoded already."""
        return score_matrix(self.estimator, self.task, matrix)

    def predictions(self, scores: np.ndarray) -> list[str] | list[float]:
        """What is predicted at these scores: the label's text, or the number itself."""
        label = self.tables.label
        if not isinstance(label, Label):
            numbers: list[float] = scores.tolist()
            return numbers
        above = (scores > self.threshold).tolist()
        return [label.positive if positive else label.negative for positive in above]


def score_matrix(estimator: Any, task: Task, matrix: Any) -> np.ndarray:
    """The scores of encoded rows, shape (rows,); see `Model.score`."""
    if matrix.shape[0] == 0:
        return np.array([], np.float64)
    matrix = within_reach(estimator, matrix)
    if task == "regression":
        return np.asarray(estimator.predict(matrix), np.float64)
    positive = list(estimator.classes_).index(1)
    return np.asarray(estimator.predict_proba(matrix)[:, positive], np.float64)


def within_reach(estimator: Any, matrix: Any) -> Any:
    """The matrix as an estimator can take it: a forest holds float32, and refuses what is beyond.

    There the largest float32 stands for it, on the same side of every split.
    """
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    if isinstance(estimator, RandomForestClassifier | RandomForestRegressor):
        largest = float(np.finfo(np.float32).max)
        return np.clip(matrix, -largest, largest)
    return matrix


def save(
    folder: Path,
    estimator: Any,
    preprocessor: Path,
    *,
    algorithm: str,
    encoding: str,
    hyperparameters: Mapping[str, Any],
    rows: int,
    threshold: float = THRESHOLD,
    validation: Mapping[str, Any] | None = None,
    packages: Iterable[str] = (),
) -> None:
    """Write the files of a model into `folder`, which becomes the archive.

    Args:
        folder: written to; it is there already.
        estimator: fitted on codes in this encoding: for two classes, labels 0 and 1, with
            `predict_proba` and `classes_`; for a number with `predict`.
        preprocessor: the folder of this name that Preprocess wrote, with preprocessor.json.
        algorithm: its name.
        encoding: how the codes reached it: `ordinal` or `onehot`.
        hyperparameters: all of them, the defaults too; values that JSON can hold.
        rows: rows that it was fitted on.
        threshold: a row is predicted positive if its score is above this.
        validation: what it was measured at on rows that were held out, if any were.
        packages: what it needs beyond `PACKAGES` to be loaded.

    Raises:
        DataError: the estimator cannot be loaded again elsewhere, or the folder of Preprocess
            lacks a document.
    """
    import joblib

    _check_loadable(estimator)
    tables, digest = document.load(preprocessor / PREPROCESSOR)
    if tables.task == "classification" and not hasattr(estimator, "predict_proba"):
        raise DataError(
            f"a {type(estimator).__name__} has no predict_proba: it gives no probabilities, and so "
            "cannot be the model of a label of two classes"
        )
    summary = _summary(preprocessor)
    joblib.dump(estimator, folder / MODEL, compress=0)
    copied = [PREPROCESSOR, *(n for n in (EXAMPLE, DERIVE) if (preprocessor / n).is_file())]
    for name in copied:
        (folder / name).write_bytes((preprocessor / name).read_bytes())
    label = tables.label
    values = {"values": list(label.values)} if isinstance(label, Label) else {}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "task": tables.task,
        "algorithm": algorithm,
        "hyperparameters": dict(hyperparameters),
        "encoding": encoding,
        "threshold": threshold if isinstance(label, Label) else None,
        "features": matrices.names(encoding, tables),
        "label": {"column": label.column, **values},
        "rows": rows,
        "rejected": summary["rejected"],
        "validation": None if validation is None else dict(validation),
        "data": summary["data"],
        "preprocessor_sha256": digest,
        "files": {name: archive.sha256(folder / name) for name in (MODEL, *copied)},
        "packages": {
            "python": platform.python_version(),
            **{name: version(name) for name in (*PACKAGES, *packages)},
        },
        # Set by whoever starts the job; by hand there is none.
        "code_sha256": os.environ.get("CODE_SHA256"),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / archive.MANIFEST).write_text(text, encoding="utf-8")


def load(folder: Path, expected_sha256: str | None = None) -> Model:
    """Load the model from `model.tar.gz` in `folder`; nothing is run before all digests match.

    Raises:
        DataError: no archive, another than expected, damaged, or of other versions than these.
    """
    path, sha256 = archive.find(folder, expected_sha256)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        archive.unpack(path, root)
        return load_unpacked(root, sha256, path)


def load_unpacked(folder: Path, sha256: str, source: Path | None = None) -> Model:
    """Load the model from what was in its archive: SageMaker unpacks it before a model serves.

    Args:
        folder: what the archive was unpacked into.
        sha256: the archive's digest.
        source: what errors name instead of the folder.

    Raises:
        DataError: as `load`.
    """
    source = folder if source is None else source
    manifest = _checked_manifest(folder, source)
    tables, digest = document.load(folder / PREPROCESSOR)
    if digest != manifest["preprocessor_sha256"]:
        raise DataError(f"{source}: the preprocessor is not the one that the model was trained on")
    estimator, example = _loaded(folder / MODEL, source), _example(folder, source)
    return Model(estimator, tables, manifest, sha256, digest, example)


def load_tables(folder: Path, expected_sha256: str | None = None) -> tuple[Tables, str, str]:
    """The preprocessor alone: its tables, its digest, and the archive's digest.

    Raises:
        DataError: as `load`.
    """
    path, sha256 = archive.find(folder, expected_sha256)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        archive.unpack(path, root)
        tables, digest = document.load(root / PREPROCESSOR)
        return tables, digest, sha256


def _check_loadable(estimator: Any) -> None:
    """A class of the program that runs is not there when another program loads the model."""
    if type(estimator).__module__ == "__main__":
        name = type(estimator).__name__
        raise DataError(
            f"the class {name} is defined in the training script itself, and no other job could "
            "load it: put it into a module that is in every job's image"
        )


def _summary(preprocessor: Path) -> dict[str, Any]:
    """What Preprocess counted and read; None for each if it left no summary.

    Raises:
        DataError: the summary is not one that it wrote.
    """
    path = preprocessor / SUMMARY
    digests: dict[str, str | None] = {"training_sha256": None, "test_sha256": None}
    if not path.is_file():
        return {"rejected": None, "data": digests}
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        for part in ("training", "test"):
            if summary["data"][part] is not None:
                digests[f"{part}_sha256"] = str(summary["data"][part]["sha256"])
        return {"rejected": int(summary["train"]["rejected"]), "data": digests}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a summary of preprocess: {error!r}") from error


def _loaded(path: Path, source: Path) -> Any:
    """The estimator. What it needs may be missing here, or be another version.

    Raises:
        DataError: it cannot be loaded.
    """
    import joblib

    try:
        return joblib.load(path)
    except (ImportError, AttributeError) as error:
        raise DataError(
            f"{source}: its model needs what is not here: {error}; use the image that trained it"
        ) from error


def _example(root: Path, source: Path) -> tuple[Mapping[str, str | None], ...]:
    path = root / EXAMPLE
    if not path.is_file():
        return ()
    try:
        return tuple(json.loads(path.read_text(encoding="utf-8"))["rows"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{source}: its {EXAMPLE} holds no rows: {error!r}") from error


def _checked_manifest(root: Path, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((root / archive.MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["version"] != VERSION:
            raise DataError(f"{source}: its manifest is not one that this code reads")
        trained_with = manifest["packages"]
        here = {"scikit-learn": version("scikit-learn")}
        present = {name for name in (EXAMPLE, DERIVE) if (root / name).exists()}
        for name in {MODEL, PREPROCESSOR, *manifest["files"], *present}:
            if archive.sha256(root / name) != manifest["files"][name]:
                raise DataError(
                    f"{source}: {name} is damaged: its digest does not match; train again"
                )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{source} is not a model of this project: {error!r}") from error
    for name in requirements.PINNED:
        if name in trained_with:
            requirements.need(name)
            here[name] = _version(name)
    for name, present_version in here.items():
        if trained_with[name].split(".")[:2] != present_version.split(".")[:2]:
            raise DataError(
                f"{source} was trained with {name} {trained_with[name]}, and this is "
                f"{present_version}: use the image that trained it, or train again"
            )
    return manifest


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise DataError(f"{package} is here without its metadata: install it anew") from error
