"""A model and its test rows to metrics and a verdict: for machines as JSON, for people as a page.

Writes below evaluation/:

    metrics.json      what the state machine reads: metrics with intervals, the gate's decision
    evaluation.json   all that was measured: curves, tables, groups, and the model's manifest
    golden.json       some raw rows with their predictions, which an endpoint has to repeat
    report.html       the page

The rows are those that preprocess wrote as codes. Groups, golden rows and the champion, which has a
preprocessor of its own, need the raw rows, too: --rows is the folder that preprocess read them in.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from jobs import model, program
from jobs.documents import REJECTED
from jobs.evaluation import bootstrap, champion, golden, leaks, rows, slices
from jobs.evaluation.champion import Comparison
from jobs.evaluation.measures import Measure
from jobs.evaluation.settings import Settings
from jobs.gate import Gate, decide
from jobs.program import log
from jobs.report import build_report
from preprocessing import encoding
from preprocessing.errors import DataError
from preprocessing.rejects import read_rejects


def main() -> None:
    arguments = _parser().parse_args()
    evaluate(
        arguments.model,
        arguments.test,
        arguments.output,
        settings=Settings()
        if arguments.evaluation is None
        else Settings.load(arguments.evaluation),
        raw=arguments.rows,
        sha256=arguments.model_sha256,
        champion_folder=arguments.champion,
        champion_sha256=arguments.champion_sha256,
    )


def evaluate(
    folder: Path,
    test: Path,
    output: Path,
    *,
    settings: Settings,
    raw: Path | None = None,
    sha256: str | None = None,
    champion_folder: Path | None = None,
    champion_sha256: str | None = None,
) -> None:
    """Measure the model in `folder` on the labelled codes in `test`, and write what that says.

    Args:
        folder: holds the model's archive.
        test: codes and rejected.csv, as preprocess wrote them.
        output: written to.
        settings: how to measure, and the gate.
        raw: folder of the raw rows that the codes were made from.
        sha256: the archive's digest, if it is known.
        champion_folder: holds the champion's archive.
        champion_sha256: its digest; `none` if no model is approved yet, and `unknown` if its
            registry entry has none: the folder is not read then.
    """
    gate = settings.gate
    _check(settings, raw, champion_folder, champion_sha256)
    loaded = model.load(folder, sha256)
    target = output / "evaluation"
    program.make_folder(target)

    tested = rows.read(test, loaded.tables)
    scores = np.concatenate([loaded.score(batch) for batch in tested.batches()])
    kind = Measure(loaded.task, loaded.threshold)
    metric = kind.main if gate is None else gate.metric
    if gate is not None and gate.metric not in kind.metrics:
        raise DataError(
            f"gate.metric is {gate.metric}, which is no metric of a {loaded.task}; "
            f"there are {', '.join(kind.metrics)}"
        )
    log(f"scored {len(scores):,} test rows")

    summary = kind.summarise(tested.labels, scores)
    weighted = kind.weighted(tested.labels, scores)
    sampled = bootstrap.sample(weighted, len(scores), settings.resamples)
    intervals = bootstrap.intervals(sampled, kind.names, settings.confidence)
    summary["intervals"] = {name: intervals[name] for name in kind.metrics}
    summary["confidence"] = settings.confidence if settings.resamples else None

    summary["slices"] = _slices(settings, raw, loaded, kind, metric, tested, scores)
    summary["worst_slice"] = slices.worst(summary["slices"], metric, summary["metrics"][metric])
    found = _leaks(loaded, tested, scores)
    allowed = () if gate is None else gate.allowed_leaks
    summary["leaks"] = [{**leak._asdict(), "allowed": leak.column in allowed} for leak in found]

    comparison = None
    if gate is not None and gate.has_champion and champion_sha256 != champion.NONE:
        comparison = _compare(
            gate, champion_folder, champion_sha256, raw, loaded, kind, tested, scores, settings
        )
    summary["champion"] = None if comparison is None else _champion(comparison)
    summary["gate"] = None
    if gate is not None:
        decision = decide(gate, summary["metrics"], intervals, found, comparison)
        summary["gate"] = {
            **decision.to_json(),
            "conditions": [asdict(condition) for condition in decision.conditions],
        }

    rejected = _rejected(test)
    about = _about(loaded, rejected)
    _write_json(target / "evaluation.json", {**summary, **about, "model": loaded.manifest})
    _write_json(target / "metrics.json", _metrics(summary, about))
    if raw is not None:
        examples = golden.build(raw, loaded, tested.numbers, scores, rejected)
        _write_json(target / "golden.json", examples)
    page = build_report({**summary, **about, "model": loaded.manifest})
    (target / "report.html").write_text(page, encoding="utf-8")
    _say(summary)


def _check(
    settings: Settings, raw: Path | None, champion_folder: Path | None, sha256: str | None
) -> None:
    """Refuse what the settings want and the arguments leave out: nothing is skipped in silence."""
    gate = settings.gate
    if gate is not None and gate.has_champion:
        if champion_folder is None or sha256 is None:
            raise DataError(
                "gate.champion wants a comparison: give --champion and --champion-sha256 "
                f"({champion.NONE} where no model is approved yet)"
            )
        if raw is None:
            raise DataError("gate.champion needs the raw test rows: give --rows")
    if settings.slices and raw is None:
        raise DataError("evaluation.slices needs the raw test rows: give --rows")


def _slices(
    settings: Settings,
    raw: Path | None,
    loaded: model.Model,
    kind: Measure,
    metric: str,
    tested: rows.TestedRows,
    scores: np.ndarray,
) -> list[dict[str, Any]]:
    if not settings.slices or raw is None:
        return []
    columns = rows.texts(raw, settings.slices, tested.numbers)
    names = loaded.tables.categorical
    edges = {name: table.edges[1:-1] for name, table in loaded.tables.binned.items()}
    groups = {
        name: slices.group(values, edges.get(name), categories=name in names)
        for name, values in columns.items()
    }
    how = slices.Settings(settings.min_slice_rows, settings.confidence, settings.resamples)
    return slices.measure(groups, kind, metric, tested.labels, scores, how)


def _leaks(loaded: model.Model, tested: rows.TestedRows, scores: np.ndarray) -> list[leaks.Leak]:
    names = encoding.ordinal_names(loaded.tables)
    whole = tested.take(np.arange(len(scores)))
    columns = dict(zip(names, encoding.ordinal(loaded.tables, whole).T, strict=True))

    def score_without(column: str, places: np.ndarray, others: np.ndarray) -> np.ndarray:
        batch, foreign = tested.take(places), tested.take(others)
        place = batch.schema.get_field_index(column)
        return loaded.score(batch.set_column(place, column, foreign.column(column)))

    return leaks.find(
        columns,
        tested.labels,
        scores,
        classification=loaded.task == "classification",
        score_without=score_without,
    )


def _compare(
    gate: Gate,
    folder: Path | None,
    sha256: str | None,
    raw: Path | None,
    loaded: model.Model,
    kind: Measure,
    tested: rows.TestedRows,
    scores: np.ndarray,
    settings: Settings,
) -> Comparison:
    """The comparison with the champion, or why there is none."""
    assert folder is not None and sha256 is not None and raw is not None  # noqa: PT018 (_check)
    try:
        other = champion.score(folder, sha256, raw, tested.numbers, loaded)
    except DataError as error:
        return Comparison(sha256, gate.metric, error=str(error))
    log(f"scored {len(other.scores):,} of them with the champion")
    how = (settings.resamples, settings.confidence)
    return champion.compare(other, kind, gate.metric, tested.labels, scores, *how)


def _champion(comparison: Comparison) -> dict[str, Any]:
    return {
        "model_sha256": comparison.sha256,
        "metric": comparison.metric,
        "value": comparison.champions,
        "new_value": comparison.value,
        "difference": comparison.difference,
        "interval": comparison.interval,
        "rows": comparison.rows,
        "unread": comparison.unread,
        "error": comparison.error or None,
    }


def _rejected(test: Path) -> np.ndarray:
    """The numbers of the rows that preprocess could not read."""
    path = test / REJECTED
    numbers = [reject.row for reject in read_rejects(path)] if path.is_file() else []
    return np.array(numbers, np.int64)


def _about(loaded: model.Model, rejected: np.ndarray) -> dict[str, Any]:
    manifest = loaded.manifest
    packages = manifest["packages"]
    data = manifest.get("data") or {}
    return {
        "training": {
            "rows": manifest["rows"],
            # A model that was trained without the summary of preprocess does not know.
            "rejected": manifest.get("rejected"),
        },
        "rejected": len(rejected),
        "model_sha256": loaded.sha256,
        "preprocessor_sha256": loaded.preprocessor_sha256,
        "code_sha256": loaded.manifest.get("code_sha256"),
        "algorithm": manifest["algorithm"],
        # In characters that the model registry takes: no comma.
        "packages": " / ".join(f"{name} {text}" for name, text in packages.items())[:256],
        "data": {
            "training_sha256": data.get("training_sha256"),
            "test_sha256": data.get("test_sha256"),
        },
    }


def _metrics(summary: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    """The part that a state may hold: no curve and no table."""
    kept = ("metrics", "intervals", "rows", "task", "threshold", "champion", "leaks", "worst_slice")
    gate = summary["gate"]
    if gate is not None:
        gate = {key: gate[key] for key in ("passed", "close", "reason", "recorded")}
    return {**{key: summary[key] for key in kept}, **about, "gate": gate}


def _say(summary: dict[str, Any]) -> None:
    for name, value in summary["metrics"].items():
        interval = summary["intervals"][name]
        between = "" if interval is None else f"  ({interval[0]:.4g} to {interval[1]:.4g})"
        log(f"  {name:<22} " + ("undefined" if value is None else f"{value:.4f}{between}"))
    for leak in summary["leaks"]:
        log(f"leak: {leak['column']} ({leak['sign']}, {leak['score']:.3f})")
    if summary["gate"] is not None:
        log(f"gate: {summary['gate']['reason']}")


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = program.parser(
        "evaluate",
        __doc__,
        "python -m jobs.evaluate --model out --test out/test --rows data/test --output out",
    )
    parser.add_argument("--model", type=Path, required=True, help="folder with model.tar.gz")
    parser.add_argument("--model-sha256", help="digest that it must have, if it is known")
    parser.add_argument("--test", type=Path, required=True, help="folder of labelled codes")
    parser.add_argument("--rows", type=Path, help="folder of the raw rows that they were made from")
    parser.add_argument("--evaluation", type=Path, help="evaluation.json: how to measure; the gate")
    parser.add_argument("--champion", type=Path, help="folder with the champion's model.tar.gz")
    parser.add_argument("--champion-sha256", help="digest that it must have; none: there is none")
    parser.add_argument("--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    program.end(main)
