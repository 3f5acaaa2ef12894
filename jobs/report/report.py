"""The page as a whole: no script, no font, no picture from elsewhere; light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from jobs.page import build_page, card, cards, facts
from jobs.report import classes, decided, explained, groups, numbers
from jobs.report.words import HEADLINES, MEANINGS, between, shown


def build_report(
    evaluation: Mapping[str, Any], explanation: Mapping[str, Any] | None = None
) -> str:
    """The HTML page of an evaluation, as evaluation.json holds it.

    Args:
        explanation: as explanation.json holds it; None: the page says nothing of what the model
            goes by.
    """
    is_classification = evaluation["task"] == "classification"
    section = classes.section if is_classification else numbers.section
    return build_page(
        f"Evaluation: {evaluation['model']['label']['column']}",
        _of_classes(evaluation) if is_classification else _of_numbers(evaluation),
        {
            "decision": ("Decision", decided.section(evaluation)),
            "quality": ("Quality", section(evaluation, _metrics(evaluation))),
            "explanation": ("What it goes by", explained.section(explanation)),
            "groups": (
                "Groups",
                groups.section(evaluation) if evaluation["slices"] else "",
            ),
            "model": ("Model", _model(evaluation)),
        },
        decided.banner(evaluation) + _headlines(evaluation),
    )


def _of_classes(evaluation: Mapping[str, Any]) -> str:
    model = evaluation["model"]
    column, (negative, positive) = model["label"]["column"], model["label"]["values"]
    rows, positives = evaluation["rows"], evaluation["positives"]
    share = positives / rows
    usual = positive if share > 0.5 else negative
    return (
        f"<b>{escape(model['algorithm'])}</b> predicts whether <b>{escape(column)}</b> is "
        f"<b>{escape(positive)}</b>, tested on {rows:,} rows that it was not trained on; "
        f"{positives:,} of them ({share:.1%}) are. Always saying “{escape(usual)}” would be wrong "
        f"for {min(share, 1 - share):.2%}." + _lost(evaluation)
    )


def _of_numbers(evaluation: Mapping[str, Any]) -> str:
    model = evaluation["model"]
    mean, deviation = evaluation["mean_label"], evaluation["label_deviation"]
    return (
        f"<b>{escape(model['algorithm'])}</b> predicts <b>{escape(model['label']['column'])}</b>, "
        f"tested on {evaluation['rows']:,} rows that it was not trained on. Always saying their "
        f"mean, {shown('mae', mean)}, would have an RMSE of {shown('rmse', deviation)}."
        + _lost(evaluation)
    )


def _lost(evaluation: Mapping[str, Any]) -> str:
    rejected = evaluation["rejected"]
    return f" {rejected:,} more could not be parsed and are not counted." if rejected else ""


def _headlines(evaluation: Mapping[str, Any]) -> str:
    boxes = "".join(
        decided.headline(
            metric,
            evaluation["metrics"][metric],
            evaluation["intervals"][metric],
            evaluation["confidence"],
        )
        for metric in HEADLINES[evaluation["task"]]
    )
    return f'<section class="headlines" aria-label="In short">{boxes}</section>'


def _metrics(evaluation: Mapping[str, Any]) -> str:
    lines = []
    for metric, value in evaluation["metrics"].items():
        label, meaning = MEANINGS[metric]
        interval = between(metric, evaluation["intervals"][metric])
        lines.append(
            f"<tr><th scope=row>{label}<small>{meaning}</small></th>"
            f"<td class=number>{shown(metric, value)}</td>"
            f"<td class=number>{interval}</td></tr>"
        )
    note = ""
    confidence = evaluation["confidence"]
    if confidence is not None:
        note = (
            f"The last column is where a metric would lie {confidence:.0%} of the time on other "
            "test rows of the same kind (bootstrap)."
        )
    return card("All metrics", f"<table>{''.join(lines)}</table>", note)


def _model(evaluation: Mapping[str, Any]) -> str:
    model, training = evaluation["model"], evaluation["training"]
    rejected = training["rejected"]
    lost = "" if rejected is None else f", {rejected:,} rejected"
    data = evaluation["data"]
    rows = {
        "training rows": f"{training['rows']:,}{lost}",
        "columns": f"{len(model['features']):,} ({model['encoding']})",
        "model.tar.gz": f"sha256 {evaluation['model_sha256']}",
        "preprocessor.json": f"sha256 {evaluation['preprocessor_sha256']}",
        **{
            f"{part} data": f"sha256 {data[f'{part}_sha256']}"
            for part in ("training", "test")
            if data[f"{part}_sha256"]
        },
        "trained with": evaluation["packages"],
    }
    return cards(
        card("Origin", facts(rows), wide=True),
        card("Hyperparameters", facts(model["hyperparameters"]), wide=True),
    )
