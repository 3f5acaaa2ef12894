"""Whether two JSON values are the same, but for texts that cannot be the same twice."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pipelines.asl.model import Place

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"

MISSING = object()
"""Stands for a member that one side does not have."""


class Equality:
    """Compares what we made with what was recorded.

    Args:
        generated: Texts that our execution was given or made and that AWS makes anew each time.
        decoded: Whether the recording holds, in place of text that is JSON, what that text says.
    """

    def __init__(self, generated: Collection[str] = (), *, decoded: bool = False) -> None:
        texts = sorted({re.escape(text) for text in generated if text}, key=len, reverse=True)
        self._generated = re.compile("|".join([*texts, _UUID, _TIME]))
        self._decoded = decoded
        self._meaning: dict[str, str] = {}

    def differences(
        self, ours: Any, recorded: Any, place: Place = ()
    ) -> Iterator[tuple[Place, Any, Any]]:
        """Where the two differ: the place, our value, the recorded one."""
        if self._decoded and isinstance(ours, str) != isinstance(recorded, str):
            ours, recorded = _decoded(ours), _decoded(recorded)
        if isinstance(ours, Mapping) and isinstance(recorded, Mapping):
            for key in [*recorded, *(key for key in ours if key not in recorded)]:
                both = ours.get(key, MISSING), recorded.get(key, MISSING)
                yield from self.differences(*both, (*place, key))
        elif isinstance(ours, list) and isinstance(recorded, list):
            for number in range(max(len(ours), len(recorded))):
                both = _item(ours, number), _item(recorded, number)
                yield from self.differences(*both, (*place, number))
        elif not self._same(ours, recorded):
            yield place, ours, recorded

    def _same(self, ours: Any, recorded: Any) -> bool:
        if type(ours) is not type(recorded):
            return False
        if ours == recorded:
            return True
        return isinstance(ours, str) and self._same_text(ours, recorded)

    def _same_text(self, ours: str, recorded: str) -> bool:
        """Whether the recorded text is ours with other texts in place of the generated ones."""
        if self._decoded and (ours[:1] in "{[" or recorded[:1] in "{["):
            mine, theirs = _decoded(ours), _decoded(recorded)
            if not isinstance(mine, str) and not isinstance(theirs, str):
                return not any(True for _ in self.differences(mine, theirs))
        found = list(self._generated.finditer(ours))
        if not found:
            return False
        pattern, end = "", 0
        for match in found:
            pattern += re.escape(ours[end : match.start()]) + "(.+?)"
            end = match.end()
        theirs_match = re.fullmatch(pattern + re.escape(ours[end:]), recorded, re.DOTALL)
        if theirs_match is None:
            return False
        for match, text in zip(found, theirs_match.groups(), strict=True):
            if re.fullmatch(_TIME, match[0]):
                continue
            if self._meaning.setdefault(match[0], text) != text:
                return False
        return True


def _item(values: list[Any], number: int) -> Any:
    return values[number] if number < len(values) else MISSING


def _decoded(value: Any) -> Any:
    """What a text says, if it is a JSON object or list."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
