"""The evaluation as one page: no script, no font, no picture from elsewhere; light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from jobs import charts

MEANINGS = {
    "roc_auc": (
        "ROC AUC",
        "how often a positive row scores above a negative one; 0.5 is guessing",
    ),
    "error": ("Error", "share of rows predicted wrongly"),
    "accuracy": ("Accuracy", "share of rows predicted rightly"),
    "average_precision": ("Average precision", "area under the precision-recall curve"),
    "precision": ("Precision", "share of the rows predicted positive that are"),
    "recall": ("Recall", "share of the positive rows that are predicted so"),
    "f1": ("F1", "harmonic mean of precision and recall"),
    "log_loss": ("Log loss", "mean surprise at the label, in nats; less is better"),
    "brier": ("Brier score", "mean squared distance of score and label; less is better"),
}
HEADLINES = ("roc_auc", "error", "precision", "recall")
PERCENT = ("error", "accuracy", "precision", "recall")


def build_report(evaluation: Mapping[str, Any]) -> str:
    """The HTML page of an evaluation, as evaluation.json holds it."""
    model = evaluation["model"]
    column, (negative, positive) = model["label"]["column"], model["label"]["values"]
    rows, positives = evaluation["rows"], evaluation["positives"]
    share = positives / rows
    rejected = evaluation["rejected"]
    lost = f" {rejected:,} more could not be parsed and are not counted." if rejected else ""
    return _PAGE.format(
        style=STYLE,
        title=escape(f"Evaluation: {column}"),
        summary=(
            f"<b>{escape(model['algorithm'])}</b> predicts whether <b>{escape(column)}</b> is "
            f"<b>{escape(positive)}</b>, tested on {rows:,} rows that it was not trained on; "
            f"{positives:,} of them ({share:.1%}) are. Always saying "
            f"“{escape(_usual(model, share))}” would be wrong for {min(share, 1 - share):.2%}."
            + lost
        ),
        headlines="".join(_headline(name, evaluation["metrics"][name]) for name in HEADLINES),
        confusion=charts.confusion_matrix(
            "Confusion matrix", evaluation["confusion_matrix"], (negative, positive)
        ),
        roc=_roc(evaluation),
        precision_recall=_precision_recall(evaluation, share),
        threshold=f"{evaluation['threshold']:g}",
        metrics="".join(_metric(*item) for item in evaluation["metrics"].items()),
        model="".join(_fact(*item) for item in _facts(evaluation).items()),
        hyperparameters="".join(_fact(*item) for item in model["hyperparameters"].items()),
    )


def _usual(model: Mapping[str, Any], share: float) -> str:
    return str(model["label"]["values"][share > 0.5])


def _roc(evaluation: Mapping[str, Any]) -> str:
    curve = evaluation["roc"]
    if curve is None:
        return _UNDEFINED
    (tn, fp), (fn, tp) = evaluation["confusion_matrix"]
    points = list(zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True))
    mark = fp / (fp + tn), tp / (tp + fn)
    axes = "false positive rate", "true positive rate (recall)"
    return charts.curve("ROC curve", *axes, points, [(0, 0), (1, 1)], mark)


def _precision_recall(evaluation: Mapping[str, Any], share: float) -> str:
    curve = evaluation["precision_recall"]
    if curve is None:
        return _UNDEFINED
    (_, fp), (fn, tp) = evaluation["confusion_matrix"]
    points = list(zip(curve["recall"], curve["precision"], strict=True))
    mark = (tp / (tp + fn), tp / (tp + fp)) if tp + fp else None
    baseline = [(0, share), (1, share)]
    return charts.curve("Precision-recall curve", "recall", "precision", points, baseline, mark)


def _headline(name: str, value: float | None) -> str:
    label, meaning = MEANINGS[name]
    return (
        f'<div class="headline" title="{escape(meaning)}"><span>{label}</span>'
        f"<strong>{_shown(name, value)}</strong></div>"
    )


def _metric(name: str, value: float | None) -> str:
    label, meaning = MEANINGS[name]
    return (
        f"<tr><th scope=row>{label}<small>{meaning}</small></th>"
        f"<td class=number>{_shown(name, value)}</td></tr>"
    )


def _facts(evaluation: Mapping[str, Any]) -> dict[str, str]:
    model, training = evaluation["model"], evaluation["training"]
    rejected = training["rejected"]
    lost = "" if rejected is None else f", {rejected:,} rejected"
    return {
        "training rows": f"{training['rows']:,}{lost}",
        "columns": f"{len(model['features']):,} ({model['encoding']})",
        "model.tar.gz": f"sha256 {evaluation['model_sha256']}",
        "preprocessor.json": f"sha256 {evaluation['preprocessor_sha256']}",
        "trained with": ", ".join(f"{name} {v}" for name, v in model["packages"].items()),
    }


def _fact(name: str, value: object) -> str:
    return f"<tr><th scope=row>{escape(str(name))}</th><td>{escape(str(value))}</td></tr>"


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "undefined"
    return f"{value:.2%}" if name in PERCENT else f"{value:.4f}"


_UNDEFINED = "<p>Undefined: the test rows all have the same label.</p>"

STYLE = """
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #1b2430; --soft: #5c6876;
  --line: #dfe3e8; --main: #2563c9; --bad: #c2452d; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b2129; --text: #e7ebf0;
  --soft: #9aa6b4; --line: #323b46; --main: #6ea3ff; --bad: #ff8a70; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 40px 20px 64px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 4px; }
.lead { max-width: 68ch; margin: 0 0 28px; }
.note { color: var(--soft); font-size: 14px; margin: 0 0 12px; }
.headlines { display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); }
.headline, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 18px 20px; min-width: 0; }
.headline span { display: block; color: var(--soft); font-size: 14px; }
.headline strong { font-size: 30px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr));
  gap: 16px; margin-top: 16px; }
.wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; max-width: 460px; height: auto; margin: 0 auto; }
svg text { fill: var(--text); font-size: 13px; }
svg .tick { fill: var(--soft); font-size: 12px; }
svg .share { font-size: 12px; }
svg .axis { fill: var(--soft); }
svg .count { font-size: 22px; font-weight: 600; }
svg .grid { stroke: var(--line); }
svg .baseline { fill: none; stroke: var(--soft); stroke-dasharray: 5 5; }
svg .curve { fill: none; stroke: var(--main); stroke-width: 2.5; stroke-linejoin: round; }
svg .area { fill: var(--main); fill-opacity: .1; }
svg .mark { fill: var(--card); stroke: var(--main); stroke-width: 2.5; }
svg .right { fill: var(--main); }
svg .wrong { fill: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: 15px; }
th, td { text-align: left; vertical-align: top; padding: 7px 16px 7px 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 500; width: 13em; }
tr:first-child > * { border-top: 0; }
small { display: block; color: var(--soft); font-size: 13px; font-weight: 400; }
th:has(small) { width: auto; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; text-align: right;
  padding-right: 0; }
@media (max-width: 560px) { th { width: auto; } }
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="lead">{summary}</p>
<section class="headlines">{headlines}</section>
<section class="cards">
<div class="card"><h2>ROC curve</h2>
<p class="note">The circle is the threshold in use, {threshold}; the dashed line is guessing.</p>
{roc}</div>
<div class="card"><h2>Precision-recall curve</h2>
<p class="note">The circle is the threshold in use, {threshold}; the dashed line is guessing.</p>
{precision_recall}</div>
<div class="card"><h2>Confusion matrix</h2>
<p class="note">A row is predicted positive if its score is above {threshold}.</p>
{confusion}</div>
<div class="card"><h2>Metrics</h2>
<table>{metrics}</table></div>
<div class="card wide"><h2>Model</h2>
<table>{model}</table></div>
<div class="card wide"><h2>Hyperparameters</h2>
<table>{hyperparameters}</table></div>
</section>
</main>
</body>
</html>
"""
