"""What the rows are together: enough of them, of readable values, no test row known already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from jobs.validation.expectations import WARNING, Expectations
from jobs.validation.needs import Needs
from jobs.validation.outcomes import (
    NAMED_ROWS,
    Outcome,
    broken_by,
    broken_where,
    counted,
    percent,
    shown_value,
)
from jobs.validation.reading import Part
from preprocessing.features import Features


def judge_rows(part: Part, needs: Needs, expectations: Expectations) -> Iterator[Outcome]:
    """Whether there are enough rows, nearly all of them readable, and ids name one row each."""
    least = max(expectations.min_rows or 0, 1)
    enough = Outcome(part.name, None, f"at least {counted(least)}")
    if part.rows >= least:
        yield enough
    elif part.is_whole:
        yield enough.but(f"there {'is' if part.rows == 1 else 'are'} {part.rows:,}")
    yield _rejected(part, needs, expectations.max_rejected_share)
    id = needs.features.id
    if id is not None and id in part.frame.columns and not expectations.of(id).unique:
        ids = part.frame[id]
        outcome = Outcome(part.name, id, "an id that names one row", WARNING)
        yield broken_where(outcome, ids.notna() & ids.duplicated(), ids, "repeat an earlier one's")


def judge_features(part: Part, features: Features) -> Iterator[Outcome]:
    """Whether there is something to learn from each column that a model sees."""
    for column in _learnt(part, features, "numeric", "binned", "categorical"):
        if part.frame.empty:
            continue
        values = part.frame[column]
        outcome = Outcome(part.name, column, "more than one value", WARNING)
        if values.nunique(dropna=False) > 1:
            yield outcome
        elif column not in part.faults:  # what cannot be read has been told
            always = "nothing" if values.isna().iloc[0] else shown_value(values.iloc[0])
            yield outcome.but(f"it is {always} in every row; a model learns nothing from it")


def judge_known(
    training: Part, test: Part, needs: Needs, expectations: Expectations
) -> Iterator[Outcome]:
    """Whether a model knows some of the categories that it is tested on.

    To one that does not, `3.0` is nothing that it has seen as `3`.
    """
    if training.frame.empty:
        return
    for column in _learnt(test, needs.features, "categorical"):
        values = test.frame[column]
        both = column in training.frame.columns and column not in needs.reads
        if not both or values.isna().all():
            continue
        outcome = Outcome(
            test.name, column, "values that training rows have", expectations.of(column).severity
        )
        known = values.isin(training.frame[column].dropna().unique()).any()
        yield outcome if known else broken_where(outcome, values.notna(), values, "hold another")


def judge_shared(
    training: Part, test: Part, features: Features, expectations: Expectations
) -> Iterator[Outcome]:
    """Whether the test rows are new to a model that has seen the training rows.

    Rows are the same if all columns are, but for the label, the id, and dropped columns that have
    another value in each training row: they number the rows.
    """
    most = expectations.max_shared_share
    columns = _identity(training.frame, features)
    comparable = set(columns) <= set(test.frame.columns)  # what is not is said of the header
    if most is not None and comparable and len(training.frame) and len(test.frame):
        seen = shared(training.frame[columns], test.frame[columns])
        words = "no row that stands" if most == 0 else f"at most {percent(most)} of rows that stand"
        outcome = Outcome(test.name, None, f"{words} among the training rows, too")
        mask = pd.Series(seen, test.frame.index)
        judged = broken_where(outcome, mask, _rows_as_text(test.frame[columns], mask), "do")
        yield judged if seen.mean() > most else outcome
    if features.id in training.frame.columns and features.id in test.frame.columns:
        ids = test.frame[features.id]
        words = "an id that no training row has"
        outcome = Outcome(test.name, features.id, words, WARNING)
        known = ids.notna() & ids.isin(training.frame[features.id].dropna().unique())
        yield broken_where(outcome, known, ids, "have an id of a training row")


def shared(training: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Which test rows stand among the training rows, shape (test rows,), bool.

    Exact: column by column, every combination of values so far gets a number of its own.
    Missing values are equal.
    """
    combined = combinations(training, test)
    return np.isin(combined[len(training) :], combined[: len(training)])


def combinations(*frames: pd.DataFrame) -> np.ndarray:
    """The number of each row's combination of values, shape (rows of all frames,), int64.

    Equal rows share one, and no others do.

    >>> combinations(pd.DataFrame({"a": [1.0, 1.0, None], "b": [1.0, 1.0, 1.0]})).tolist()
    [0, 0, 1]
    """
    whole = np.zeros(sum(map(len, frames)), np.int64)
    for column in frames[0].columns:
        codes = _codes([frame[column] for frame in frames])
        # Neither factor exceeds the number of rows: no overflow below three billion of them.
        known = int(codes.max(initial=0)) + 1
        whole = pd.factorize(whole * known + codes)[0].astype(np.int64)
    return whole


def _codes(parts: list[pd.Series]) -> np.ndarray:
    """The number of each value, from 1; 0 where it is missing."""
    if isinstance(parts[0].dtype, pd.CategoricalDtype):
        return np.asarray(union_categoricals(parts).codes, np.int64) + 1
    numbers: np.ndarray = pd.factorize(np.concatenate([part.to_numpy() for part in parts]))[0]
    return numbers + 1


def _identity(training: pd.DataFrame, features: Features) -> list[str]:
    numbering = {
        column
        for column in features.drop
        if column in training and training[column].nunique() == len(training)
    }
    left_out = {features.label, features.id, *numbering}
    return [column for column in training if column not in left_out]


def _learnt(part: Part, features: Features, *roles: str) -> Iterator[str]:
    """The columns that a model sees in these roles; those that are named nowhere are the rest."""
    named = features.named()
    rest = "categorical" if features.categorical is None else "drop"
    yield from (column for column in part.frame.columns if named.get(column, rest) in roles)


def _rejected(part: Part, needs: Needs, most: float) -> Outcome:
    """Rows that Preprocess leaves out, with its reasons; a few are no more than a warning."""
    # Of a text it is only whether it is UTF-8, of every column that is used.
    texts = set(part.frame.select_dtypes("category").columns) - set(needs.features.drop)
    rejects = {
        reject.row: reject
        for column in needs.numbers | texts
        for reject in part.faults.get(column, ())
    }
    rejects |= {reject.row: reject for reject in part.ragged}
    share = len(rejects) / max(part.rows, 1)
    words = "rows that can be read" if most == 0 else f"at most {percent(most)} of rows unreadable"
    outcome = Outcome(part.name, None, words)
    if not rejects:
        return outcome
    first = [rejects[row] for row in sorted(rejects)[:NAMED_ROWS]]
    found = f"{counted(len(rejects))} ({percent(share)}) cannot be read"
    rows, values = [r.row for r in first], [r.sentence for r in first]
    if share > most:
        return broken_by(outcome, found, rows, values, len(rejects))
    warning = Outcome(part.name, None, "rows that can be read", WARNING)
    return broken_by(warning, found + " and would be left out", rows, values, len(rejects))


def _rows_as_text(frame: pd.DataFrame, mask: pd.Series) -> pd.Series:
    """The first of the chosen rows as text, to look for."""
    first = frame[mask.to_numpy()].head(NAMED_ROWS)
    texts = [", ".join(f"{k}={v}" for k, v in row.items()) for _, row in first.iterrows()]
    return pd.Series(texts, first.index, dtype=object)
