"""What an environment says, over what the base says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.environment.nodes import Node

Key = tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """How a value of an environment meets the base's, where "mappings merge" is not what is meant.

    Attributes:
        alternatives: By the way to a mapping, groups of its keys that exclude each other: a value
            takes away the base's keys of the other groups. So an environment can say
            `test_fraction` although the base says `test`.
        whole: The ways to mappings that are replaced like any other value.
        dependent: By the way to a mapping, keys whose change takes another key's value away.
            So an environment that names another algorithm does not inherit its hyperparameters.
    """

    alternatives: Mapping[Key, tuple[frozenset[str], ...]] = field(default_factory=dict)
    whole: frozenset[Key] = frozenset()
    dependent: Mapping[Key, Mapping[str, str]] = field(default_factory=dict)


def merge(base: Node, over: Node, policy: Policy, key: Key = ()) -> Node:
    """Mappings merge, key by key; everything else is replaced as a whole.

    `null` is a value: it replaces, and takes nothing else away.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)) or key in policy.whole:
        return over
    groups = policy.alternatives.get(key, ())
    stale = {
        dependent
        for name, dependent in policy.dependent.get(key, {}).items()
        if name in base.value
        and name in over.value
        and base.value[name].value != over.value[name].value
    }
    merged = {
        name: node
        for name, node in base.value.items()
        if name not in stale and not _is_displaced(name, over.value, groups)
    }
    for name, node in over.value.items():
        known = merged.get(name)
        merged[name] = node if known is None else merge(known, node, policy, (*key, name))
    return Node(merged, base.source)


def _is_displaced(name: str, over: Mapping[str, Node], groups: tuple[frozenset[str], ...]) -> bool:
    mine = [group for group in groups if name in group]
    if not mine:
        return False
    others = frozenset().union(*groups) - mine[0]
    return any(other in over and over[other].value is not None for other in others)
