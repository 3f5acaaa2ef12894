"""A model and its test rows to what it goes by: for all rows, and row by row; completes the page.

Writes below explanation/:

    explanation.json   importances, and the effects of the values of some rows
    report.html        evaluate's page with these in it: the one page about the model

Of the rows, those that are explained one by one are spread from the lowest score to the highest.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from jobs import model, program, requirements
from jobs.evaluation import rows
from jobs.evaluation.settings import Explanation, Settings
from jobs.explanation import permutation, shapley
from jobs.explanation.columns import Columns
from jobs.explanation.effects import by_value
from jobs.program import log
from jobs.report import build_report
from preprocessing.errors import DataError

# What is beyond them is the noise of adding up; a zero has no sign.
_DIGITS = 12
# Columns whose values' effects are shown, where effects of many rows are known.
EFFECTS = 6


def main() -> None:
    arguments = _parser().parse_args()
    settings = Settings() if arguments.evaluation is None else Settings.load(arguments.evaluation)
    explain(
        arguments.model,
        arguments.test,
        arguments.measured,
        arguments.output,
        settings.explanation,
        arguments.model_sha256,
    )


def explain(
    folder: Path,
    test: Path,
    measured: Path,
    output: Path,
    how: Explanation,
    sha256: str | None = None,
) -> None:
    """Explain the model in `folder` on the labelled codes in `test`.

    Args:
        folder: holds the model's archive.
        test: codes, as preprocess wrote them.
        measured: the folder `evaluation` that evaluate wrote.
        output: written to.
        sha256: the archive's digest, if it is known.
    """
    if how.method == "shap":
        requirements.need("shap")
    evaluation = _read(measured / "evaluation.json")
    loaded = model.load(folder, sha256)
    if evaluation["model_sha256"] != loaded.sha256:
        raise DataError(f"{measured} is the evaluation of another model than the one in {folder}")
    target = output / "explanation"
    program.make_folder(target)
    explanation = _explain(loaded, rows.read(test, loaded.tables), how)
    text = json.dumps(explanation, indent=1, ensure_ascii=False, allow_nan=False)
    (target / "explanation.json").write_text(text + "\n", encoding="utf-8")
    page = build_report(evaluation, explanation)
    (target / "report.html").write_text(page, encoding="utf-8")
    for each in explanation["importances"][:10]:
        log(f"  {each['column']:<36} {each['value']:.5f}")


def _explain(loaded: model.Model, tested: rows.TestedRows, how: Explanation) -> dict[str, Any]:
    columns = Columns.of(loaded)
    scores = np.concatenate([loaded.score(batch) for batch in tested.batches()])
    sample = _spread(len(scores), how.sample)
    matrix = columns.matrix(tested.take(sample))
    by_score = np.argsort(scores, kind="stable")
    places = by_score[_spread(len(scores), how.rows)] if how.rows else np.array([], int)
    chosen = columns.matrix(tested.take(places)) if how.rows else matrix[:0]
    log(f"{how.method} on {len(sample):,} of {len(scores):,} test rows, {len(places)} one by one")
    method = shapley if how.method == "shap" else permutation
    found = method.explain(columns, matrix, tested.labels[sample], chosen)
    importances = sorted(found["importances"], key=lambda each: (-each["value"], each["column"]))
    top = [each["column"] for each in importances[:EFFECTS]]
    return {
        "method": found["method"],
        "meaning": found["meaning"],
        "of_row": found["of_row"],
        "unit": found["unit"],
        "additive": found["additive"],
        "importances": importances,
        "effects": _effects(columns, matrix, found.get("sample_effects"), top),
        "rows": _rows(loaded, columns, tested, places, scores, chosen, found),
    }


def _rows(
    loaded: model.Model,
    columns: Columns,
    tested: rows.TestedRows,
    places: np.ndarray,
    scores: np.ndarray,
    chosen: np.ndarray,
    found: dict[str, Any],
) -> list[dict[str, Any]]:
    """Each explained row: what was predicted, and the effects of its values, the largest first."""
    words = columns.words(chosen)
    label = loaded.manifest["label"].get("values")
    outputs = found.get("outputs", scores[places].tolist())
    explained = []
    for place, position in enumerate(places.tolist()):
        effects: list[dict[str, Any]] = [
            {"column": name, "value": word, "effect": round(float(effect), _DIGITS) + 0.0}
            for name, word, effect in zip(
                columns.names, words[place], found["effects"][place], strict=True
            )
        ]
        actual = tested.labels[position]
        explained.append(
            {
                "row": int(tested.numbers[position]),
                "label": float(actual) if label is None else label[int(actual)],
                "prediction": loaded.predictions(scores[[position]])[0],
                "score": float(scores[position]),
                "base": found["bases"][place],
                "output": outputs[place],
                "effects": sorted(effects, key=lambda e: (-abs(e["effect"]), e["column"])),
            }
        )
    return explained


def _effects(
    columns: Columns, matrix: np.ndarray, effects: np.ndarray | None, top: list[str]
) -> list[dict[str, Any]]:
    """What each value of the most important columns does on average; nothing without effects."""
    if effects is None or len(effects) == 0:
        return []
    known = matrix[: len(effects)]
    return [
        {"column": column, "values": by_value(columns, column, known, effects)} for column in top
    ]


def _spread(count: int, wanted: int) -> np.ndarray:
    """At most `wanted` of `count` places, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, wanted).round().astype(int))


def _read(path: Path) -> dict[str, Any]:
    try:
        evaluation: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        evaluation["model_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not what evaluate wrote: {error!r}") from error
    return evaluation


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "explain",
        __doc__,
        "python -m jobs.explain --model out --test out/test --measured out/evaluation \\\n"
        "      --evaluation evaluation.json --output out",
    )
    parser.add_argument("--model", type=Path, required=True, help="folder with model.tar.gz")
    parser.add_argument("--model-sha256", help="digest that it must have, if it is known")
    parser.add_argument("--test", type=Path, required=True, help="folder of labelled codes")
    parser.add_argument("--measured", type=Path, required=True, help="what evaluate wrote")
    parser.add_argument("--evaluation", type=Path, help="evaluation.json: how to explain")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    program.end(main)
