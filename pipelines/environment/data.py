"""The section `data`: where the rows lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from pipelines.environment.forms import S3Uri
from pipelines.environment.parts import Disagreement, Part, exactly_one


class Data(Part):
    """Where the data lie. Exactly one of `test` and `test_fraction` says what is tested on."""

    training: S3Uri
    test: S3Uri | None = None
    test_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None
    inference: S3Uri

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one source of test rows."""
        return exactly_one(given, "test", "test_fraction")
