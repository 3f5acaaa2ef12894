"""Numbers that a training job prints, found as its MetricDefinitions say.

SageMaker searches every line of the log with each regular expression; what the first group matched
is the value.
https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.engine.jobs.record import milliseconds
from pipelines.engine.wire.service import ServiceError

Definitions = Sequence[Mapping[str, str]]


def metric_definitions(request: Mapping[str, Any]) -> Definitions:
    """The MetricDefinitions of a job's request; only training jobs have any."""
    definitions: Definitions = request.get("AlgorithmSpecification", {}).get(
        "MetricDefinitions", ()
    )
    return definitions


def check(definitions: Definitions) -> None:
    """Refuse what finds nothing.

    Raises:
        ServiceError: a regular expression that is none, or has no group.
    """
    for each in definitions:
        try:
            groups = re.compile(each["Regex"]).groups
        except re.error as error:
            problem = f"is no regular expression: {error}"
        else:
            if groups:
                continue
            problem = "has no group, whose match would be the value"
        raise ServiceError(
            "ValidationException",
            f"The Regex of metric {each['Name']}, {each['Regex']!r}, {problem}.",
        )


class Metrics:
    """What a job has printed so far. Safe for threads."""

    def __init__(self, definitions: Definitions) -> None:
        self._patterns = [(each["Name"], re.compile(each["Regex"])) for each in definitions]
        self._lock = threading.Lock()
        self._values: dict[str, list[float]] = {}
        self._times: dict[str, float] = {}
        self._followers: list[Callable[[], None]] = []

    def read(self, lines: Sequence[str]) -> None:
        """Find the values in lines of the log, and tell the followers if there are any."""
        if not self._patterns:
            return
        found = [
            (name, value)
            for line in lines
            for name, pattern in self._patterns
            for value in _values(pattern, line)
        ]
        if not found:
            return
        with self._lock:
            now = milliseconds()
            for name, value in found:
                self._values.setdefault(name, []).append(value)
                self._times[name] = now
            followers = list(self._followers)
        for follower in followers:
            follower()

    def follow(self, action: Callable[[], None]) -> None:
        """Call `action` whenever there are new values, in the thread that reads them."""
        with self._lock:
            self._followers.append(action)

    def values(self, name: str) -> list[float]:
        """Every value of a metric, in the order in which they were printed."""
        with self._lock:
            return list(self._values.get(name, ()))

    def final(self) -> list[dict[str, Any]]:
        """The last value of each, as DescribeTrainingJob's FinalMetricDataList has them."""
        with self._lock:
            return [
                {"MetricName": name, "Value": values[-1], "Timestamp": self._times[name]}
                for name, values in self._values.items()
            ]


def _values(pattern: re.Pattern[str], line: str) -> list[float]:
    values = []
    for match in pattern.finditer(line):
        try:
            value = float(match[1])
        except (TypeError, ValueError):
            continue  # the group matched something else, or nothing
        if math.isfinite(value):
            values.append(value)
    return values
