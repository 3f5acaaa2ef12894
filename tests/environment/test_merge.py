"""How an environment's file meets the base: as laws, on any two documents."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.environment.merge import Policy, merge
from pipelines.environment.nodes import Node, Source, plain

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"])
KEYS = st.sampled_from("abcd")
VALUES = st.recursive(
    SCALARS | st.tuples(SCALARS), lambda inner: st.dictionaries(KEYS, inner), max_leaves=8
)
DOCUMENTS = st.dictionaries(KEYS, VALUES)
TEST_ROWS = {("data",): (frozenset({"test"}), frozenset({"test_fraction"}))}


def nodes(value: Any, file: str = "f") -> Node:
    source = Source(file)
    if isinstance(value, dict):
        return Node({key: nodes(child, file) for key, child in value.items()}, source)
    if isinstance(value, tuple):
        return Node(tuple(nodes(child, file) for child in value), source)
    return Node(value, source)


def merged(*documents: Any, **policy: Any) -> Any:
    result, *others = map(nodes, documents)
    for other in others:
        result = merge(result, other, Policy(**policy))
    return plain(result)


@given(DOCUMENTS)
def test_nothing_over_a_document_changes_nothing(document: Any) -> None:
    assert merged(document, {}) == document
    assert merged({}, document) == document


@given(DOCUMENTS)
def test_a_document_over_itself_changes_nothing(document: Any) -> None:
    assert merged(document, document) == document


@given(DOCUMENTS, DOCUMENTS)
def test_saying_the_same_twice_is_saying_it_once(base: Any, over: Any) -> None:
    assert merged(base, over, over) == merged(base, over)


@given(DOCUMENTS, DOCUMENTS)
def test_each_key_is_of_the_environment_or_else_of_the_base(base: Any, over: Any) -> None:
    result = merged(base, over)

    assert set(result) == set(base) | set(over)
    for key, value in result.items():
        both = isinstance(base.get(key), dict) and isinstance(over.get(key), dict)
        wanted = merged(base[key], over[key]) if both else over.get(key, base.get(key))
        assert value == (wanted if key in over else base[key])


@given(DOCUMENTS, DOCUMENTS)
def test_every_value_keeps_the_place_it_was_written_at(base: Any, over: Any) -> None:
    def leaves(node: Node, key: tuple[str, ...] = ()) -> Any:
        if isinstance(node.value, dict) and node.value:
            for name, child in node.value.items():
                yield from leaves(child, (*key, name))
        else:
            yield key, node

    written = {"base": dict(leaves(nodes(base))), "over": dict(leaves(nodes(over)))}
    for key, node in leaves(merge(nodes(base, "base"), nodes(over, "over"), Policy())):
        if key and not isinstance(node.value, dict):
            assert plain(written[node.source.file][key]) == plain(node)


def test_a_list_is_replaced_as_a_whole() -> None:
    assert merged({"drop": (1, 2)}, {"drop": (3,)}) == {"drop": (3,)}


def test_a_key_takes_away_those_that_it_excludes() -> None:
    base = {"data": {"test": "s3://b/t.csv", "training": "x"}}

    assert merged(base, {"data": {"test_fraction": 0.2}}, alternatives=TEST_ROWS) == {
        "data": {"training": "x", "test_fraction": 0.2}
    }


def test_null_takes_nothing_else_away() -> None:
    base = {"data": {"test": "s3://b/t.csv"}}

    assert merged(base, {"data": {"test_fraction": None}}, alternatives=TEST_ROWS) == {
        "data": {"test": "s3://b/t.csv", "test_fraction": None}
    }


@given(DOCUMENTS, DOCUMENTS)
def test_what_is_whole_is_the_environments_alone(base: Any, over: Any) -> None:
    result = merged({"m": base}, {"m": over}, whole=frozenset({("m",)}))

    assert result == {"m": over}


def test_another_algorithm_does_not_inherit_hyperparameters() -> None:
    base = {"model": {"algorithm": "trees", "hyperparameters": {"depth": 3}}}
    dependent = {("model",): {"algorithm": "hyperparameters"}}

    other = merged(base, {"model": {"algorithm": "line"}}, dependent=dependent)
    with_its_own = merged(
        base, {"model": {"algorithm": "line", "hyperparameters": {"C": 1}}}, dependent=dependent
    )
    same = merged(base, {"model": {"algorithm": "trees"}}, dependent=dependent)

    assert other == {"model": {"algorithm": "line"}}
    assert with_its_own == {"model": {"algorithm": "line", "hyperparameters": {"C": 1}}}
    assert same == base
