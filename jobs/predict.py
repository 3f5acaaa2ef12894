"""Codes to predictions: one line for each input row, in the order of the input.

Writes predictions/predictions.csv (row, the id column if there is one, prediction, score, rejected)
and predictions/summary.json. A row that preprocess rejected has no prediction, but its reason. The
score is the probability of the positive class; where a number is predicted there is none.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from jobs import model, program
from jobs.documents import REJECTED, SUMMARY
from jobs.program import log
from preprocessing.codes import read_codes
from preprocessing.errors import DataError
from preprocessing.features import ID, ROW
from preprocessing.rejects import Reject, read_rejects

# row, the id if there is one, prediction, score, rejected
Line = tuple[Any, ...]


def main() -> None:
    arguments = _parser().parse_args()
    predict(arguments.model, arguments.model_sha256, arguments.features, arguments.output)


def predict(folder: Path, sha256: str, features: Path, output: Path) -> None:
    """Score the codes in `features` with the model in `folder`.

    Args:
        folder: holds the model's archive.
        sha256: the archive's digest, checked before it is opened.
        features: codes, rejected.csv and summary.json, as preprocess wrote them.
        output: written to.
    """
    summary = _summary(features)
    loaded = model.load(folder, sha256)
    if summary["preprocessor_sha256"] != loaded.preprocessor_sha256:
        raise DataError(f"{features} was made with another preprocessor than this model's")
    target = output / "predictions"
    program.make_folder(target)
    id_column = loaded.tables.features.id
    ids = [] if id_column is None else [id_column]
    lines = predicted = 0
    with (target / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", *ids, "prediction", "score", "rejected"])
        for batch in _lines(loaded, features):
            writer.writerows(batch)
            lines += len(batch)
            predicted += sum(1 for line in batch if line[-1] == "")
            log(f"{lines:,} of {summary['rows']:,} rows")
    if lines != summary["rows"]:
        raise program.JobError(
            f"{lines:,} lines for {summary['rows']:,} rows; {features} is damaged"
        )
    if lines == 0:
        log(f"no rows in {features}: predictions.csv has a header and nothing else")
    result = {
        "rows": lines,
        "predicted": predicted,
        "rejected": lines - predicted,
        "model_sha256": loaded.sha256,
    }
    (target / SUMMARY).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _lines(loaded: model.Model, features: Path) -> Iterator[list[Line]]:
    """Predictions and rejected rows, merged by row number."""
    with_id = loaded.tables.features.id is not None
    rejects = read_rejects(features / REJECTED)
    waiting = next(rejects, None)
    for codes in read_codes(features, loaded.tables, labelled=False):
        lines = _predictions(loaded, codes, with_id)
        due = []
        while waiting is not None and lines and waiting.row < lines[-1][0]:
            due.append(_rejected(waiting, with_id))
            waiting = next(rejects, None)
        yield sorted(lines + due, key=itemgetter(0)) if due else lines
    rest = [] if waiting is None else [waiting, *rejects]
    if rest:
        yield [_rejected(reject, with_id) for reject in rest]


def _predictions(loaded: model.Model, codes: pa.RecordBatch, with_id: bool) -> list[Line]:
    scores = loaded.score(codes)
    predictions = loaded.predictions(scores)
    ids = [codes.column(ID).to_pylist()] if with_id else []
    nothing = [""] * len(predictions)
    shown = nothing if loaded.task == "regression" else scores.tolist()
    columns = [codes.column(ROW).to_pylist(), *ids, predictions, shown, nothing]
    return list(zip(*columns, strict=True))


def _rejected(reject: Reject, with_id: bool) -> Line:
    ids = [reject.id or ""] if with_id else []
    return (reject.row, *ids, "", "", reject.sentence)


def _summary(features: Path) -> dict[str, object]:
    try:
        summary: dict[str, object] = json.loads((features / SUMMARY).read_text(encoding="utf-8"))
        return {"rows": summary["rows"], "preprocessor_sha256": summary["preprocessor_sha256"]}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{features}: no usable {SUMMARY}; has `preprocess inference` written here? ({error})"
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "predict",
        __doc__,
        "SHA256=$(sha256sum < out/model.tar.gz | cut -c -64)\n"
        "  python -m jobs.predict --model out --model-sha256 $SHA256 \\\n"
        "      --features out/features --output out",
    )
    parser.add_argument("--model", type=Path, required=True, help="folder with model.tar.gz")
    parser.add_argument("--model-sha256", required=True, help="digest that it must have")
    parser.add_argument("--features", type=Path, required=True, help="folder of codes")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    program.end(main)
