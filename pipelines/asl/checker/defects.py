"""One defect, one finding: where several rules are broken in one place by the same mistake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipelines.asl.findings import Finding
from pipelines.asl.model import Place

_NOT_EVALUATED = ("P204", "P205", "P206", "P207", "P214", "P215", "P225")
_UNREADABLE = ("P105", "P144", "P151", "P152", "P153", "P161", "P164")

SAID_BY: Mapping[str, tuple[str, ...]] = {
    "P123": ("P405",),  # that nobody may answer says more than that there is no limit
    "P133": ("P105",),  # what is no number of seconds is no longer or shorter than another
    "P154": ("P201",),  # which knows the service, and what may have been meant
    "P157": _NOT_EVALUATED,  # the text of a path is none that the member takes
    "P162": ("P105", "P144"),  # the text of an expression is none that the field takes
    "P207": ("P206", "P225"),  # a form that says how long the text is
    "P222": ("P204", "P207"),  # what is no such number is no greater or smaller than another
    "P224": ("P207",),  # what is too long is no other's name either
    "P225": ("P206",),  # a text that is of no form at all
    "P226": ("P206", "P225"),  # what is no image or address is in no registry either
    # What cannot be read, or is certainly of a wrong form, has no value that would be wrong.
    "P306": _UNREADABLE,
    "P307": _UNREADABLE,
    "P311": _UNREADABLE,
    "P312": ("P313",),  # a rule that is never true is why a way is never taken
}
"""By a rule: those that say all that it does, and more, if they are broken in the same place."""


def without_repetitions(findings: Iterable[Finding]) -> list[Finding]:
    """The findings but those that others say better."""
    kept = list(findings)
    doubtful = [each for each in kept if each.rule in SAID_BY]
    if not doubtful:
        return kept
    broken: dict[Place, set[str]] = defaultdict(set)
    places = {each.place for each in doubtful}
    for each in kept:
        if each.place in places:
            broken[each.place].add(each.rule)
    return [
        each
        for each in kept
        if each.rule not in SAID_BY or broken[each.place].isdisjoint(SAID_BY[each.rule])
    ]
