"""JSON as Step Functions writes it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.json_text import dumps

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (100.0, "100.0"),
        (0.1, "0.1"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (0.00012, "1.2E-4"),
        (-1e-7, "-1.0E-7"),
        (9999999.5, "9999999.5"),
        (10000000.0, "1.0E7"),
        (12345678.25, "1.234567825E7"),
        (1e16, "1.0E16"),
        (-1.5e300, "-1.5E300"),
        (5e-324, "5.0E-324"),
        (10**21, "1000000000000000000000"),
    ],
)
def test_a_number_is_written_as_java_writes_it(value: float, text: str) -> None:
    assert dumps(value) == text
    assert dumps({"a": [value, "x"]}) == f'{{"a":[{text},"x"]}}'


@pytest.mark.parametrize("text", ["1e-07", "10000000.0", '"0.0001', "a\\", "0.0001\n"])
def test_what_looks_like_a_number_within_a_text_stays(text: str) -> None:
    assert json.loads(dumps([text, 1e-7])) == [text, 1e-7]


@given(VALUES)
def test_it_is_the_same_value(value: object) -> None:
    read = json.loads(dumps(value))

    assert json.dumps(read) == json.dumps(value)
