"""The section `validation`: what it takes, and how what cannot be meant is answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs.validation.expectations import Expectations
from pipelines.bundle import documents
from pipelines.environment.load import load_environment
from pipelines.environment.validation import Validation
from pipelines.errors import ConfigError
from tests.environment.projects import DEV, make_project
from tests.environments import machine, make_environment

MACHINES = (
    "steps: {validate_data: {instance_type: ml.m5.large, volume_gb: 30, max_runtime_s: 900}}\n"
)


def problem(root: Path, column: str) -> str:
    """What is said of one column's expectation."""
    section = f"validation:\n  columns:\n    height: {{{column}}}\n"
    with pytest.raises(ConfigError) as error:
        load_environment(make_project(root, DEV + MACHINES + section), "dev")
    return str(error.value).partition("validation.columns.height.")[2]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("minimum: 9, maximum: 1", "maximum: must not be below minimum, 9; is 1"),
        ("type: text, maximum: 1", "maximum: is for numbers, and the type is text: remove one"),
        ("values: [a], minimum: 1", "values: are texts, and cannot stand beside minimum"),
        ("values: [a], type: integer", "values: are texts, and cannot stand beside type: integer"),
        ("missing: 1.5", "missing: must be at most 1"),
        ("values: [1]", "values[1]: must be text"),
        ("values: []", "values: names none; leave it out, or name them"),
        ("severity: fatal", "severity: must be 'error' or 'warning'"),
        ("maximun: 1", "maximun: is not a key; did you mean maximum?"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, column: str, said: str) -> None:
    assert said in problem(tmp_path, column)


def test_the_job_reads_what_the_configuration_says() -> None:
    section = {
        "min_rows": 10,
        "max_shared_share": 0.5,
        "other_columns": "warning",
        "python": "tests_of_data/rows.py",
        "columns": {
            "age": {"type": "integer", "minimum": 0, "maximum": 1.5, "missing": 0.1},
            "city": {"values": ("a", "b"), "severity": "warning", "required": False},
            "name": {"unique": True},
        },
    }
    steps = {s: machine() for s in ("validate_data", "preprocess", "train", "evaluate", "predict")}
    environment = make_environment(steps=steps, validation=section)
    document = documents(environment)["validation.json"]

    expected = Expectations.from_json(json.loads(document))

    configured = Validation.model_validate(section)
    assert {name: vars(expected.columns[name]) for name in configured.columns} == {
        name: column.model_dump() for name, column in configured.columns.items()
    }
    whole = configured.model_dump(exclude={"columns", "python", "enabled"})
    assert {key: value for key, value in vars(expected).items() if key != "columns"} == whole


def test_both_have_the_same_defaults() -> None:
    assert Expectations.from_json(Validation().model_dump(mode="json")) == Expectations()


def test_a_column_may_be_named_like_a_key(tmp_path: Path) -> None:
    columns = "values: {minimum: 1}, type: {maximum: 2}, minimum: {missing: 0}"
    section = f"validation: {{columns: {{{columns}}}}}\n"

    loaded = load_environment(make_project(tmp_path, DEV + MACHINES + section), "dev")

    assert loaded.validation is not None
    assert set(loaded.validation.columns) > {"values", "type", "minimum"}
