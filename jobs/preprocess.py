"""Files to codes: fits the preprocessor in training, and only applies it in inference.

`training` writes train/, test/ (codes, and the rows rejected from each) and preprocessor/
(preprocessor.json, summary.json, example.json, rejected.csv of the training rows, and derive.py, if
the features are derived by the file of this name beside features.json). `inference` writes
features/ (codes, rejected.csv, summary.json).

Rows are numbered from 1 through the files in the order of their names; the header and blank lines
are no rows, and are not counted. A missing category has a code of its own, and so has a missing
number that is binned. A missing number that is numeric stays missing for trees; for linear models
the mean stands in, and no column says that it was missing: bin a number whose absence tells
something.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa

from jobs import model, program
from jobs.documents import EXAMPLE, PREPROCESSOR, REJECTED, SUMMARY
from jobs.parts import Part
from jobs.program import log
from preprocessing import data_digest, document
from preprocessing.columns import resolve
from preprocessing.derive import FILE as DERIVE
from preprocessing.derive import Derivation
from preprocessing.deriving import parse_and_derive, try_derivation
from preprocessing.errors import DataError
from preprocessing.features import ROW, Features
from preprocessing.fitting import Fit
from preprocessing.parallel import ordered_map
from preprocessing.parsing import MISSING, Batch
from preprocessing.reading import RawBatch, Source
from preprocessing.rejects import Reject
from preprocessing.rows import raw_rows, transform_rows
from preprocessing.splitting import in_test
from preprocessing.tables import Label, Tables
from preprocessing.transforming import transform_files

# Rows of the example that goes with a model.
EXAMPLES = 3
SEED = 0


def main() -> None:
    arguments = _parser().parse_args()
    if arguments.pipeline == "training":
        features = Features.load(arguments.features)
        derive = arguments.features.with_name(DERIVE)
        prepare_training(
            features,
            None if features.derive is None else Derivation.load(derive),
            arguments.training,
            arguments.test,
            arguments.test_fraction,
            arguments.output,
        )
    else:
        prepare_inference(
            arguments.model, arguments.model_sha256, arguments.inference, arguments.output
        )


def prepare_training(
    features: Features,
    derivation: Derivation | None,
    training: Path,
    test: Path | None,
    fraction: float | None,
    output: Path,
) -> None:
    """Fit on the training rows, and write the codes of training and test rows.

    Args:
        features: what the columns are.
        derivation: what makes columns from columns, if anything does.
        training: folder of labelled rows.
        test: folder of labelled rows to test on; or
        fraction: which share of the training rows to set aside for it, by their numbers.
        output: written to.
    """
    source = Source.find(training)
    test_source = source if test is None else Source.find(test)
    if derivation is not None:
        derivation = try_derivation(derivation, source)
    tables = _fit(features, source, fraction, derivation)
    text = document.to_text(tables)
    log(f"fitted on {tables.rows:,} rows: {_counts(tables)}")

    folders = {part: output / part for part in ("train", "test", "preprocessor")}
    for folder in folders.values():
        program.make_folder(folder)
    (folders["preprocessor"] / PREPROCESSOR).write_text(text, encoding="utf-8")
    if derivation is not None:
        (folders["preprocessor"] / DERIVE).write_bytes(derivation.source.encode())
    if test is None:
        train, tested = _write_split(tables, source, fraction or 0.0, folders)
    else:
        train = _write(tables, source, folders["train"], labelled=True)
        tested = _write(tables, test_source, folders["test"], labelled=True)
    remarks = {"train": train.remarks.of_training(), "test": tested.remarks.of_others()}
    remarks["test"] += [
        f"{column!r} is in the test rows alone, and not used"
        for column in _ignored(tables, test_source)
    ]
    for name, part in (("train", train), ("test", tested)):
        log(f"{name}: {part.said()}")
        _warn(name, remarks[name])
        part.check(name, training if name == "train" or test is None else test)
    shutil.copyfile(folders["train"] / REJECTED, folders["preprocessor"] / REJECTED)
    data = {"training": data_digest.describe(source)}
    _write_json(folders["preprocessor"] / EXAMPLE, {"rows": _example(tables, training)})
    _write_json(
        folders["preprocessor"] / SUMMARY,
        {
            "preprocessor_sha256": document.load(folders["preprocessor"] / PREPROCESSOR)[1],
            **{
                name: {"rows": part.rows, "rejected": part.rejected}
                for name, part in (("train", train), ("test", tested))
            },
            "remarks": remarks,
            "data": {**data, "test": None if test is None else data_digest.describe(test_source)},
        },
    )


def prepare_inference(folder: Path, sha256: str, inference: Path, output: Path) -> None:
    """Write the codes of unlabelled rows, made with the preprocessor of a model.

    Args:
        folder: holds the model's archive.
        sha256: the archive's digest, checked before it is opened.
        inference: folder of rows; a label that is there is not read.
        output: written to.
    """
    tables, digest, model_sha256 = model.load_tables(folder, sha256)
    source = Source.find(inference)
    features = output / "features"
    program.make_folder(features)
    part = _write(tables, source, features, labelled=False)
    remarks = part.remarks.of_others()
    log(f"inference: {part.said()}")
    _warn("inference", remarks)
    if part.rows + part.rejected == 0:
        log(f"no rows in {inference}: there is nothing to predict")
    _write_json(
        features / SUMMARY,
        {
            "rows": part.rows + part.rejected,
            "transformed": part.rows,
            "rejected": part.rejected,
            "remarks": remarks,
            "ignored_columns": _ignored(tables, source),
            "data": {"inference": data_digest.describe(source)},
            "model_sha256": model_sha256,
            "preprocessor_sha256": digest,
        },
    )


def _fit(
    features: Features, source: Source, fraction: float | None, derivation: Derivation | None
) -> Tables:
    made = (None, None) if derivation is None else (derivation.reads, derivation.columns)
    columns = resolve(features, source.header(), str(source.paths[0]), *made)

    def work(raw: RawBatch) -> Batch:
        return parse_and_derive(raw, columns, derivation=derivation)

    fit = Fit(features, columns, derivation)
    first_reject: Reject | None = None
    parsed = 0
    for batch in ordered_map(work, source.batches(columns.names)):
        first_reject = first_reject or next(iter(batch.rejects), None)
        parsed += len(batch.rows)
        fit.add(batch if fraction is None else batch.only(~in_test(batch.rows, fraction, SEED)))
    if parsed == 0 and first_reject is None:
        raise DataError(f"no rows in {source.paths[0].parent}: there is nothing to learn from")
    if parsed == 0 and first_reject is not None:
        example = f"row {first_reject.row}: {first_reject.sentence}"
        is_text = first_reject.column == features.label and first_reject.value not in MISSING
        if features.task == "regression" and is_text:
            example += "; for two classes name the positive one: features.label.positive"
        raise DataError(f"{source.paths[0]}: every row was rejected, as {example}")
    if fraction is not None and parsed and fit.rows in (0, parsed):
        part, other = ("training", "smaller") if fit.rows == 0 else ("test", "larger")
        raise DataError(
            f"the test fraction {fraction:g} of {parsed:,} rows leaves no {part} row; "
            f"choose a {other} one, or give a folder of test rows"
        )
    return fit.tables()


def _write(tables: Tables, source: Source, folder: Path, *, labelled: bool) -> Part:
    """Write the codes and the rejects of a source."""
    with Part(folder, tables, labelled=labelled) as part:
        for codes, rejects in transform_files(tables, source, labelled=labelled):
            part.add(codes, rejects)
    return part


def _write_split(
    tables: Tables, source: Source, fraction: float, folders: dict[str, Path]
) -> tuple[Part, Part]:
    """As `_write`, to train and test, each row to one of them."""
    with (
        Part(folders["train"], tables, labelled=True) as train,
        Part(folders["test"], tables, labelled=True) as test,
    ):
        for codes, rejects in transform_files(tables, source, labelled=True):
            chosen = in_test(codes.column(ROW).to_numpy(), fraction, SEED)
            numbers = np.array([reject.row for reject in rejects], np.int64)
            rejected = in_test(numbers, fraction, SEED).tolist()
            for part, mask, wanted in ((train, ~chosen, False), (test, chosen, True)):
                its = [r for r, is_test in zip(rejects, rejected, strict=True) if is_test is wanted]
                part.add(codes.filter(pa.array(mask)), its)
    return train, test


def _warn(name: str, remarks: list[str]) -> None:
    for remark in remarks:
        log(f"warning: {name}: {remark}")


def _example(tables: Tables, training: Path) -> list[dict[str, str | None]]:
    """The first rows as a client would send them: without label and id."""
    wanted = tables.columns(labelled=False)
    names = [name for name in wanted.names if name != wanted.id]
    found: list[dict[str, str | None]] = []
    # Of a file that is large the first batch is enough; reading starts again, the digest is made.
    for _, row in raw_rows(Source.find(training), names):
        if not transform_rows(tables, [row])[1]:
            found.append(row)
        if len(found) == EXAMPLES:
            break
    return found


def _ignored(tables: Tables, source: Source) -> list[str]:
    known = {*tables.columns(labelled=True).names, *tables.features.drop}
    return [column for column in source.header() if column not in known]


def _counts(tables: Tables) -> str:
    label = tables.label
    about = (
        f"{label.positives:,} rows are {label.positive!r}"
        if isinstance(label, Label)
        else f"{label.column} is {label.mean:g} ± {label.scale:g}"
    )
    return (
        f"{len(tables.numeric)} numeric, {len(tables.binned)} binned and "
        f"{len(tables.categorical)} categorical columns; {about}"
    )


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, not {text!r}")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = program.parser("preprocess", __doc__)
    pipelines = parser.add_subparsers(dest="pipeline", required=True, metavar="training|inference")
    training = program.subparser(
        pipelines,
        "training",
        "Fit the preprocessor on the training rows; write the codes of training and test rows.",
        "python -m jobs.preprocess training --features features.json \\\n"
        "      --training data/train --test data/test --output out",
    )
    training.add_argument("--features", type=Path, required=True, help="features.json")
    training.add_argument("--training", type=Path, required=True, help="folder of CSV or Parquet")
    held_out = training.add_mutually_exclusive_group(required=True)
    held_out.add_argument("--test", type=Path, help="folder of labelled rows to test on")
    held_out.add_argument(
        "--test-fraction", type=_fraction, help="share of the training rows to test on instead"
    )
    training.add_argument("--output", type=Path, required=True, help="folder to write to")
    inference = program.subparser(
        pipelines,
        "inference",
        "Write the codes of rows without labels, with the preprocessor of a model.",
        "SHA256=$(sha256sum < out/model.tar.gz | cut -c -64)\n"
        "  python -m jobs.preprocess inference --model out --model-sha256 $SHA256 \\\n"
        "      --inference data/people --output out",
    )
    inference.add_argument("--model", type=Path, required=True, help="folder with model.tar.gz")
    inference.add_argument("--model-sha256", required=True, help="digest that it must have")
    inference.add_argument("--inference", type=Path, required=True, help="folder of CSV or Parquet")
    inference.add_argument("--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    program.end(main)
