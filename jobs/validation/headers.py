"""The columns that files have, held to those that they have to have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jobs.validation.expectations import ERROR, WARNING, Expectations
from jobs.validation.needs import Needs
from jobs.validation.outcomes import Outcome
from jobs.validation.reading import FileFacts, Part
from preprocessing.errors import nearest
from preprocessing.features import Features


def judge_headers(
    part: Part, needs: Needs, expectations: Expectations, training: Part, *, is_tested: bool
) -> Iterator[Outcome]:
    """Whether every file can be read, and has the columns that it has to have.

    Args:
        training: what a model learns from: it needs the same columns to be tested.
        is_tested: whether a model is tested on rows of these files, and so by their slices.
    """
    yield from _readable(part)
    wanted = _required(part, needs, expectations, training)
    if is_tested:
        wanted |= dict.fromkeys(needs.slices, ERROR)
    for column, severity in wanted.items():
        yield _there(part, column, severity)
    yield from _in_some_files(part, wanted)
    yield from _others(part, needs.features, expectations)


def _required(
    part: Part, needs: Needs, expectations: Expectations, training: Part
) -> dict[str, str]:
    """The columns that must be there, with the severity of their absence."""
    learnt: list[str] = []
    if needs.features.categorical is None and part is not training:
        dropped = needs.features.drop
        learnt = [column for column in training.frame.columns if column not in dropped]
    expected = {
        column: expectation.severity
        for column, expectation in expectations.columns.items()
        if expectation.required
    }
    return {
        **dict.fromkeys(learnt, ERROR),
        **expected,
        **dict.fromkeys(sorted(needs.columns), ERROR),
    }


def _readable(part: Part) -> Iterator[Outcome]:
    words = "files that can be read"
    problems = [file.problem for file in part.files if file.problem]
    for problem in problems:
        yield Outcome(part.name, None, words, held=False, found=problem)
    if not problems:
        yield Outcome(part.name, None, words)


def _there(part: Part, column: str, severity: str) -> Outcome:
    readable = [file for file in part.files if file.header]
    without = [file for file in readable if column not in file.header]
    words = "a column of every file"
    if not without:
        return Outcome(part.name, column, words, severity)
    everywhere = len(without) == len(readable)
    found = "it is not there" if everywhere else f"it is not in {_names(without)}"
    hint = nearest(column, without[0].header)
    return Outcome(part.name, column, words, severity, held=False, found=found + hint)


def _in_some_files(part: Part, wanted: dict[str, str]) -> Iterator[Outcome]:
    readable = [file for file in part.files if file.header]
    for column in dict.fromkeys(column for file in readable for column in file.header):
        without = [file for file in readable if column not in file.header]
        if without and column not in wanted:
            yield Outcome(
                part.name,
                column,
                "a column of every file or of none",
                WARNING,
                held=False,
                found=f"it is not in {_names(without)}, and was not looked into",
            )


def _others(part: Part, features: Features, expectations: Expectations) -> Iterator[Outcome]:
    present = list(dict.fromkeys(column for file in part.files for column in file.header))
    if features.categorical is not None and features.derive is None:
        words = "no column without a role (`features.categorical` is a list)"
        others = [column for column in present if column not in features.named()]
        yield _no_others(part, words, ERROR, others)
    if expectations.other_columns != "allowed":
        words = "no column but those of `validation.columns`"
        others = [column for column in present if column not in expectations.columns]
        yield _no_others(part, words, expectations.other_columns, others)


def _no_others(part: Part, words: str, severity: str, others: list[str]) -> Outcome:
    if not others:
        return Outcome(part.name, None, words, severity)
    shown = ", ".join(map(repr, others[:8])) + (
        f" and {len(others) - 8} more" if len(others) > 8 else ""
    )
    found = f"there {'is' if len(others) == 1 else 'are'} {shown}"
    return Outcome(part.name, None, words, severity, held=False, found=found)


def _names(files: Sequence[FileFacts]) -> str:
    shown = ", ".join(file.name for file in files[:5])
    return shown + (f" and {len(files) - 5} more files" if len(files) > 5 else "")
