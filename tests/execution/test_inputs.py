"""KEY=VALUE, held to the published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import InputError
from pipelines.execution.inputs import parse_input, read_schema
from pipelines.execution.names import check_name

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "training_data": {
            "type": "string",
            "description": "Labelled rows",
            "default": "s3://b/train.csv",
            "pattern": "^s3://b/.+$",
        },
        "rows": {"type": "integer"},
    },
}


def refusal(*assignments: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_input(assignments, SCHEMA)
    return caught.value


def test_no_input_is_an_empty_one() -> None:
    assert parse_input([], {}) == {}


def test_a_value_is_all_that_follows_the_first_equals_sign() -> None:
    given = parse_input(["training_data=s3://b/a=b", "rows=3"], SCHEMA)

    assert given == {"training_data": "s3://b/a=b", "rows": 3}


def test_an_unknown_key_comes_with_the_nearest_known_one() -> None:
    error = refusal("trainin_data=s3://b/k")

    assert str(error) == "--input has no key 'trainin_data'. Did you mean training_data?"
    assert error.hint == "The keys are: training_data, rows."


def test_a_value_that_does_not_match_comes_with_what_would() -> None:
    error = refusal("training_data=/tmp/file.csv")

    assert str(error) == "--input training_data=/tmp/file.csv is not allowed"
    assert error.hint == "training_data: Labelled rows. Its default is s3://b/train.csv"


def test_a_value_of_another_type_is_refused() -> None:
    assert str(refusal("rows=many")) == "--input rows=many is not allowed"


def test_a_text_without_an_equals_sign_is_refused() -> None:
    assert "there is no =" in str(refusal("training_data"))


def test_a_key_twice_is_refused() -> None:
    assert "given twice" in str(refusal("rows=1", "rows=2"))


def test_the_schema_is_the_one_that_create_wrote(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "dev"
    folder.mkdir(parents=True)
    (folder / "training.input.json").write_text(json.dumps(SCHEMA))

    assert read_schema(tmp_path, "dev", "training") == SCHEMA


def test_without_a_schema_the_command_that_writes_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_schema(tmp_path, "dev", "training")

    assert caught.value.hint == "Write it: python -m pipelines create training dev"


@pytest.mark.parametrize("name", ["monday", "run-20261121-131500-ab12cd", "a" * 80, "a.b_c"])
def test_names_that_can_be(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["", "a b", "../up", ".", "a/b", "a" * 81, "naïve", "a:b"])
def test_names_that_cannot(name: str) -> None:
    with pytest.raises(InputError):
        check_name(name)
