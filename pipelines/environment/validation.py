"""The section `validation`: what the rows must be before anything is spent on training."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipelines.environment.forms import Column, SourceFile
from pipelines.environment.parts import Part, Switchable

Severity = Literal["error", "warning"]
Share = Annotated[float, Field(ge=0, le=1)]


class ColumnExpectation(Part):
    """What one column must be.

    Attributes:
        missing: the largest share of rows without a value.
        values: the only values that it takes.
        unique: no value stands in two rows.
    """

    type: Literal["text", "number", "integer"] | None = None
    required: bool = True
    minimum: int | float | None = None
    maximum: int | float | None = None
    values: tuple[str, ...] | None = None
    unique: bool = False
    missing: Share | None = None
    severity: Severity = "error"


class Validation(Switchable):
    """Tests of the data before training; a violation of severity `error` stops the execution.

    Attributes:
        min_rows: of training, and of test data.
        min_minority_share: of the rarer class among the training rows.
        max_shared_share: of test rows that also stand among the training rows.
        other_columns: whether a column that is not in `columns` is fine.
        python: a file with a pandera schema named SCHEMA, held beside what is configured here.
    """

    min_rows: Annotated[int, Field(ge=0)] | None = None
    min_minority_share: Annotated[float, Field(ge=0, le=0.5)] | None = None
    max_shared_share: Share | None = None
    other_columns: Literal["allowed", "warning", "error"] = "allowed"
    columns: dict[Column, ColumnExpectation] = Field(default_factory=dict)
    python: SourceFile | None = None
