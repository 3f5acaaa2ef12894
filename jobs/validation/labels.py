"""What is to be predicted: there in every row, of two classes or a number, and of both enough."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from jobs.validation.expectations import Expectations
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
from preprocessing.errors import nearest
from preprocessing.features import Features


def judge_labels(
    training: Part, test: Part | None, features: Features, expectations: Expectations
) -> Iterator[Outcome]:
    """Whether the labels are such that a model can learn them and be tested on them."""
    for part in (training, *([] if test is None else [test])):
        if features.label not in part.frame.columns or part.frame.empty:
            continue  # said of the header, or of the number of rows
        labels = part.frame[features.label]
        yield _there(part, labels, features, expectations)
        if features.positive is None:
            yield from _numbers(part, labels, features)
        else:
            yield _two_classes(part, labels, features.label, features.positive)
            if part is training and expectations.min_minority_share is not None:
                yield _balance(part, labels, features.label, expectations.min_minority_share)
    if test is not None and features.positive is not None:
        yield from _known(training, test, features.label)


def _there(
    part: Part, labels: pd.Series, features: Features, expectations: Expectations
) -> Outcome:
    """Every row has a label, unless a share of missing ones is configured."""
    outcome = Outcome(part.name, features.label, "a label in every row")
    if expectations.of(features.label).missing is not None:
        return outcome  # the configured expectation of the column stands in for this one
    unread = [reject.row for reject in part.faults.get(features.label, ())]
    missing = labels.isna() & ~labels.index.to_series().isin(unread)
    return broken_where(outcome, missing, labels, "have none")


def _two_classes(part: Part, labels: pd.Series, column: str, positive: str) -> Outcome:
    outcome = Outcome(part.name, column, f"two classes, one of them {positive!r}")
    values = sorted(str(value) for value in labels.dropna().unique())
    if len(values) == 2 and positive in values:
        return outcome
    if not values:
        return outcome.but("every label is missing")
    shown = ", ".join(repr(value) for value in values[:6]) + (", …" if len(values) > 6 else "")
    if positive not in values:
        hint = nearest(positive, values)
        return outcome.but(f"{positive!r} is nowhere{hint}; there {_is(values)} {shown}")
    only = "only " if len(values) == 1 else ""
    return outcome.but(f"there {_is(values)} {only}{shown}")


def _balance(part: Part, labels: pd.Series, column: str, least: float) -> Outcome:
    words = f"at least {percent(least)} of rows in the rarer class"
    outcome = Outcome(part.name, column, words)
    counts = labels.dropna().astype(str).value_counts()
    if len(counts) < 2:
        return outcome.but("there is no second class")
    share = counts.iloc[-1] / counts.sum()
    if share >= least:
        return outcome
    rarest = shown_value(str(counts.index[-1]))
    return outcome.but(f"{rarest} is {percent(share)} of them ({counted(int(counts.iloc[-1]))})")


def _known(training: Part, test: Part, column: str) -> Iterator[Outcome]:
    there = column in training.frame.columns and column in test.frame.columns
    if there and len(training.frame) and len(test.frame):
        labels = test.frame[column]
        known = training.frame[column].dropna().astype(str).unique()
        outcome = Outcome(test.name, column, "labels that training rows have")
        unknown = labels.notna() & ~labels.isin(known)
        yield broken_where(outcome, unknown, labels, "have another")


def _numbers(part: Part, labels: pd.Series, features: Features) -> Iterator[Outcome]:
    outcome = Outcome(part.name, features.label, "labels that are numbers")
    faults = part.faults.get(features.label, [])
    if faults:
        rows, values = zip(*((f.row, f.value) for f in faults[:NAMED_ROWS]), strict=True)
        found = (
            f"{counted(len(faults))} hold something else; for two classes name the positive one: "
            "features.label.positive"
        )
        yield broken_by(outcome, found, rows, values, len(faults))
    else:
        yield outcome
    varying = Outcome(part.name, features.label, "labels that differ")
    present = labels.dropna()
    if len(present) and present.nunique() == 1:
        yield varying.but(f"every one is {shown_value(float(present.iloc[0]))}")
    elif len(present):
        yield varying


def _is(values: list[str]) -> str:
    return "is" if len(values) == 1 else "are"
