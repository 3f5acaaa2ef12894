"""Codes to predictions: one line for each input row, in the order of the input.

Writes predictions/predictions.csv (row, the id column if there is one, prediction, score, rejected)
and predictions/summary.json. A row that preprocess rejected has no prediction, but its reason.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from jobs import model, program
from jobs.preprocess import REJECTED, SUMMARY
from jobs.program import log
from preprocessing.codes import read_codes
from preprocessing.errors import DataError
from preprocessing.features import ID, ROW
from preprocessing.rejects import Reject, read_rejects


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
    from pyarrow import csv

    summary = _summary(features)
    loaded = model.load(folder, sha256)
    if summary["preprocessor_sha256"] != loaded.preprocessor_sha256:
        raise DataError(f"{features} was made with another preprocessor than this model's")
    target = output / "predictions"
    target.mkdir(parents=True, exist_ok=True)
    id_column = loaded.tables.features.id
    ids = [] if id_column is None else [(ID, pa.string())]
    schema = pa.schema([_ROW, *ids, *_RESULTS])
    names = [id_column if name == ID else name for name in schema.names]
    lines = predicted = 0
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    with (target / "predictions.csv").open("wb") as file:
        file.write(_header(names))
        with csv.CSVWriter(file, schema, write_options=options) as writer:
            for batch in _lines(loaded, features, schema):
                writer.write_batch(batch)
                lines += batch.num_rows
                predicted += batch.num_rows - batch.column("score").null_count
                log(f"{lines:,} of {summary['rows']:,} rows")
    if lines != summary["rows"]:
        raise program.JobError(
            f"{lines:,} lines for {summary['rows']:,} rows; {features} is damaged"
        )
    result = {
        "rows": lines,
        "predicted": predicted,
        "rejected": lines - predicted,
        "model_sha256": loaded.sha256,
    }
    (target / SUMMARY).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


_ROW = ("row", pa.int64())
_RESULTS = (("prediction", pa.string()), ("score", pa.float64()), ("rejected", pa.string()))


def _lines(loaded: model.Model, features: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Predictions and rejected rows, merged by row number."""
    rejects = read_rejects(features / REJECTED)
    waiting = next(rejects, None)
    for codes in read_codes(features, loaded.tables, labelled=False):
        due = []
        last = codes.column(ROW)[-1].as_py() if codes.num_rows else 0
        while waiting is not None and waiting.row < last:
            due.append(waiting)
            waiting = next(rejects, None)
        yield _merge(_predictions(loaded, codes, schema), _rejected(due, schema))
    rest = [*([] if waiting is None else [waiting]), *rejects]
    if rest:
        yield _rejected(rest, schema)


def _predictions(loaded: model.Model, codes: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    scores = loaded.score(codes)
    texts = np.array(loaded.tables.label.values, dtype=object)
    predictions = pa.array(texts[(scores > model.THRESHOLD).astype(int)], pa.string())
    ids = [] if loaded.tables.features.id is None else [codes.column(ID)]
    nothing = pa.nulls(codes.num_rows, pa.string())
    columns = [codes.column(ROW), *ids, predictions, pa.array(scores), nothing]
    return pa.record_batch(columns, schema=schema)


def _rejected(rejects: list[Reject], schema: pa.Schema) -> pa.RecordBatch:
    rows = pa.array([reject.row for reject in rejects], pa.int64())
    columns = [rows, pa.array([reject.id for reject in rejects], pa.string())]
    if len(schema) == 4:
        columns.pop()
    nothing = pa.nulls(len(rejects))
    reasons = pa.array([reject.sentence for reject in rejects], pa.string())
    columns += [nothing.cast(pa.string()), nothing.cast(pa.float64()), reasons]
    return pa.record_batch(columns, schema=schema)


def _merge(predictions: pa.RecordBatch, rejected: pa.RecordBatch) -> pa.RecordBatch:
    if rejected.num_rows == 0:
        return predictions
    together = pa.Table.from_batches([predictions, rejected])
    return together.sort_by("row").combine_chunks().to_batches()[0]


def _summary(features: Path) -> dict[str, object]:
    try:
        summary: dict[str, object] = json.loads((features / SUMMARY).read_text(encoding="utf-8"))
        return {"rows": summary["rows"], "preprocessor_sha256": summary["preprocessor_sha256"]}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{features}: no usable {SUMMARY}; has `preprocess inference` written here? ({error})"
        ) from error


def _header(names: list[str]) -> bytes:
    quoted = [
        '"' + name.replace('"', '""') + '"' if set(name) & set('",\r\n') else name for name in names
    ]
    return (",".join(quoted) + "\n").encode()


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
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
