"""The ranges that hyperparameters are searched in, each as a way from a share of it to a value.

A share is a number from 0 to 1, even on the range's scale: what proposes shares need know nothing
of scales, bounds or whole numbers.
https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.engine.wire.service import ServiceError

Scale = Literal["Linear", "Logarithmic", "ReverseLogarithmic"]
Point = Mapping[str, float | str]
"""A place in all ranges: a share for each range of numbers, a value for each list of them."""


@dataclass(frozen=True)
class Numbers:
    """Numbers from `low` to `high`, both included."""

    name: str
    low: float
    high: float
    whole: bool
    scale: Scale

    def text(self, share: float) -> str:
        """The number at a share of the range, as a hyperparameter is written.

        >>> Numbers("depth", 1, 4, True, "Linear").text(0.3)
        '2'
        >>> Numbers("rate", 0.01, 1.0, False, "Logarithmic").text(0.5)
        '0.1'
        >>> Numbers("momentum", 0.9, 0.999, False, "ReverseLogarithmic").text(0.5)
        '0.99'
        """
        # A whole number stands for what would be rounded to it.
        low, high = (self.low - 0.5, self.high + 0.5) if self.whole else (self.low, self.high)
        if self.scale == "Linear":
            number = low + share * (high - low)
        elif self.scale == "Logarithmic":
            number = _between(low, high, share)
        else:
            number = 1 - _between(1 - low, 1 - high, share)
        number = min(max(number, self.low), self.high)
        # 15 digits hide the last bits' error of the logarithm, and are far finer than any search.
        return str(round(number)) if self.whole else repr(float(f"{number:.15g}"))


@dataclass(frozen=True)
class Choices:
    """Values as they are written, as good as unordered."""

    name: str
    values: tuple[str, ...]


Range = Numbers | Choices


def _between(low: float, high: float, share: float) -> float:
    return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))


def texts(point: Point, ranges: Sequence[Range]) -> dict[str, str]:
    """The hyperparameters at a point."""
    return {
        each.name: each.text(float(point[each.name]))
        if isinstance(each, Numbers)
        else str(point[each.name])
        for each in ranges
    }


def ranges_of(parameter_ranges: Mapping[str, Any]) -> tuple[Range, ...]:
    """The ranges of a request's ParameterRanges, sorted by name: their order says nothing.

    Raises:
        ServiceError: ValidationException, for bounds that are no numbers or are in no order, or for
            a scale that the bounds do not have.
    """
    found = sorted(_ranges(parameter_ranges), key=lambda each: each.name)
    names = [each.name for each in found]
    if len(names) != len(set(names)):
        raise invalid(f"A hyperparameter has two ranges: {', '.join(names)}.")
    return tuple(found)


def _ranges(parameter_ranges: Mapping[str, Any]) -> Iterator[Range]:
    for each in parameter_ranges.get("IntegerParameterRanges", ()):
        yield _numbers(each, whole=True)
    for each in parameter_ranges.get("ContinuousParameterRanges", ()):
        yield _numbers(each, whole=False)
    for each in parameter_ranges.get("CategoricalParameterRanges", ()):
        if len(each["Values"]) != len(set(each["Values"])):
            raise invalid(f"{each['Name']}: a value stands twice in {each['Values']}.")
        yield Choices(each["Name"], tuple(each["Values"]))


def _numbers(given: Mapping[str, str], *, whole: bool) -> Numbers:
    name = given["Name"]
    try:
        low, high = (
            float(int(given[key])) if whole else float(given[key])
            for key in ("MinValue", "MaxValue")
        )
    except ValueError:
        kind = "whole numbers" if whole else "numbers"
        raise invalid(
            f"{name}: {given['MinValue']!r} and {given['MaxValue']!r} are not both {kind}."
        ) from None
    # SageMaker chooses the scale itself for `Auto`, and does not say how: here it is linear.
    scale: Any = given.get("ScalingType", "Auto").replace("Auto", "Linear")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise invalid(f"{name}: MinValue {low:g} is not below MaxValue {high:g}.")
    if scale == "Logarithmic" and low <= 0:
        raise invalid(f"{name}: a Logarithmic range lies above 0; MinValue is {low:g}.")
    if scale == "ReverseLogarithmic" and (whole or low < 0 or high >= 1):
        raise invalid(
            f"{name}: a ReverseLogarithmic range is of continuous numbers from 0 to below 1; this "
            f"is from {low:g} to {high:g}."
        )
    return Numbers(name, low, high, whole, scale)


def invalid(message: str) -> ServiceError:
    """SageMaker's error for a request that cannot be meant."""
    return ServiceError("ValidationException", message)
