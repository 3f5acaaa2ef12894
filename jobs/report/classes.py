"""Curves and tables of a label of two classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.charts import planes, squares
from jobs.page import card, cards
from jobs.report.words import shown

UNDEFINED = "<p>Undefined: the test rows all have the same label.</p>"


def section(evaluation: Mapping[str, Any], metrics: str) -> str:
    """How well the classes are told apart, and what each threshold would do.

    Args:
        metrics: the card with all metrics.
    """
    threshold = f"{evaluation['threshold']:.4g}"
    guessing = f"The circle is the threshold in use, {threshold}; the dashed line is guessing."
    names = evaluation["model"]["label"]["values"]
    return cards(
        card("ROC curve", _roc(evaluation), guessing),
        card("Precision-recall curve", _precision_recall(evaluation), guessing),
        card(
            "Confusion matrix",
            squares.confusion_matrix(
                "Confusion matrix", evaluation["confusion_matrix"], tuple(names)
            ),
            f"A row is predicted positive if its score is above {threshold}.",
        ),
        _scores(evaluation),
        _calibration(evaluation),
        metrics,
        _thresholds(evaluation),
    )


def _roc(evaluation: Mapping[str, Any]) -> str:
    curve = evaluation["roc"]
    if curve is None:
        return UNDEFINED
    (tn, fp), (fn, tp) = evaluation["confusion_matrix"]
    points = list(zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True))
    mark = fp / (fp + tn), tp / (tp + fn)
    axes = "false positive rate", "true positive rate (recall)"
    return squares.curve("ROC curve", *axes, points, [(0, 0), (1, 1)], mark)


def _precision_recall(evaluation: Mapping[str, Any]) -> str:
    curve = evaluation["precision_recall"]
    if curve is None:
        return UNDEFINED
    (_, fp), (fn, tp) = evaluation["confusion_matrix"]
    points = list(zip(curve["recall"], curve["precision"], strict=True))
    mark = (tp / (tp + fn), tp / (tp + fp)) if tp + fp else None
    share = evaluation["positives"] / evaluation["rows"]
    axes = "recall", "precision"
    return squares.curve("Precision-recall curve", *axes, points, [(0, share), (1, share)], mark)


def _calibration(evaluation: Mapping[str, Any]) -> str:
    calibration = evaluation["calibration"]
    points = [(each["score"], each["share"]) for each in calibration["bins"]]
    sizes = [each["rows"] for each in calibration["bins"]]
    picture = squares.dotted_curve(
        "Calibration", "mean score", "share that is positive", points, sizes
    )
    note = (
        "On the dashed line a score of 0.8 means four times out of five. The rows lie "
        f"{calibration['error']:.4f} from it on average (expected calibration error)."
    )
    return card("Calibration", picture, note)


def _scores(evaluation: Mapping[str, Any]) -> str:
    negative, positive = evaluation["histogram"]
    edges = [place / len(negative) for place in range(len(negative) + 1)]
    series = [("first", negative), ("second", positive)]
    picture = planes.histogram("Scores", "score", "rows", edges, series, powers=True)
    note = (
        "Grey: negative rows; in colour: positive rows, by powers of ten. The further apart they "
        "lie, the better."
    )
    return card("Scores", picture, note)


def _thresholds(evaluation: Mapping[str, Any]) -> str:
    lines = []
    for line in evaluation["thresholds"]:
        marks = [
            *(["in use"] if line["used"] else []),
            *(["best F1"] if line["best_f1"] else []),
        ]
        words = f"<small>{', '.join(marks)}</small>" if marks else ""
        kind = ' class="here"' if line["used"] else ""
        cells = "".join(
            f"<td class=number>{shown(metric, line[metric])}</td>"
            for metric in ("precision", "recall", "f1", "error")
        )
        lines.append(
            f"<tr{kind}><th scope=row class=number>{line['threshold']:.4g}{words}</th>"
            f"<td class=number>{line['predicted']:,}</td>{cells}</tr>"
        )
    heads = "".join(
        f"<th scope=col class=number>{head}</th>"
        for head in ("Threshold", "Predicted positive", "Precision", "Recall", "F1", "Error")
    )
    table = (
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )
    note = (
        "What another threshold would do on these rows. To choose one by them flatters the model: "
        "choose it on training rows that were held out."
    )
    return card("Thresholds", table, note, wide=True)
