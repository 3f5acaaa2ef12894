"""A model and test codes to metrics: as JSON for machines, and as a page for people.

Writes evaluation/metrics.json (small: what a gate reads), evaluation/evaluation.json (curves, the
confusion matrix and the model's manifest too) and evaluation/report.html.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from jobs import evaluation, matrices, model, program
from jobs.preprocess import REJECTED
from jobs.program import log
from jobs.report import build_report
from preprocessing.errors import DataError
from preprocessing.rejects import read_rejects


def main() -> None:
    arguments = _parser().parse_args()
    evaluate(arguments.model, arguments.test, arguments.output, arguments.model_sha256)


def evaluate(folder: Path, test: Path, output: Path, sha256: str | None = None) -> None:
    """Score the labelled codes in `test` with the model in `folder`, and write what that says.

    Args:
        folder: holds the model's archive.
        test: codes and rejected.csv, as preprocess wrote them.
        output: written to.
        sha256: the archive's digest, if it is known.
    """
    loaded = model.load(folder, sha256)
    target = output / "evaluation"
    program.make_folder(target)
    scores, labels = [], []
    encoding = loaded.manifest["encoding"]
    for matrix, label in matrices.labelled_batches(test, encoding, loaded.tables):
        scores.append(loaded.score_matrix(matrix))
        labels.append(label)
    if not sum(map(len, labels)):
        raise DataError(f"{test}: no rows to test on")
    summary = evaluation.summarise(np.concatenate(labels), np.concatenate(scores), model.THRESHOLD)
    rejected = test / REJECTED
    about = {
        "training": {
            "rows": loaded.manifest["rows"],
            # A model that was trained without the summary of preprocess does not know.
            "rejected": loaded.manifest.get("rejected"),
        },
        "rejected": sum(1 for _ in read_rejects(rejected)) if rejected.is_file() else 0,
        "model_sha256": loaded.sha256,
        "preprocessor_sha256": loaded.preprocessor_sha256,
    }
    gate = {
        "metrics": summary["metrics"],
        "rows": summary["rows"],
        **about,
        "algorithm": loaded.manifest["algorithm"],
    }
    whole = {**summary, **about, "model": loaded.manifest}

    _write_json(target / "metrics.json", gate)
    _write_json(target / "evaluation.json", whole)
    (target / "report.html").write_text(build_report(whole), encoding="utf-8")
    log(f"tested on {summary['rows']:,} rows")
    for name, value in summary["metrics"].items():
        log(f"  {name:<18} " + ("undefined" if value is None else f"{value:.4f}"))


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "evaluate", __doc__, "python -m jobs.evaluate --model out --test out/test --output out"
    )
    parser.add_argument("--model", type=Path, required=True, help="folder with model.tar.gz")
    parser.add_argument("--model-sha256", help="digest that it must have, if it is known")
    parser.add_argument("--test", type=Path, required=True, help="folder of labelled codes")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    program.end(main)
