"""Tests of the data before training: what was expected of them, and where they differ.

Writes validation/summary.json (`passed`, how many `errors` and `warnings`, and the `reason`),
validation/report.json (every expectation, with the rows that break it) and validation/report.html.

The job succeeds whether the data do or not: SageMaker keeps nothing that a failed job has written,
and the report is what one needs then. Whoever starts it reads `passed`.

Rows are numbered as Preprocess numbers them: from 1 through the files in the order of their names.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jobs import program, requirements
from jobs.program import log
from jobs.validation.expectations import ERROR, Expectations
from jobs.validation.needs import Needs
from jobs.validation.outcomes import Outcome, counted, reason
from preprocessing.splitting import in_test

if TYPE_CHECKING:
    from jobs.validation.own import OwnSchema
    from jobs.validation.reading import Part


def main() -> None:
    arguments = _parser().parse_args()
    validate(
        Needs.load(arguments.features, arguments.slice),
        Expectations.load(arguments.validation),
        arguments.training,
        arguments.test,
        arguments.test_fraction,
        arguments.output,
        arguments.schema,
    )


def validate(
    needs: Needs,
    expectations: Expectations,
    training: Path,
    test: Path | None,
    test_fraction: float | None,
    output: Path,
    schema: Path | None = None,
) -> bool:
    """Hold the data to what is expected of them, and write what came of it.

    Args:
        training: folder of labelled rows.
        test: folder of labelled rows to test on; or
        test_fraction: which share of the training rows Preprocess will set aside for it.
        output: written to.
        schema: a Python file with a pandera schema named SCHEMA, if there is one.

    Returns:
        Whether no expectation of severity `error` is broken.
    """
    for package in ("pandas", "pandera"):
        requirements.need(package)
    from jobs.validation.own import OwnSchema

    own = None if schema is None else OwnSchema(schema)
    parts = _read(needs, expectations, training, test, test_fraction, own)
    outcomes = list(_judge(parts, needs, expectations, own, split=test is None))
    return _write(output / "validation", parts, outcomes)


def _read(
    needs: Needs,
    expectations: Expectations,
    training: Path,
    test: Path | None,
    test_fraction: float | None,
    own: OwnSchema | None,
) -> tuple[Part, Part]:
    from jobs.validation.reading import read_part

    is_number = numbers(needs, expectations, set() if own is None else own.numbers)
    whole = read_part("training", training, is_number)
    if test is not None:
        return whole, read_part("test", test, is_number)
    share = test_fraction or 0.0

    def is_tested(rows: np.ndarray) -> np.ndarray:
        return in_test(rows, share)

    return whole.only("training", lambda rows: ~is_tested(rows)), whole.only("test", is_tested)


def numbers(needs: Needs, expectations: Expectations, own: set[str]) -> Callable[[str], bool]:
    """Which columns are read as numbers: those expected to be, and the features that are.

    What is expected comes first: of a column that is a number to the model one can still expect
    certain texts.
    """

    def is_number(column: str) -> bool:
        expected = expectations.of(column)
        if expected.is_number or expected.is_text:
            return expected.is_number
        return column in own or column in needs.numbers

    return is_number


def _judge(
    parts: tuple[Part, Part],
    needs: Needs,
    expectations: Expectations,
    own: OwnSchema | None,
    *,
    split: bool,
) -> Iterator[Outcome]:
    """Every outcome: what the files are, what the rows are together, what each column holds."""
    from jobs.validation.headers import judge_headers
    from jobs.validation.labels import judge_labels
    from jobs.validation.rows import judge_features, judge_known, judge_rows, judge_shared
    from jobs.validation.schema import judge_columns

    training, test = parts
    for part in parts:
        if not (split and part is test):  # the same files, and the same headers
            is_tested = split or part is test
            yield from judge_headers(part, needs, expectations, training, is_tested=is_tested)
    for part in parts:
        yield from judge_rows(part, needs, expectations)
    if training.is_whole and test.is_whole:  # what all the rows are is not known otherwise
        yield from judge_labels(training, test, needs.features, expectations)
        yield from judge_shared(training, test, needs.features, expectations)
        yield from judge_known(training, test, needs, expectations)
    for part in parts:
        yield from judge_columns(part, expectations)
        if own is not None:
            yield from own.judge(part)
    yield from judge_features(training, needs.features)


def _write(folder: Path, parts: tuple[Part, Part], outcomes: list[Outcome]) -> bool:
    from jobs.validation.columns import describe
    from jobs.validation.page import build_page_of

    broken = [outcome for outcome in outcomes if not outcome.held]
    errors = [outcome for outcome in broken if outcome.severity == ERROR]
    warnings = [outcome for outcome in broken if outcome.severity != ERROR]
    summary = {
        "passed": not errors,
        "errors": len(errors),
        "warnings": len(warnings),
        "reason": reason(errors or warnings),
    }
    report: dict[str, Any] = {
        **summary,
        "parts": {
            part.name: {
                "rows": part.rows,
                "ragged": len(part.ragged),
                "files": [
                    {"name": file.name, "first_row": file.first_row, "rows": file.rows}
                    for file in part.files
                ],
            }
            for part in parts
        },
        "violations": [outcome.to_json() for outcome in (*errors, *warnings)],
        "expectations": [outcome.to_json() for outcome in outcomes],
        "columns": {part.name: describe(part) for part in parts},
    }
    program.make_folder(folder)
    _write_json(folder / "report.json", report)
    (folder / "report.html").write_text(build_page_of(report), encoding="utf-8")
    _write_json(folder / "summary.json", summary)
    for outcome in (*errors, *warnings):
        log(f"{outcome.severity}: {outcome.sentence}")
    held = f"{len(outcomes) - len(broken)} of {len(outcomes)} expectations hold"
    log(f"{held}; {counted(len(errors), 'error')}, {counted(len(warnings), 'warning')}")
    return not errors


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _fraction(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, not {text!r}")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "validate",
        __doc__,
        "python -m jobs.validate --features features.json --validation validation.json \\\n"
        "      --training data/train --test data/test --output out",
    )
    parser.add_argument("--features", type=Path, required=True, help="features.json")
    parser.add_argument("--validation", type=Path, required=True, help="validation.json")
    parser.add_argument("--schema", type=Path, help="a Python file with a pandera SCHEMA")
    parser.add_argument("--training", type=Path, required=True, help="folder of CSV or Parquet")
    held_out = parser.add_mutually_exclusive_group(required=True)
    held_out.add_argument("--test", type=Path, help="folder of labelled rows to test on")
    held_out.add_argument(
        "--test-fraction", type=_fraction, help="share of the training rows to test on instead"
    )
    parser.add_argument(
        "--slice",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that the test rows must have, since Evaluate measures by it",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    program.end(main)
