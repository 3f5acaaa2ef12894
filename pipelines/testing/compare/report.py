"""The rates of a comparison, and its differences, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipelines.testing.compare.compare import Comparison
from pipelines.testing.compare.normalised import NORMALISED

_RATES: tuple[tuple[str, Callable[[Comparison], bool | None]], ...] = (
    ("status, output, error", lambda each: each.outcome),
    ("sequence of event types", lambda each: each.types),
    ("every field of every event", lambda each: each.fields),
)


def report(comparisons: Sequence[Comparison], *, most: int = 8) -> str:
    """Rates for each language, what was normalised, and at most so many differences each."""
    lines = list(_rates(comparisons))
    lines += ["", "Compared otherwise than byte by byte:"]
    lines += [f"  {each.what}: {each.how} ({each.why})" for each in NORMALISED]
    for comparison in comparisons:
        if comparison.differences:
            lines += ["", f"{comparison.name} ({comparison.language})"]
            lines += [f"  {line}" for line in comparison.differences[:most]]
            left = len(comparison.differences) - most
            lines += [f"  and {left} more"] if left > 0 else []
    return "\n".join(lines)


def _rates(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield f"{len(comparisons)} recorded executions"
    for language in ("JSONPath", "JSONata"):
        of_language = [each for each in comparisons if each.language == language]
        for what, judged in _RATES:
            verdicts = [verdict for each in of_language if (verdict := judged(each)) is not None]
            if verdicts:
                rate = 100 * sum(verdicts) / len(verdicts)
                counted = f"{sum(verdicts)} of {len(verdicts)}"
                yield f"{language:<9} {what:<27} {counted:>12}  {rate:5.1f} %"
