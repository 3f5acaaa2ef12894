"""What came of an expectation, and the rows that break it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from jobs.validation.expectations import ERROR

if TYPE_CHECKING:
    import pandas as pd

# So many rows are named, and so many values of theirs shown.
NAMED_ROWS = 10
SAMPLES = 5
# Characters of a value that are shown in a sentence, and that are kept.
SHOWN, KEPT = 80, 200
# A reason has to fit into what SageMaker and Step Functions show of one.
REASON = 900


@dataclass(frozen=True)
class Outcome:
    """An expectation of some rows, and whether they meet it.

    Attributes:
        part: "training" or "test".
        column: that it is about; None: about whole rows.
        expectation: what is expected, in words that follow "expected: ".
        severity: "error" or "warning", if it is broken.
        held: whether it is met.
        found: what is there instead; empty if it is met.
        rows: how many rows break it; None where rows are not what is counted.
        first_rows: their numbers, the first few. 1 is the first data row, counted through the
            files in the order of their names.
        samples: some of these rows with what stands there: {"row": …, "value": …}.
    """

    part: str
    column: str | None
    expectation: str
    severity: str = ERROR
    held: bool = True
    found: str = ""
    rows: int | None = None
    first_rows: tuple[int, ...] = ()
    samples: tuple[Mapping[str, Any], ...] = ()

    def but(self, found: str) -> Outcome:
        """The same expectation, broken, where it is not rows that break it."""
        return replace(self, held=False, found=found)

    @property
    def sentence(self) -> str:
        """What is broken, where, and by what, in one line.

        >>> samples = ({"row": 7, "value": "999"},)
        >>> Outcome("test", "age", "at most 120", held=False, found="3 rows are above", rows=3,
        ...         first_rows=(7, 8, 9), samples=samples).sentence
        "test: age: expected at most 120; 3 rows are above (row 7: '999', …)"
        """
        where = self.part if self.column is None else f"{self.part}: {self.column}"
        shown = [f"row {s['row']}: {shown_sample(s, self.column)}" for s in self.samples[:2]]
        if shown and (self.rows or 0) > len(shown):
            shown.append("…")
        examples = f" ({', '.join(shown)})" if shown else ""
        return f"{where}: expected {self.expectation}; {self.found}{examples}"

    def to_json(self) -> dict[str, Any]:
        """As report.json holds it."""
        return asdict(self)


def broken_by(
    outcome: Outcome, found: str, rows: Sequence[int], values: Sequence[Any], count: int
) -> Outcome:
    """The outcome, broken by `count` rows, of which the first are given with their values."""
    samples = tuple(
        {"row": int(row), "value": _plain(value)}
        for row, value in zip(rows[:SAMPLES], values[:SAMPLES], strict=True)
    )
    return replace(
        outcome,
        held=False,
        found=found,
        rows=count,
        first_rows=tuple(int(row) for row in rows[:NAMED_ROWS]),
        samples=samples,
    )


def broken_where(outcome: Outcome, bad: pd.Series, values: pd.Series, verb: str) -> Outcome:
    """The outcome, broken if there is a bad row.

    Args:
        bad: by the rows' numbers, whether they break it.
        values: what stands there, by the rows' numbers; of the first bad rows at least.
        verb: what they do, after "3 rows ".
    """
    count = int(bad.sum())
    if not count:
        return outcome
    rows = [int(row) for row in bad.index[bad.to_numpy()][:NAMED_ROWS]]
    found = f"{counted(count)} ({percent(count / len(bad))}) {agreeing(verb, count)}"
    return broken_by(outcome, found, rows, [values.at[row] for row in rows], count)


def agreeing(verb: str, count: int) -> str:
    """A verb that goes with a number of rows.

    >>> agreeing("have none", 1), agreeing("repeat a value", 1), agreeing("are above", 2)
    ('has none', 'repeats a value', 'are above')
    """
    if count != 1:
        return verb
    word, _, rest = verb.partition(" ")
    return f"{_ONE.get(word, word + 's')} {rest}".rstrip()


_ONE = {"are": "is", "have": "has", "do": "does"}


def counted(count: int, what: str = "row") -> str:
    """
    >>> counted(1), counted(2000, "column")
    ('1 row', '2,000 columns')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share as people read it; a small one is not rounded to none.

    >>> [percent(share) for share in (0, 0.0004, 0.0312, 0.5, 0.9999, 1)]
    ['0 %', '0.04 %', '3.1 %', '50 %', '99.99 %', '100 %']
    """
    rest = min(share, 1 - share) * 100
    # Two digits that count, of the share or of what is left of it.
    digits = max(0, 1 - math.floor(math.log10(rest))) if rest > 0 else 0
    text = f"{share * 100:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} %"


def shown_value(value: Any) -> str:
    """A value as it stands in a sentence.

    >>> shown_value("old"), shown_value(None), shown_value(1e3)
    ("'old'", 'nothing', '1000')
    """
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN else value[:SHOWN] + "…")
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def shown_sample(sample: Mapping[str, Any], column: str | None) -> str:
    """What stands in a row: a value of a column, or what is to be said of the whole row."""
    return str(sample["value"]) if column is None else shown_value(sample["value"])


def reason(violations: Iterable[Outcome]) -> str:
    """Why the data were refused: as many sentences as fit; empty if nothing was broken."""
    sentences = [violation.sentence for violation in violations]
    text = ""
    for index, sentence in enumerate(sentences):
        left = len(sentences) - index
        joined = f"{text}; {sentence}" if text else sentence
        if len(joined) > REASON:
            break
        text = joined
    else:
        return text
    if not text:
        return sentences[0][: REASON - 1] + "…"
    return f"{text}; and {counted(left, 'more broken expectation')}"


def _plain(value: Any) -> Any:
    """A value that JSON can hold: None for a missing one."""
    item = value.item() if hasattr(value, "item") else value
    if item is None or item != item:  # NaN, and what pandas uses for it
        return None
    if isinstance(item, (bool, int, float)):
        finite = not isinstance(item, float) or abs(item) != float("inf")
        return item if finite else str(item)
    text = str(item)
    return text if len(text) <= KEPT else text[:KEPT] + "…"
