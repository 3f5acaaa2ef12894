"""The sections `evaluation` and `explanation`: how a model is measured and explained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipelines.environment.forms import Column
from pipelines.environment.parts import Part, Switchable


class Evaluation(Part):
    """How a model is measured on the test rows.

    Attributes:
        confidence: of the intervals.
        resamples: of the bootstrap that they come from; 0: no intervals.
        slices: columns of the data; every metric is also given for each of their values.
        min_slice_rows: a group of fewer rows is counted and not measured.
    """

    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    resamples: Annotated[int, Field(ge=0, le=10_000)] = 200
    slices: Annotated[tuple[Column, ...], Field(max_length=20)] = ()
    min_slice_rows: Annotated[int, Field(ge=1)] = 30


class Explanation(Switchable):
    """What the model goes by: for all rows, and row by row.

    Attributes:
        method: `shap` needs the extra of this name.
        rows: of the test rows, so many are explained one by one.
        sample: of the test rows, so many are looked at for the whole.
    """

    method: Literal["permutation", "shap"] = "permutation"
    rows: Annotated[int, Field(ge=0, le=1000)] = 20
    sample: Annotated[int, Field(ge=10, le=1_000_000)] = 2000
