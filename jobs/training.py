"""Codes to a model: what `train` does once its command line is understood."""

from __future__ import annotations

import hashlib
import json
import os
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jobs import algorithms, archive, matrices, model, program, requirements, thresholds
from jobs.algorithms.algorithm import Algorithm, Value
from jobs.checkpoints import Checkpoints
from jobs.documents import PREPROCESSOR
from jobs.matrices import Rows
from jobs.program import log
from jobs.progress import Progress
from preprocessing import document
from preprocessing.errors import DataError
from preprocessing.splitting import in_test
from preprocessing.tables import Tables

# Other than the seed that test rows are set aside with: the choices are independent.
VALIDATION_SEED = 1
# What a threshold is chosen on, where no rows are held out anyway.
THRESHOLD_FRACTION = 0.2


@dataclass(frozen=True)
class Settings:
    """What is to be trained.

    Attributes:
        algorithm: its name.
        hyperparameters: as texts, by name.
        validation_fraction: the share of rows that the model is not fitted on, but measured; or
            None.
        threshold: a number, or a rule of `thresholds`; None: `model.THRESHOLD`.
        checkpoints: the folder of checkpoints, or None.
    """

    algorithm: str
    hyperparameters: Mapping[str, str]
    validation_fraction: float | None = None
    threshold: float | str | None = None
    checkpoints: Path | None = None


def train(settings: Settings, folder: Path, preprocessor: Path, model_folder: Path) -> None:
    """Fit the algorithm on the codes in `folder`, and write the model.

    Raises:
        DataError: what was given cannot be learnt from, or does not fit the label.
    """
    algorithms.check_for_any_task(settings.algorithm, settings.hyperparameters)
    tables, digest = document.load(preprocessor / PREPROCESSOR)
    algorithm = algorithms.get(settings.algorithm, tables.task)
    hyperparameters = algorithm.parse(settings.hyperparameters)
    if settings.threshold is not None and tables.task == "regression":
        raise DataError("a threshold is for a label of two classes, and this one is a number")
    if algorithm.package is not None:
        requirements.need(algorithm.package)
    rows = matrices.load_rows(folder, algorithm.encoding, tables)
    program.make_folder(model_folder)
    count, columns = rows.matrix.shape
    log(f"{algorithm.name} on {count:,} rows, {columns:,} {algorithm.encoding} columns")
    for key, value in hyperparameters.items():
        log(f"  {key} = {value}" + ("" if key in settings.hyperparameters else "  (default)"))
    training, validation = _held_out(rows, settings.validation_fraction, folder)

    fit = _Fit(algorithm, hyperparameters, tables)
    fixed = settings.threshold if isinstance(settings.threshold, float) else model.THRESHOLD
    checkpoints = None
    if settings.checkpoints is not None:
        checkpoints = Checkpoints(settings.checkpoints, _fingerprint(fit, settings, digest, folder))
    threshold = fixed
    if isinstance(settings.threshold, str) and validation is None:
        threshold = _chosen(fit, settings.threshold, rows, folder)
    progress = Progress(tables.task, training, validation, threshold, checkpoints)
    start = time.monotonic()
    estimator = fit(training, progress)
    log(f"fitted in {time.monotonic() - start:.1f} s")

    def score(matrix: Any) -> Any:
        return model.score_matrix(estimator, tables.task, matrix)

    if isinstance(settings.threshold, str) and validation is not None:
        threshold = thresholds.choose(
            validation.labels, score(validation.matrix), settings.threshold
        )
        log(f"threshold {threshold:.6g}: {settings.threshold} on {len(validation.labels):,} rows")
        progress = Progress(tables.task, training, validation, threshold, None)
    metrics = progress.finished(score)
    model.save(
        model_folder,
        estimator,
        preprocessor,
        algorithm=algorithm.name,
        encoding=algorithm.encoding,
        hyperparameters=hyperparameters,
        rows=len(training.labels),
        threshold=threshold,
        validation=None
        if validation is None
        else {
            "fraction": settings.validation_fraction,
            "rows": len(validation.labels),
            "metrics": metrics,
        },
        packages=() if algorithm.package is None else (algorithm.package,),
    )
    log("saved " + ", ".join(sorted(path.name for path in model_folder.iterdir())))


class _Fit:
    """Fits one algorithm, once or twice."""

    def __init__(
        self, algorithm: Algorithm, hyperparameters: Mapping[str, Value], tables: Tables
    ) -> None:
        self.algorithm = algorithm
        self.hyperparameters = hyperparameters
        self.tables = tables

    def __call__(self, rows: Rows, progress: Progress) -> Any:
        """The estimator, fitted on these rows; what the library warns of is logged.

        Raises:
            DataError: the library refuses the labels or the hyperparameters.
        """
        estimator = self.algorithm.build(self.hyperparameters, self.tables)
        matrix = model.within_reach(estimator, rows.matrix)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                fitted = self.algorithm.fit(estimator, matrix, rows.labels, progress)
            except ValueError as error:
                words = " ".join(str(error).split())
                raise DataError(f"{self.algorithm.name} cannot be fitted: {words}") from error
        for text in dict.fromkeys(" ".join(str(w.message).split()) for w in caught):
            log(f"warning: {text}")
        return fitted


def _held_out(rows: Rows, fraction: float | None, folder: Path) -> tuple[Rows, Rows | None]:
    """The rows to fit on, and those to measure on: chosen by their numbers, as test rows are.

    Raises:
        DataError: either part has no rows, or labels of one value only.
    """
    if rows.labels.min() == rows.labels.max():
        raise DataError(f"{folder}: all rows have the same label; there is nothing to learn")
    if fraction is None:
        return rows, None
    chosen = in_test(rows.numbers, fraction, VALIDATION_SEED)
    for part, mask, other in (("training", ~chosen, "smaller"), ("validation", chosen, "larger")):
        labels = rows.labels[mask]
        if len(labels) == 0 or labels.min() == labels.max():
            raise DataError(
                f"the validation fraction {fraction:g} of {len(rows.labels):,} rows leaves the "
                f"{part} rows without two different labels; choose a {other} one"
            )
    log(f"held out {int(chosen.sum()):,} rows for validation")
    return rows.only(~chosen), rows.only(chosen)


def _chosen(fit: _Fit, rule: str, rows: Rows, folder: Path) -> float:
    """The threshold that is best for a model that has not seen the rows which decide it."""
    training, validation = _held_out(rows, THRESHOLD_FRACTION, folder)
    assert validation is not None, "a fraction is held out"
    estimator = fit(training, Progress(fit.tables.task, training, None, model.THRESHOLD, None))
    scores = model.score_matrix(estimator, fit.tables.task, validation.matrix)
    threshold = thresholds.choose(validation.labels, scores, rule)
    log(f"threshold {threshold:.6g}: {rule} on {len(validation.labels):,} rows")
    log("now on all rows:")
    return threshold


def _fingerprint(fit: _Fit, settings: Settings, preprocessor_sha256: str, folder: Path) -> str:
    """The digest of everything that a fit depends on."""
    packages = ("numpy", "scikit-learn", *filter(None, [fit.algorithm.package]))
    everything = {
        "algorithm": fit.algorithm.name,
        "hyperparameters": dict(fit.hyperparameters),
        "validation_fraction": settings.validation_fraction,
        "preprocessor_sha256": preprocessor_sha256,
        "codes": [archive.sha256(path) for path in sorted(folder.glob("*.parquet"))],
        "code_sha256": os.environ.get("CODE_SHA256"),
        "packages": {name: version(name) for name in packages},
    }
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
