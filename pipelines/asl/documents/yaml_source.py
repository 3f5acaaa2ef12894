"""YAML with places, with CloudFormation's short forms (`!Sub`) as the objects that they stand for.

Values are those of JSON: a timestamp or a binary is its text, and keys are texts.  CloudFormation
and SAM read YAML 1.1, in which yes, no, on and off are true and false; as the name of a state they
are texts here, whoever reads them.  In a serverless.yml, which is YAML 1.2, they are texts
everywhere.
"""

from __future__ import annotations

import math
from typing import Any

from pipelines.asl.documents.source import Position, Unreadable
from pipelines.asl.model import Place

MAX_VALUES = 500_000
"""How many values a text may stand for: with aliases a few lines can stand for billions."""

MAX_DEPTH = 400
"""How deep a text may be nested: libyaml's own limit is the end of the process's stack.  That is
what a definition may have, and the template around it."""

_TEXTS = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary", "tag:yaml.org,2002:value")
_STATE_NAMES = ("Default", "Next", "StartAt")
"""Keys whose value is the name of a state, which may be Yes or No: keys are read as texts, too."""
_BOOLEAN = "tag:yaml.org,2002:bool"
_WORDS = ("true", "false")
_SERVICE = "stepFunctions"
"""The key that tells a serverless.yml with state machines."""
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
        self._loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._loader = self._loader_class("")
        self._count = 0
        self._open: set[int] = set()
        self._duplicates: list[Place] = []
        self._root = self._compose(text)
        self._is_service = bool(self._root and self._member(self._root, _SERVICE))
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
        try:
            return self._yaml.compose(text, _shallow(self._loader_class))
        except self._yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            position = Position(mark.line + 1, mark.column + 1) if mark else None
            raise Unreadable(f"it is not YAML: {_problem(error)}", position) from None
        except self._yaml.YAMLError as error:
            raise Unreadable(f"it is not YAML: {str(error).splitlines()[0]}") from None
        except RecursionError:
            raise Unreadable("it is nested too deep") from None

    def _member(self, node: Any, step: str | int) -> tuple[Any, Any] | None:
        """What shows a member, and its value: the last of those with this key.

        A short form is its own member: of `!Sub x`, the member Fn::Sub is what is written.
        """
        if step == _function_name(node):
            return node, node
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
            function = _function_name(node)
            if function is None:
                return self._plain(node, place)
            value = self._plain(node, (*place, function))
            is_path = function == "Fn::GetAtt" and isinstance(value, str)
            return {function: value.split(".", 1) if is_path else value}
        except RecursionError:
            raise Unreadable("it is nested too deep") from None
        finally:
            self._open.discard(id(node))

    def _plain(self, node: Any, place: Place) -> Any:
        if isinstance(node, self._yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, self._yaml.SequenceNode):
            return [self._value(item, (*place, number)) for number, item in enumerate(node.value)]
        if node.tag in _TEXTS or node.tag.startswith("!"):
            return node.value
        if node.tag == _BOOLEAN and self._is_service and node.value.lower() not in _WORDS:
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


def _shallow(loader_class: Any) -> Any:
    """The loader, told by the composer of every step down and up: it stops at MAX_DEPTH."""

    class Shallow(loader_class):  # type: ignore[misc]  # whether it is the C one is known late
        depth = 0

        def descend_resolver(self, parent: Any, index: Any) -> None:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise Unreadable("it is nested too deep", _position(parent))
            super().descend_resolver(parent, index)

        def ascend_resolver(self) -> None:
            self.depth -= 1
            super().ascend_resolver()

    return Shallow


def _function_name(node: Any) -> str | None:
    """`!Sub x` is ``{"Fn::Sub": x}``, `!GetAtt a.b` is ``{"Fn::GetAtt": ["a", "b"]}``."""
    if not node.tag.startswith("!") or node.tag == "!":
        return None
    name: str = node.tag[1:]
    return name if name in _PLAIN_FUNCTIONS else f"Fn::{name}"


def _problem(error: Any) -> str:
    """What PyYAML has to say; some of it goes on from its context: `expected …, but found …`."""
    is_half = error.context and str(error.problem).startswith("but ")
    return f"{error.context}, {error.problem}" if is_half else str(error.problem)


def _position(node: Any) -> Position:
    if node is None:
        return Position(1, 1)
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)
