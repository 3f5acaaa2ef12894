"""The best threshold is at least as good as any other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import thresholds
from preprocessing.errors import DataError


def f1(labels, predicted):
    hits = (predicted & (labels == 1)).sum()
    return 2 * hits / (predicted.sum() + labels.sum())


METRICS = {"best f1": f1, "best accuracy": lambda labels, predicted: (predicted == labels).mean()}
rows = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.99, 1.0])), min_size=2
).filter(lambda rows: len({label for label, _ in rows}) == 2)


@pytest.mark.parametrize("rule", thresholds.BEST)
@given(rows)
def test_no_other_threshold_is_better(rule, rows):
    labels, scores = (np.array(column) for column in zip(*rows, strict=True))

    chosen = thresholds.choose(labels, scores, rule)

    others = [METRICS[rule](labels, scores > t) for t in [0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.995]]
    assert METRICS[rule](labels, scores > chosen) >= max(others) - 1e-12


@pytest.mark.parametrize("text", ["0", "1", "nan", "best", "best auc", ""])
def test_what_is_no_threshold_is_answered_with_what_is(text):
    with pytest.raises(DataError, match="not a number between 0 and 1 or 'best f1' or 'best acc"):
        thresholds.parse(text)
