"""What an algorithm is: a name, an encoding, typed hyperparameters, how it is built and fitted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jobs.algorithms.watch import Watch
from preprocessing.errors import DataError, nearest
from preprocessing.features import Task

if TYPE_CHECKING:
    from preprocessing.tables import Tables

Value = bool | int | float | str | None


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter; its values arrive as text.

    Attributes:
        kind: bool, int, float or str.
        default: the value unless it is given.
        meaning: one line of help.
        least: the smallest value allowed; of a float with `above`, itself not allowed.
        most: the largest value allowed.
        above: whether `least` is excluded.
        choices: the texts allowed; beside numbers, if the kind is one.
        optional: whether None is allowed, written as `None` or `null`.
    """

    kind: type
    default: Value
    meaning: str
    least: float = -math.inf
    most: float = math.inf
    above: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False

    def parse(self, text: str) -> Value:
        """The value that `text` writes.

        Raises:
            ValueError: with what is wanted instead, as in "a whole number of at least 1".
        """
        if self.optional and text in ("None", "null", ""):
            return None
        if text in self.choices:
            return text
        value = self._parse(text)
        if isinstance(value, (int, float)) and self.kind in (int, float):
            too_small = value <= self.least if self.above else value < self.least
            if too_small or value > self.most or not math.isfinite(value):
                raise ValueError(self.wanted)
        return value

    @property
    def wanted(self) -> str:
        """What a value has to be, in words."""
        alternatives = [repr(choice) for choice in self.choices]
        if self.kind is bool:
            alternatives.append("true or false")
        elif self.kind is not str:
            words = "a whole number" if self.kind is int else "a number"
            if self.least > -math.inf:
                words += f" {'above' if self.above else 'of at least'} {self.least:g}"
            if self.most < math.inf:
                words += f" {'and' if self.least > -math.inf else 'of'} at most {self.most:g}"
            alternatives.append(words)
        return " or ".join([*alternatives, *(["None"] if self.optional else [])])

    def _parse(self, text: str) -> Value:
        if self.kind is bool:
            if text.lower() not in ("true", "false"):
                raise ValueError(self.wanted)
            return text.lower() == "true"
        if self.kind is str:
            raise ValueError(self.wanted)
        try:
            return int(text) if self.kind is int else float(text)
        except ValueError:
            raise ValueError(self.wanted) from None


def fit_at_once(estimator: Any, matrix: Any, labels: Any, watch: Watch) -> Any:
    """Fit an estimator that has no stages."""
    return estimator.fit(matrix, labels)


@dataclass(frozen=True)
class Algorithm:
    """An entry of the catalogue, for one task.

    Attributes:
        name: as in the configuration.
        task: what it is for.
        encoding: `ordinal` or `onehot`: how the codes reach it (see preprocessing.encoding).
        hyperparameters: by name.
        build: from all hyperparameters and the tables to an estimator as scikit-learn's.
        fit: from such an estimator, a matrix and labels to the fitted estimator; it tells `Watch`
            what it has reached, and begins where a checkpoint says.
        package: what it needs beside scikit-learn, or None.
    """

    name: str
    task: Task
    encoding: str
    hyperparameters: Mapping[str, Hyperparameter]
    build: Callable[[Mapping[str, Value], Tables], Any]
    fit: Callable[[Any, Any, Any, Watch], Any] = fit_at_once
    package: str | None = None

    def parse(self, given: Mapping[str, str]) -> dict[str, Value]:
        """Every hyperparameter: as given, or its default.

        Raises:
            DataError: lists every one that is unknown or has a value that is not allowed.
        """
        problems = []
        values = {name: schema.default for name, schema in self.hyperparameters.items()}
        for name, text in given.items():
            if name not in self.hyperparameters:
                hint = nearest(name, self.hyperparameters)
                problems.append(f"{self.name} has no hyperparameter {name!r}{hint}")
                continue
            try:
                values[name] = self.hyperparameters[name].parse(text)
            except ValueError as error:
                problems.append(f"{name} is {text!r}, not {error}")
        if problems:
            raise DataError("; ".join(problems))
        return values
