"""Pictures and tables of a label that is a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.charts import planes
from jobs.page import card, cards
from jobs.report.words import shown


def section(evaluation: Mapping[str, Any], metrics: str) -> str:
    """How far predictions are from labels, and where.

    Args:
        metrics: the card with all metrics.
    """
    label = evaluation["model"]["label"]["column"]
    points = [(point[0], point[1]) for point in evaluation["points"]]
    residuals = evaluation["residuals"]
    outside = residuals["below"] + residuals["above"]
    return cards(
        card(
            "Predicted against actual",
            planes.scatter("Predicted against actual", label, "prediction", points),
            f"{len(points):,} of the test rows. On the dashed line a prediction is exact.",
        ),
        card(
            "Residuals",
            planes.histogram(
                "Residuals",
                "prediction − label",
                "rows",
                residuals["edges"],
                [("bar", residuals["rows"])],
            ),
            f"To the right of 0 the model predicts too much. {outside:,} rows lie further out.",
        ),
        metrics,
        _by_prediction(evaluation),
    )


def _by_prediction(evaluation: Mapping[str, Any]) -> str:
    lines = "".join(
        f"<tr><th scope=row class=number>{shown('mae', line['prediction'])}</th>"
        f"<td class=number>{shown('mae', line['label'])}</td>"
        f"<td class=number>{shown('mae', line['prediction'] - line['label'])}</td>"
        f"<td class=number>{shown('mae', line['mae'])}</td>"
        f"<td class=number>{line['rows']:,}</td></tr>"
        for line in evaluation["by_prediction"]
    )
    heads = "".join(
        f"<th scope=col class=number>{head}</th>"
        for head in ("Mean prediction", "Mean label", "Bias", "MAE", "Rows")
    )
    table = (
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )
    note = "The test rows in ten parts, from the lowest predictions to the highest."
    return card("Low and high predictions", table, note)
