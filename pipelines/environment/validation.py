"""The section `validation`: what the rows must be before anything is spent on training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.forms import Column, SourceFile
from pipelines.environment.parts import Disagreement, Part, Switchable

Severity = Literal["error", "warning"]
Share = Annotated[float, Field(ge=0, le=1)]


class ColumnExpectation(Part):
    """What one column must be.

    Attributes:
        type: an integer is a number without a fraction. None: what the features take it for.
        required: whether every file must have it.
        minimum, maximum: of its numbers, both included.
        values: the only texts that stand in it.
        unique: no value stands in two rows.
        missing: the largest share of rows without a value.
        severity: a broken error stops the execution, a warning is told.
    """

    type: Literal["text", "number", "integer"] | None = None
    required: bool = True
    minimum: int | float | None = None
    maximum: int | float | None = None
    values: tuple[str, ...] | None = None
    unique: bool = False
    missing: Share | None = None
    severity: Severity = "error"

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """Bounds are of numbers, values of text."""
        least: Any = given.get("minimum")
        most: Any = given.get("maximum")
        kind = given.get("type")
        if _is_number(least) and _is_number(most) and least > most:
            yield Disagreement(("maximum",), f"must not be below minimum, {least}; is {most}")
        bound = next((key for key in ("minimum", "maximum") if given.get(key) is not None), None)
        if bound is not None and kind == "text":
            yield Disagreement((bound,), "is for numbers, and the type is text: remove one")
        if given.get("values") == ():
            yield Disagreement(("values",), "names none; leave it out, or name them")
        if given.get("values") is not None and (bound or kind in ("number", "integer")):
            what = bound or f"type: {kind}"
            yield Disagreement(("values",), f"are texts, and cannot stand beside {what}")


class Validation(Switchable):
    """Tests of the data before training; a violation of severity `error` stops the execution.

    Attributes:
        min_rows: of training, and of test data.
        min_minority_share: of the rarer class among the training rows.
        max_shared_share: of test rows that also stand among the training rows.
        max_rejected_share: of rows that cannot be read, which Preprocess would leave out.
        other_columns: whether a column that is not in `columns` is fine.
        python: a file with a pandera schema named SCHEMA, held beside what is configured here.
    """

    min_rows: Annotated[int, Field(ge=0)] | None = None
    min_minority_share: Annotated[float, Field(ge=0, le=0.5)] | None = None
    max_shared_share: Share | None = None
    max_rejected_share: Share = 0.01
    other_columns: Literal["allowed", "warning", "error"] = "allowed"
    columns: dict[Column, ColumnExpectation] = Field(default_factory=dict)
    python: SourceFile | None = None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
