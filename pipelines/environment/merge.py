"""What an environment says, over what the base says."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.environment.nodes import Node

# By the way to a mapping: groups of its keys that exclude each other.
Alternatives = Mapping[tuple[str, ...], tuple[frozenset[str], ...]]


def merge(base: Node, over: Node, alternatives: Alternatives, key: tuple[str, ...] = ()) -> Node:
    """Mappings merge, key by key; everything else is replaced as a whole.

    Where keys exclude each other, a value of `over` also takes away the base's keys of the other
    groups: an environment can say `test_fraction` although the base says `test`. `null` is a
    value: it replaces, and takes nothing else away.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    merged = {
        name: node
        for name, node in base.value.items()
        if not _is_displaced(name, over.value, alternatives.get(key, ()))
    }
    for name, node in over.value.items():
        known = merged.get(name)
        merged[name] = node if known is None else merge(known, node, alternatives, (*key, name))
    return Node(merged, base.source)


def _is_displaced(name: str, over: Mapping[str, Node], groups: tuple[frozenset[str], ...]) -> bool:
    mine = [group for group in groups if name in group]
    if not mine:
        return False
    others = frozenset().union(*groups) - mine[0]
    return any(other in over and over[other].value is not None for other in others)
