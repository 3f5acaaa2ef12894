"""The section `features`: what a model predicts, and what it sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from pipelines.environment.forms import Column, SourceFile
from pipelines.environment.parts import Disagreement, Part


class Label(Part):
    """The column to predict.

    With `positive`, the value that counts as positive, a classification of two classes; without
    it the label is a number, and the model a regression.
    """

    column: Column
    positive: Annotated[str, StringConstraints(min_length=1)] | None = None


class Features(Part):
    """Which columns a model sees, and as what.

    Every column that is neither the label, the id nor dropped is used: a column named nowhere is
    categorical if `categorical` is "the rest", and an error otherwise.
    """

    label: Label
    # a Python file of the project's own, which makes columns from columns
    derive: SourceFile | None = None
    id: Column | None = None
    drop: tuple[Column, ...] = ()
    numeric: tuple[Column, ...] = ()
    # column: number of bins
    binned: dict[Column, Annotated[int, Field(ge=2, le=1000)]] = Field(default_factory=dict)
    categorical: tuple[Column, ...] | Literal["the rest"] = "the rest"

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """A column has one role."""
        roles: dict[str, str] = {}
        for key, column in _columns(given):
            role = str(key[0])
            if column not in roles:
                roles[column] = role
            elif roles[column] == role:
                yield Disagreement(key, f"names column {column!r} twice")
            else:
                yield Disagreement(key, f"names column {column!r}, which is in {roles[column]} too")


def _columns(given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every column that `given` names, and where it does."""
    label = given.get("label")
    if isinstance(label, Mapping) and isinstance(label.get("column"), str):
        yield ("label", "column"), label["column"]
    if isinstance(given.get("id"), str):
        yield ("id",), given["id"]
    for role in ("drop", "numeric", "binned", "categorical"):
        columns = given.get(role)
        if isinstance(columns, Mapping):
            yield from (((role, column), column) for column in columns)
        elif isinstance(columns, tuple):
            for position, column in enumerate(columns):
                if isinstance(column, str):
                    yield (role, position), column
