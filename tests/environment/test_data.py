"""Where training data may lie: anywhere that the model registry can record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.environment.data import Data
from pipelines.environment.parts import Disagreement

WHERE = "s3://${bucket}/data/people.csv"


def disagreements(**changes: str) -> list[Disagreement]:
    found: Iterator[Disagreement] = Data.disagreements(
        {"training": WHERE, "test": WHERE, "inference": WHERE, **changes}
    )
    return list(found)


@pytest.mark.parametrize(
    "uri",
    [
        WHERE,
        "s3://my.bucket-1/a b/date=2026-01-01/part_1+2@3:4.csv",
        "s3://${bucket}/" + "k" * 180 + ".csv",
    ],
)
def test_what_the_registry_can_record_is_taken(uri: str) -> None:
    assert disagreements(training=uri, test=uri) == []


@pytest.mark.parametrize("key", ["training", "test"])
@pytest.mark.parametrize("name", ["people (1).csv", "a,b.csv", "a~b.csv", "a!b.csv", "a*b.csv"])
def test_a_name_that_it_cannot_record_is_refused(key: str, name: str) -> None:
    [found] = disagreements(**{key: f"s3://${{bucket}}/data/{name}"})

    assert found.key == (key,)
    assert "which the model registry cannot record" in found.message


def test_one_that_is_too_long_with_the_longest_bucket_is_refused() -> None:
    [found] = disagreements(training="s3://${bucket}/" + "k" * 190 + ".csv")

    assert "is too long for the model registry" in found.message


def test_of_rows_to_score_nothing_is_recorded() -> None:
    assert disagreements(inference="s3://${bucket}/people (1).csv") == []
