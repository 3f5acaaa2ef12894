"""What an algorithm is: a name, an encoding, typed hyperparameters, and how it is built."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from preprocessing.errors import DataError, nearest
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
        choices: the texts allowed.
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
        value = self._parse(text)
        if isinstance(value, (int, float)) and self.kind in (int, float):
            too_small = value <= self.least if self.above else value < self.least
            if too_small or value > self.most or not math.isfinite(value):
                raise ValueError(self.wanted)
        return value

    @property
    def wanted(self) -> str:
        """What a value has to be, in words."""
        if self.kind is bool:
            words = "true or false"
        elif self.choices:
            words = " or ".join(map(repr, self.choices))
        else:
            words = "a whole number" if self.kind is int else "a number"
            if self.least > -math.inf:
                words += f" {'above' if self.above else 'of at least'} {self.least:g}"
            if self.most < math.inf:
                words += f" {'and' if self.least > -math.inf else 'of'} at most {self.most:g}"
        return words + (" or None" if self.optional else "")

    def _parse(self, text: str) -> Value:
        if self.kind is bool:
            if text.lower() not in ("true", "false"):
                raise ValueError(self.wanted)
            return text.lower() == "true"
        if self.kind is str:
            if text not in self.choices:
                raise ValueError(self.wanted)
            return text
        try:
            return int(text) if self.kind is int else float(text)
        except ValueError:
            raise ValueError(self.wanted) from None


@dataclass(frozen=True)
class Algorithm:
    """An entry of the catalogue.

    Attributes:
        name: as in the configuration.
        encoding: `ordinal` or `onehot`: how the codes reach it (see preprocessing.encoding).
        hyperparameters: by name.
        build: from all hyperparameters and the tables to a scikit-learn classifier.
    """

    name: str
    encoding: str
    hyperparameters: Mapping[str, Hyperparameter]
    build: Callable[[Mapping[str, Value], Tables], Any]

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
