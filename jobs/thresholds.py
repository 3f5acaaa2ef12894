"""Above which score a row is predicted positive: a number, or the best one for a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from preprocessing.errors import DataError

if TYPE_CHECKING:
    import numpy as np

BEST = ("best f1", "best accuracy")


def parse(text: str) -> float | str:
    """A number between 0 and 1, or one of `BEST`.

    Raises:
        DataError: neither.

    >>> parse("0.3"), parse("best f1")
    (0.3, 'best f1')
    """
    if text in BEST:
        return text
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise DataError(
            f"threshold is {text!r}, not a number between 0 and 1 or {' or '.join(map(repr, BEST))}"
        )
    return value


def choose(labels: np.ndarray, scores: np.ndarray, rule: str) -> float:
    """The threshold that is best on these rows; of several, the one nearest to 0.5.

    Between two neighbouring scores it makes no difference where a threshold is: it is their mean.

    Args:
        labels: shape (rows,), 0 or 1; both occur.
        scores: shape (rows,), probabilities of 1.
        rule: one of `BEST`.

    >>> import numpy as np
    >>> choose(np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.2, 0.8]), "best accuracy")
    0.55
    """
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], labels[order].astype(bool)
    # After how many rows, by falling score, a threshold can lie: equal scores stay together, and
    # rows whose score is 0 are above no threshold.
    bounds = np.concatenate([[1.0], ranked, [0.0]])
    ends = np.flatnonzero((bounds[:-1] != bounds[1:]) | (np.arange(len(ranked) + 1) == 0))
    true_positives = np.concatenate([[0], np.cumsum(hits)])[ends].astype(np.float64)
    if rule == "best f1":
        quality = 2 * true_positives / (ends + float(hits.sum()))
    else:
        quality = true_positives - (ends - true_positives)
    thresholds = (bounds[ends] + bounds[ends + 1]) / 2
    best = quality == quality.max()
    nearest = np.argmin(np.where(best, np.abs(thresholds - 0.5), np.inf))
    return float(thresholds[nearest])
