"""What a column holds, as a pandera schema: the configured one.

Each expectation of a column is one check of the schema; pandera applies them all, and says which
rows fail which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.validation.expectations import ColumnExpectation, Expectations
from jobs.validation.failures import Failure, failures
from jobs.validation.outcomes import (
    NAMED_ROWS,
    Outcome,
    agreeing,
    broken_by,
    counted,
    percent,
    shown_value,
)
from jobs.validation.reading import Part

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

# So many values of a list are shown.
LISTED = 6


@dataclass(frozen=True)
class Rule:
    """One thing that is expected of a column.

    Attributes:
        words: what is expected.
        broken: what is there instead, after "3 rows ".
        holds: from the column to whether each of its rows is as expected.
    """

    words: str
    broken: str
    holds: Callable[[pd.Series], pd.Series]


def judge_columns(part: Part, expectations: Expectations) -> Iterator[Outcome]:
    """Every expectation of every column that is there."""
    rules = {
        column: list(_rules(expectation, part, column))
        for column, expectation in expectations.columns.items()
        if column in part.frame.columns
    }
    failed = {
        (failure.column, failure.check): failure
        for failure in failures(build_schema(rules), part.frame[list(rules)])
    }
    for column, several in rules.items():
        for number, rule in enumerate(several):
            severity = expectations.of(column).severity
            outcome = Outcome(part.name, column, rule.words, severity)
            failure = failed.get((column, number))
            yield outcome if failure is None else _broken(outcome, rule, failure, part)


def build_schema(rules: dict[str, list[Rule]]) -> pandera.DataFrameSchema:
    """The pandera schema of these columns, a check for each rule."""
    import pandera.pandas as pandera

    return pandera.DataFrameSchema(
        {
            column: pandera.Column(
                checks=[
                    pandera.Check(rule.holds, name=rule.words, ignore_na=False) for rule in several
                ],
                nullable=True,
            )
            for column, several in rules.items()
        }
    )


def _rules(expected: ColumnExpectation, part: Part, column: str) -> Iterator[Rule]:
    """A value that is missing breaks no rule but the one about missing values."""
    unread = [reject.row for reject in part.faults.get(column, ())]
    if expected.is_number:
        words = "whole numbers" if expected.type == "integer" else "numbers"
        yield Rule(words, "hold something else", _is_number(unread, words == "whole numbers"))
    elif expected.is_text:
        yield Rule("text in UTF-8", "hold something else", _is_number(unread, False))
    if expected.minimum is not None:
        least = expected.minimum
        words = f"at least {shown_value(least)}"
        yield Rule(words, "are below", lambda values: values.isna() | (values >= least))
    if expected.maximum is not None:
        most = expected.maximum
        words = f"at most {shown_value(most)}"
        yield Rule(words, "are above", lambda values: values.isna() | (values <= most))
    if expected.values is not None:
        known = expected.values
        words = f"only {_listed(known)}"
        broken = "hold something else"
        yield Rule(words, broken, lambda values: values.isna() | values.isin(known))
    if expected.unique:
        words, broken = "no value twice", "repeat a value of an earlier row"
        yield Rule(words, broken, lambda values: values.isna() | ~values.duplicated())
    if expected.missing is not None:
        yield _few_missing(expected.missing, unread, part)


def _is_number(unread: list[int], whole: bool) -> Callable[[pd.Series], pd.Series]:
    def holds(values: pd.Series) -> pd.Series:
        good = ~values.index.to_series().isin(unread)
        return good & (values.isna() | (values % 1 == 0)) if whole else good

    return holds


def _few_missing(most: float, unread: list[int], part: Part) -> Rule:
    def holds(values: pd.Series) -> pd.Series:
        missing = values.isna() & ~values.index.to_series().isin(unread)
        return ~missing | (missing.mean() <= most)

    words = "a value in every row" if most == 0 else f"at most {percent(most)} missing"
    return Rule(words, "have none", holds)


def _broken(outcome: Outcome, rule: Rule, failure: Failure, part: Part) -> Outcome:
    rows, count = failure.rows[:NAMED_ROWS], len(failure.rows)
    column = str(outcome.column)
    unread = {reject.row: reject.value for reject in part.faults.get(column, ())}
    values = [unread.get(row, part.frame.at[row, column]) for row in rows]
    share = percent(count / max(len(part.frame), 1))
    found = f"{counted(count)} ({share}) {agreeing(rule.broken, count)}"
    return broken_by(outcome, found, rows, values, count)


def _listed(values: tuple[Any, ...]) -> str:
    shown = [shown_value(value) for value in values[:LISTED]]
    more = len(values) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
