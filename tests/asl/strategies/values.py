"""Data: JSON values, executions' inputs, and what fake tasks answer."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pipelines.asl.interpreter import TaskFailed

SHORT = st.sampled_from(["", "a", "text", "two words", "naïve 🐍", '{"x": 1}', "1", "'{}\\"])
NUMBERS = st.one_of(st.integers(-3, 10), st.sampled_from([0.5, -1.25, 1e6, 2**53, 1e300]))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, SHORT)
KEYS = st.sampled_from(["a", "b", "text", "n", "list", "nested", "a key", "out"])


def json_values(leaves: int = 6) -> st.SearchStrategy[Any]:
    """Any small JSON value."""
    return st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)
        ),
        max_leaves=leaves,
    )


_SMALL = json_values()
_ITEMS = st.lists(
    st.one_of(st.fixed_dictionaries({"x": st.integers(0, 3)}), SCALARS), min_size=1, max_size=4
)
_EXPECTED = st.fixed_dictionaries(
    {
        "a": SCALARS,
        "n": st.integers(0, 5),
        "text": SHORT,
        "a key": SCALARS,
        "list": _ITEMS,
        "numbers": st.lists(st.integers(0, 9), min_size=1, max_size=4),
        "nested": st.fixed_dictionaries(
            {
                "text": SHORT,
                "seconds": st.integers(1, 100_000),
                "time": st.sampled_from(["2026-03-01T00:00:00Z", "2020-01-01T00:00:00+02:00"]),
            }
        ),
    }
)


def inputs() -> st.SearchStrategy[Any]:
    """An execution's input: nearly always one in which the paths of `machines` lead somewhere."""
    return st.one_of(_EXPECTED, _EXPECTED, _EXPECTED, _SMALL)


_FAILURES = st.builds(
    TaskFailed,
    st.sampled_from(["Custom", "Other.Error", "States.TaskFailed", "Lambda.ServiceException"]),
    st.sampled_from(["it broke", "", '{"Cause": 1}']),
)


def answers() -> st.SearchStrategy[list[Any]]:
    """What tasks answer, one attempt after the other: values, and failures to raise."""
    return st.lists(st.one_of(_EXPECTED, _SMALL, _FAILURES), min_size=1, max_size=4)
