"""The section `data`: where the rows lie."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from pipelines.environment.forms import S3Uri
from pipelines.environment.parts import Disagreement, Part, exactly_one

_BUCKET_LIMIT, _RECORDED_LIMIT = 63, 256


class Data(Part):
    """Where the data lie. Exactly one of `test` and `test_fraction` says what is tested on."""

    training: S3Uri
    test: S3Uri | None = None
    test_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None
    inference: S3Uri

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one source of test rows, and the registry can say where a model's data lay."""
        yield from exactly_one(given, "test", "test_fraction")
        for key in ("training", "test"):
            uri = given.get(key)
            if isinstance(uri, str) and (problem := _why_not_recorded(uri)):
                yield Disagreement((key,), problem)


def _why_not_recorded(uri: str) -> str:
    """Why a model package's metadata cannot hold the location; empty if they can.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
    """
    odd = sorted(set(re.findall("[!*(),~]", uri)))  # of those that a location may have
    if odd:
        return f"has {' '.join(odd)}, which the model registry cannot record; rename the object"
    longest = uri.replace("${bucket}", "b" * _BUCKET_LIMIT)
    if len(longest) > _RECORDED_LIMIT:
        return f"is too long for the model registry, which takes {_RECORDED_LIMIT} characters"
    return ""
