"""JSON with places: the value by the standard library, positions only when they are asked for."""

from __future__ import annotations

import json
import math
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # its stubs lack it
from typing import Any

from pipelines.asl.documents.source import Position, Unreadable, position_at
from pipelines.asl.model import Place, Step
from pipelines.asl.stack import with_room

_SPACE = re.compile(r"[ \t\n\r]*")


class JsonSource:
    """A JSON text that has been read.

    Positions cost a scan of each container on the way, once: each element is passed over by
    the standard library's own scanner.
    """

    def __init__(self, text: str) -> None:
        """Raises:
        Unreadable: it is not JSON.
        """
        self._text = text
        self._children: dict[int, dict[Step, tuple[int, int]]] = {}
        self._objects_with_repetitions = 0
        self.value = self._read()
        self.duplicates = tuple(self._find_duplicates()) if self._objects_with_repetitions else ()

    def position(self, place: Place) -> Position:
        shown = value_at = _SPACE.match(self._text, 0).end()  # type: ignore[union-attr]
        for step in place:
            found = self._members(value_at).get(step)
            if found is None:
                break
            shown, value_at = found
        return position_at(self._text, shown)

    def _read(self) -> Any:
        try:
            return with_room(
                json.loads,
                self._text,
                object_pairs_hook=self._object,
                parse_constant=_no_constant,
                parse_float=_finite,
            )
        except json.JSONDecodeError as error:
            raise Unreadable(
                f"it is not JSON: {error.msg}", Position(error.lineno, error.colno)
            ) from None
        except RecursionError:
            raise Unreadable("it is nested too deep") from None
        except ValueError:  # more digits than Python makes a number of
            raise Unreadable("a number in it has thousands of digits") from None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            self._objects_with_repetitions += 1
        return members

    def _members(self, start: int) -> dict[Step, tuple[int, int]]:
        """Of the container that starts there: where each member is shown, and its value starts."""
        if start not in self._children:
            self._children[start] = {
                step: (shown, value) for step, shown, value in self._scan(start)
            }
        return self._children[start]

    def _scan(self, start: int) -> list[tuple[Step, int, int]]:
        text, decoder = self._text, json.JSONDecoder()
        kind = text[start] if start < len(text) else ""
        if kind not in ("{", "["):
            return []
        members: list[tuple[Step, int, int]] = []
        at = self._skip(start + 1)
        while text[at] not in "}]":
            shown = at
            step: Step = len(members)
            if kind == "{":
                step, at = scanstring(text, at + 1)
                at = self._skip(self._skip(at) + 1)
            members.append((step, shown, at))
            _, at = with_room(decoder.raw_decode, text, at)
            at = self._skip(at)
            if text[at] == ",":
                at = self._skip(at + 1)
        return members

    def _skip(self, at: int) -> int:
        return _SPACE.match(self._text, at).end()  # type: ignore[union-attr]

    def _find_duplicates(self) -> list[Place]:
        found: list[Place] = []
        pending: list[tuple[Place, int]] = [((), self._skip(0))]
        while pending:
            place, start = pending.pop()
            seen: set[Step] = set()
            for step, _, value in self._scan(start):
                if step in seen:
                    found.append((*place, step))
                seen.add(step)
                pending.append(((*place, step), value))
        return sorted(found, key=self.position)


def _no_constant(name: str) -> Any:
    raise Unreadable(f"it is not JSON: {name} is no number of JSON's")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Unreadable(f"{digits} is too large a number")
    return number
