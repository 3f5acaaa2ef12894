"""JSON of any kind, as a definition or an input may be: odd values, and definitions gone wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from tests.asl.strategies.machines import machines
from tests.asl.strategies.values import json_values

_ODD = st.sampled_from(
    [
        *(float("nan"), float("inf"), -float("inf"), -0.0, 1e308, 5e-324, 10**400, -(10**40)),
        *("\ud800", "\x00", "a\udfffb", "x" * 300, "$" * 50, "States.Format(" * 40, "$[" * 60),
        *("$.a[?(@.b == 'c", "{% ", "{% ( %}", "{%%}", "${", "${Name}", "$$.Map", "$..", "'", "\\"),
    ]
)
_WORDS = st.sampled_from(
    [
        *("Type", "Next", "End", "States", "StartAt", "Task", "Map", "Choice", "Parallel", "Wait"),
        *("Choices", "Branches", "ItemProcessor", "Iterator", "Retry", "Catch", "ErrorEquals"),
        *("Parameters", "ResultPath", "Assign", "Output", "QueryLanguage", "JSONata", "Resource"),
        *("And", "Or", "Not", "Variable", "Condition", "Default", "a.$", "Seconds", "$", "$.a", ""),
        *("arn:aws:states:::lambda:invoke", "arn:aws:states:::sagemaker:createModel", "True"),
    ]
)
_LEAVES = st.one_of(json_values(1), _ODD, _WORDS, st.text(max_size=6))


def any_json() -> st.SearchStrategy[Any]:
    """Any JSON value that Python's parser makes, in the words of the language now and then."""
    return st.recursive(
        _LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.one_of(_WORDS, st.text(max_size=4)), inner, max_size=5),
        ),
        max_leaves=25,
    )


_REPLACEMENTS = st.one_of(_LEAVES, st.just([]), st.just({}), st.just([{}]), any_json())


_SIGNS = st.sampled_from([*"$.[]*'(){}%,@?:\\ 0a-", "States.", "$states.", "$$", "{%", "..", "''"])


@st.composite
def mutated(draw: Any, well_formed: st.SearchStrategy[Any] | None = None) -> Any:
    """A well-formed definition in which one to three things were changed, removed or renamed."""
    definition = copy.deepcopy(draw(well_formed or machines()))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(definition))
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        change = draw(st.integers(0, 5))
        if change == 0:
            del holder[key]
        elif change == 1 and isinstance(holder, dict):
            holder[draw(st.one_of(_WORDS, st.just(f"{key}.$"), st.just(f"{key}Path")))] = (
                holder.pop(key)
            )
        elif change <= 3 and isinstance(holder[key], str):
            holder[key] = _edited(draw, holder[key])
        else:
            holder[key] = copy.deepcopy(draw(_REPLACEMENTS))
    return definition


def _edited(draw: Any, text: str) -> str:
    """The text with some of it taken out, or with a sign put in."""
    at = draw(st.integers(0, len(text)))
    if draw(st.booleans()):
        return text[:at] + text[at + draw(st.integers(1, 3)) :]
    return text[:at] + draw(_SIGNS) + text[at:]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member of every object and list, as the holder and the key or index."""
    steps: Any = ()
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = range(len(value))
    for step in steps:
        yield value, step
        yield from _places(value[step])
