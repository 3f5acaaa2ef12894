"""A model on disk: the fitted classifier, its preprocessor, and a manifest that vouches for both.

    model.joblib        the scikit-learn classifier; loading it runs code, so only once its digest
                        (and, in inference, the whole archive's) has been checked
    preprocessor.json   the tables that made its features
    manifest.json       digests, algorithm, hyperparameters, encoding, features, versions

No file holds a date or a path: training twice on the same rows gives the same bytes, as far as the
algorithm itself repeats.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jobs import archive, matrices
from preprocessing import document
from preprocessing.errors import DataError
from preprocessing.tables import Tables

MODEL, PREPROCESSOR = "model.joblib", "preprocessor.json"
FORMAT, VERSION = "model", 1
PACKAGES = ("numpy", "pyarrow", "scikit-learn", "scipy")
# A row is predicted positive if its score is above this.
THRESHOLD = 0.5


@dataclass(frozen=True)
class Model:
    """A model that is ready to score.

    Attributes:
        classifier: scikit-learn's.
        tables: its preprocessor.
        manifest: what manifest.json says.
        sha256: of the archive.
        preprocessor_sha256: the preprocessor's own digest.
    """

    classifier: Any
    tables: Tables
    manifest: Mapping[str, Any]
    sha256: str
    preprocessor_sha256: str

    def score(self, codes: pa.RecordBatch) -> np.ndarray:
        """The probability of the positive class for each row, shape (rows,)."""
        return self.score_matrix(matrices.encode(self.manifest["encoding"], self.tables, codes))

    def score_matrix(self, matrix: Any) -> np.ndarray:
        """As `score`, for rows that are encoded already."""
        if matrix.shape[0] == 0:
            return np.array([], np.float64)
        positive = list(self.classifier.classes_).index(1)
        return np.asarray(self.classifier.predict_proba(matrix)[:, positive])


def save(
    folder: Path,
    classifier: Any,
    preprocessor: Path,
    *,
    algorithm: str,
    encoding: str,
    hyperparameters: Mapping[str, Any],
    rows: int,
    rejected: int | None,
) -> None:
    """Write the three files into `folder`, which becomes the archive.

    Args:
        folder: written to; it is there already.
        classifier: scikit-learn's, fitted.
        preprocessor: preprocessor.json.
        algorithm: its name.
        encoding: how the codes reached it.
        hyperparameters: all of them, the defaults too.
        rows: rows that it was fitted on.
        rejected: training rows that could not be parsed; None if nobody knows.
    """
    import joblib

    tables, digest = document.load(preprocessor)
    joblib.dump(classifier, folder / MODEL, compress=0)
    (folder / PREPROCESSOR).write_bytes(preprocessor.read_bytes())
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "algorithm": algorithm,
        "hyperparameters": dict(hyperparameters),
        "encoding": encoding,
        "features": matrices.names(encoding, tables),
        "label": {"column": tables.label.column, "values": list(tables.label.values)},
        "rows": rows,
        "rejected": rejected,
        "preprocessor_sha256": digest,
        "files": {name: archive.sha256(folder / name) for name in (MODEL, PREPROCESSOR)},
        "packages": {"python": platform.python_version(), **{p: version(p) for p in PACKAGES}},
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
        manifest = _checked_manifest(root, path)
        tables, digest = document.load(root / PREPROCESSOR)
        if digest != manifest["preprocessor_sha256"]:
            raise DataError(
                f"{path}: the preprocessor is not the one that the model was trained on"
            )
        import joblib

        return Model(joblib.load(root / MODEL), tables, manifest, sha256, digest)


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


def _checked_manifest(root: Path, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((root / archive.MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["version"] != VERSION:
            raise DataError(f"{source}: its manifest is not one that this code reads")
        trained_with = manifest["packages"]["scikit-learn"]
        for name in (MODEL, PREPROCESSOR):
            if archive.sha256(root / name) != manifest["files"][name]:
                raise DataError(
                    f"{source}: {name} is damaged: its digest does not match; train again"
                )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{source} is not a model of this project: {error!r}") from error
    here = version("scikit-learn")
    if trained_with.split(".")[:2] != here.split(".")[:2]:
        raise DataError(
            f"{source} was trained with scikit-learn {trained_with}, and this is {here}: "
            "use the image that trained it, or train again"
        )
    return manifest
