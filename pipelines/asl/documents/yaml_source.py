"""YAML with places, with CloudFormation's short forms (`!Sub`) as the objects that they stand for.

Values are those of JSON: a timestamp or a binary is its text, and keys are texts.
"""

from __future__ import annotations

import math
from typing import Any

from pipelines.asl.documents.source import Position, Unreadable
from pipelines.asl.model import Place

MAX_VALUES = 500_000
"""How many values a text may stand for: with aliases a few lines can stand for billions."""

_TEXTS = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary", "tag:yaml.org,2002:value")
_STATE_NAMES = ("Default", "Next", "StartAt")
"""Keys whose value is the name of a state, which may be Yes or No: keys are read as texts, too."""
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN_FUNCTIONS = ("Ref", "Condition")


class YamlSource:
    """A YAML text that has been read."""

    def __init__(self, text: str) -> None:
        """Raises:
        Unreadable: it is not YAML, or it holds what JSON cannot hold.
        """
        import yaml

        self._yaml = yaml
        self._text = text
        self._loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)("")
        self._count = 0
        self._open: set[int] = set()
        self._duplicates: list[Place] = []
        self._root = self._compose(text)
        self.value = None if self._root is None else self._value(self._root, ())
        self.duplicates = tuple(self._duplicates)

    def position(self, place: Place) -> Position:
        shown, node = self._root, self._root
        for step in place:
            found = self._member(node, step)
            if found is None:
                break
            shown, node = found
        return _position(shown)

    def block_start(self, place: Place) -> tuple[int, int] | None:
        """Of a text in block style (``|``): its first line, and how far it is indented."""
        node = self._root
        for step in place:
            found = self._member(node, step)
            if found is None:
                return None
            _, node = found
        if not isinstance(node, self._yaml.ScalarNode) or node.style != "|":
            return None
        first = node.start_mark.line + 1
        lines = self._text.splitlines()
        inside = next((line for line in lines[first:] if line.strip()), "")
        return first + 1, len(inside) - len(inside.lstrip())

    def _compose(self, text: str) -> Any:
        loader = getattr(self._yaml, "CSafeLoader", self._yaml.SafeLoader)
        try:
            return self._yaml.compose(text, loader)
        except self._yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            position = Position(mark.line + 1, mark.column + 1) if mark else None
            raise Unreadable(f"it is not YAML: {error.problem}", position) from None
        except self._yaml.YAMLError as error:
            raise Unreadable(f"it is not YAML: {str(error).splitlines()[0]}") from None
        except RecursionError:
            raise Unreadable("it is nested too deep") from None

    def _member(self, node: Any, step: str | int) -> tuple[Any, Any] | None:
        """What shows a member, and its value: the last of those with this key."""
        if isinstance(node, self._yaml.MappingNode):
            named = [pair for pair in node.value if pair[0].value == step]
            return named[-1] if named else None
        if isinstance(node, self._yaml.SequenceNode) and isinstance(step, int):
            return (node.value[step],) * 2 if step < len(node.value) else None
        return None

    def _value(self, node: Any, place: Place) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            raise Unreadable(
                "its aliases stand for more than half a million values", _position(node)
            )
        if id(node) in self._open:
            raise Unreadable("an alias stands for something that holds it", _position(node))
        self._open.add(id(node))
        try:
            return self._function(node, self._plain(node, place))
        except RecursionError:
            raise Unreadable("it is nested too deep") from None
        finally:
            self._open.discard(id(node))

    def _function(self, node: Any, value: Any) -> Any:
        """`!Sub x` is ``{"Fn::Sub": x}``, `!GetAtt a.b` is ``{"Fn::GetAtt": ["a", "b"]}``."""
        if not node.tag.startswith("!") or node.tag == "!":
            return value
        name = node.tag[1:]
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name if name in _PLAIN_FUNCTIONS else f"Fn::{name}": value}

    def _plain(self, node: Any, place: Place) -> Any:
        if isinstance(node, self._yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, self._yaml.SequenceNode):
            return [self._value(item, (*place, number)) for number, item in enumerate(node.value)]
        if node.tag in _TEXTS or node.tag.startswith("!"):
            return node.value
        try:
            value = self._loader.construct_object(node)
        except (self._yaml.YAMLError, ValueError):
            raise Unreadable(f"{node.value!r} cannot be read", _position(node)) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise Unreadable(f"{node.value} is no number of JSON's", _position(node))
        return value

    def _mapping(self, node: Any, place: Place) -> dict[str, Any]:
        members: dict[str, Any] = {}
        own: set[str] = set()
        for key, item in node.value:
            if not isinstance(key, self._yaml.ScalarNode):
                raise Unreadable("a key is a text", _position(key))
            if key.tag == _MERGE:
                members = {**self._merged(item, place), **members}
                continue
            name = str(key.value)
            if name in own:
                self._duplicates.append((*place, name))
            own.add(name)
            members[name] = self._value(item, (*place, name))
            if name in _STATE_NAMES and isinstance(members[name], bool):
                members[name] = item.value
        return members

    def _merged(self, node: Any, place: Place) -> dict[str, Any]:
        """What ``<<`` brings in: a mapping, or several of which the first counts."""
        value = self._value(node, place)
        mappings = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in mappings):
            raise Unreadable("<< stands before a mapping", _position(node))
        return {name: item for each in reversed(mappings) for name, item in each.items()}


def _position(node: Any) -> Position:
    if node is None:
        return Position(1, 1)
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)
