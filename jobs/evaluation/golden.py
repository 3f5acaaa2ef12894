"""A few raw test rows with the offline predictions: what an endpoint has to answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from jobs import model
from jobs.evaluation import rows
from preprocessing.rows import transform_rows

# Rows with a prediction, and rows that cannot be read, of which an endpoint has to say why.
ROWS, REJECTED = 100, 3


def build(
    raw: Path, loaded: model.Model, numbers: np.ndarray, scores: np.ndarray, rejected: np.ndarray
) -> dict[str, Any]:
    """The document: raw rows without the label, and what was predicted for them.

    Args:
        raw: folder of the raw rows.
        loaded: the model.
        numbers: of the rows that were scored, ascending.
        scores: shape (rows,), what they were given.
        rejected: the numbers of rows that preprocess could not read, ascending.

    A row that cannot be read for its label alone is no example of either kind, and left out.
    """
    label = loaded.tables.label.column
    places = np.unique(np.linspace(0, len(numbers) - 1, ROWS).round().astype(int))
    good = rows.as_sent(raw, label, numbers[places])
    answers = dict(zip(numbers[places].tolist(), _answers(loaded, scores[places]), strict=True))
    bad = list(rows.as_sent(raw, label, rejected[:REJECTED]).values())
    refused = {reject.row for reject in transform_rows(loaded.tables, bad)[1]}
    bad = [row for place, row in enumerate(bad, 1) if place in refused]
    return {
        "rows": [*good.values(), *bad],
        "predictions": [*(answers[number] for number in good), *(None for _ in bad)],
        "model_sha256": loaded.sha256,
    }


def _answers(loaded: model.Model, scores: np.ndarray) -> list[dict[str, Any]]:
    predictions = loaded.predictions(scores)
    return [
        {"prediction": prediction, "score": score}
        for prediction, score in zip(predictions, scores.tolist(), strict=True)
    ]
