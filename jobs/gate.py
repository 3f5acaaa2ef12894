"""Whether a model is good enough to be registered: a decision, and its reason in words.

Pure: it reads nothing and measures nothing. Every condition is held to and said, the ones that are
met as well as the ones that are not: who reads the reason sees how near it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.evaluation.champion import Comparison
from jobs.evaluation.leaks import Leak
from preprocessing.errors import DataError

# Differences of floats: 0.9 - 0.8 is less than 0.1, and meant to be as much.
ROUNDING = 1e-9
# The longest reason: a state machine shows it, and so does whoever approves the model.
REASON = 1024
# The longest value that SageMaker's model registry keeps, and what it may not hold.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
RECORDED = 256
_NOT_RECORDED = re.compile(r"[^\w\s.:/=+\-@]+")
INSTEAD = "or leave it out of one run with gate.champion.enabled: false"


@dataclass(frozen=True)
class Gate:
    """The section `gate` of the configuration.

    Attributes:
        better_by, interval: the champion's rule, one of them; both None without a champion.
    """

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    close: float | None = None
    allowed_leaks: tuple[str, ...] = ()
    better_by: float | None = None
    interval: str | None = None

    @property
    def has_champion(self) -> bool:
        """Whether the model is compared with the approved one."""
        return self.better_by is not None or self.interval is not None

    @classmethod
    def from_json(cls, section: Mapping[str, Any]) -> Gate:
        """Read the section, as the configuration's reader has checked it.

        Raises:
            DataError: it is not one.

        >>> Gate.from_json({"metric": "error", "at_most": 0.05}).at_most
        0.05
        """
        champion = section.get("champion") or {}
        if champion.get("enabled") is False:
            champion = {}
        try:
            return cls(
                section["metric"],
                section.get("at_least"),
                section.get("at_most"),
                section.get("close"),
                tuple(section.get("allowed_leaks") or ()),
                champion.get("better_by"),
                champion.get("interval"),
            )
        except (KeyError, TypeError) as error:
            raise DataError(f"the gate is not one: {error!r}") from error


@dataclass(frozen=True)
class Condition:
    """One thing that a gate holds a model to.

    Attributes:
        met: whether it is reached.
        words: what was wanted, and what there is.
        margin: how far from its bound the value is, in the metric's unit; None: there is none.
    """

    met: bool
    words: str
    margin: float | None = None


@dataclass(frozen=True)
class Decision:
    """What a gate decides.

    Attributes:
        passed: whether the model may be registered.
        close: whether a value is within `gate.close` of its bound, on either side.
        reason: in words, at most `REASON` characters.
        conditions: each one.
    """

    passed: bool
    close: bool
    reason: str
    conditions: tuple[Condition, ...]

    def to_json(self) -> dict[str, Any]:
        """What metrics.json says of it; `recorded` is the reason as the model registry takes it."""
        return {
            "passed": self.passed,
            "close": self.close,
            "reason": self.reason,
            "recorded": recordable(self.reason),
        }


def decide(
    gate: Gate,
    metrics: Mapping[str, float | None],
    intervals: Mapping[str, tuple[float, float] | None],
    leaks: Sequence[Leak],
    comparison: Comparison | None,
) -> Decision:
    """Hold a model to a gate.

    Args:
        metrics, intervals: of the new model on the test rows, by metric.
        leaks: columns that tell the label.
        comparison: with the champion; None if there is no approved model yet, or the gate wants no
            comparison.

    Raises:
        DataError: the gate's metric is not one of these.
    """
    if gate.metric not in metrics:
        raise DataError(
            f"gate.metric is {gate.metric}, and this model has {', '.join(metrics)}: the gate and "
            "the label are not of the same kind"
        )
    conditions = [_bound(gate, metrics[gate.metric], intervals.get(gate.metric))]
    if gate.has_champion:
        conditions.append(_champion(gate, comparison))
    conditions += [_leak(leak, gate.allowed_leaks) for leak in leaks]
    missed = [condition for condition in conditions if not condition.met]
    margins = [abs(c.margin) for c in conditions if c.margin is not None]
    close = gate.close is not None and any(m <= gate.close + ROUNDING for m in margins)
    # What is wrong comes first: a reason may be cut off where it is shown.
    ordered = [*missed, *(condition for condition in conditions if condition.met)]
    words = "; ".join(condition.words for condition in ordered)
    reason = ("not passed: " if missed else "passed: ") + words
    return Decision(not missed, close, _cut(reason, REASON), tuple(conditions))


def recordable(reason: str) -> str:
    """The reason in the characters that a model package's metadata may hold.

    >>> recordable("passed: error 4.19 %, at most 0.05 (95 %)")
    'passed: error 4.19 at most 0.05 95'
    """
    text = " ".join(_NOT_RECORDED.sub(" ", reason.replace("; ", " / ")).split())
    return _cut(text, RECORDED, end="")


def _bound(gate: Gate, value: float | None, interval: tuple[float, float] | None) -> Condition:
    lower = gate.at_most is not None
    bound = gate.at_most if gate.at_most is not None else gate.at_least
    wanted = f"{'at most' if lower else 'at least'} {_shown(bound)}"
    if value is None or bound is None:
        return Condition(
            False, f"{gate.metric} is undefined on these test rows, and must be {wanted}"
        )
    met = value <= bound if lower else value >= bound
    between = f" ({_between(interval)})" if interval is not None else ""
    verb = "is" if met else "is not"
    words = f"{gate.metric} {verb} {wanted}: {_shown(value)}{between}"
    return Condition(met, words, value - bound)


def _champion(gate: Gate, comparison: Comparison | None) -> Condition:
    if comparison is None:
        return Condition(True, "no model is approved yet, so there is no champion to beat")
    name = f"the champion (sha256 {comparison.sha256[:12]})"
    if comparison.error:
        return Condition(
            False,
            f"{name} cannot be scored on these rows: {comparison.error}; approve another model in "
            f"its place, {INSTEAD}",
        )
    difference = comparison.difference
    if difference is None:
        return Condition(
            False, f"{gate.metric} is undefined for one of the two models, so {name} is not beaten"
        )
    rows = f"on {comparison.rows:,} rows"
    if comparison.unread:
        rows += f", {comparison.unread:,} more it cannot read"
    values = f"{_shown(comparison.value)} against {_shown(comparison.champions)} {rows}"
    is_worse, interval = difference < 0, comparison.interval
    if is_worse and interval is not None:
        interval = (0.0 - interval[1], 0.0 - interval[0])
    between = f", {_between(interval)}" if interval is not None else ""
    which = "worse" if is_worse else "better"
    there = f"{which} by {abs(difference):.4g} ({values}{between})"
    if gate.better_by is not None:
        margin = difference - gate.better_by
        met = margin >= -ROUNDING
        return Condition(met, f"{_held(met, name, gate.better_by)}: {there}", margin)
    if comparison.interval is None:
        raise DataError("gate.champion.interval needs evaluation.resamples above 0")
    low = comparison.interval[0]
    verb = "beats" if low > 0 else "does not beat"
    words = f"{verb} {name} with the whole interval of the difference above 0: {there}"
    return Condition(low > 0, words, low)


def _held(met: bool, name: str, better_by: float) -> str:
    """
    >>> _held(True, "the champion", 0.1), _held(False, "the champion", -0.1)
    ('beats the champion by at least 0.1', 'is more than 0.1 worse than the champion')
    """
    if better_by >= 0:
        return f"{'beats' if met else 'does not beat'} {name} by at least {better_by:g}"
    return f"is {'at most' if met else 'more than'} {-better_by:g} worse than {name}"


def _leak(leak: Leak, allowed: Sequence[str]) -> Condition:
    words = {
        "alone": f"tells the label by itself (skill {leak.score:.3f} of 1)",
        "pure": f"has values that only one class has ({leak.score:.0%} of that class)",
        "rests on it": f"carries {leak.score:.0%} of a model that is next to perfect",
    }[leak.sign]
    if leak.column in allowed:
        return Condition(True, f"column {leak.column!r} {words}, as gate.allowed_leaks allows")
    return Condition(
        False,
        f"column {leak.column!r} {words}: is it known before the label is? If not, drop it "
        "(features.drop); if it is, name it in gate.allowed_leaks",
    )


def _shown(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.6g}"


def _between(interval: tuple[float, float]) -> str:
    return f"interval {interval[0]:.4g} to {interval[1]:.4g}"


def _cut(text: str, length: int, end: str = "…") -> str:
    return text if len(text) <= length else text[: length - len(end)].rstrip() + end
