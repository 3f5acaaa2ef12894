"""What the engine does with each member of a request: an allow-list.

A member that is absent from it is refused by name: what would silently run otherwise than on AWS
is worse than what does not run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.engine.wire.service import ServiceError


@dataclass(frozen=True)
class Rule:
    """What is done with a member: kept, or recorded and not enforced; with `only` these values."""

    enforced: bool = True
    only: tuple[Any, ...] = ()


KEPT = Rule()
# Described again as it was given, and without effect on this machine.
RECORDED = Rule(enforced=False)


def only(*values: Any) -> Rule:
    """Kept, because these values ask for nothing that the engine does not do."""
    return Rule(only=values)


class Supported:
    """What is done with each member of a request.

    A path names a structure's members with dots; `[]` stands for each item of a list. What lies
    below a path in the table is in it too, unless the table says more.
    """

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._inner = {"", *(above for path in rules for above in _all_above(path))}

    def require(self, request: Mapping[str, Any], code: str = "ValidationException") -> None:
        """Refuse a request that asks for what the engine does not do.

        Args:
            code: What the service calls a request that it refuses.

        Raises:
            ServiceError: of that code, with every such member.
        """
        refused = list(self._refusals(request, ""))
        if refused:
            raise ServiceError(
                code,
                f"The local engine does not run this: {'; '.join(refused)}.",
            )

    def not_enforced(self, request: Mapping[str, Any]) -> list[str]:
        """The members of a request that are recorded and have no effect on this machine."""
        rules = {path: self._rule(path) for path in _leaves(request, "")}
        return sorted(path for path, rule in rules.items() if rule and not rule.enforced)

    def _refusals(self, value: Any, path: str) -> Iterator[str]:
        rule = self._rules.get(path)
        if rule is not None and rule.only and value not in rule.only:
            allowed = " or ".join(map(repr, rule.only))
            yield f"{path} is {value!r} (only {allowed})"
        elif path not in self._inner:
            if self._rule(path) is None:
                yield path
        elif isinstance(value, Mapping):
            for name, item in value.items():
                yield from self._refusals(item, _below(path, name))
        elif isinstance(value, list):
            for item in value:
                yield from self._refusals(item, f"{path}[]")

    def _rule(self, path: str) -> Rule | None:
        """The rule of the path, or of the nearest one above it in the table."""
        for each in (path, *_all_above(path)):
            if each in self._rules:
                return self._rules[each]
        return None


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, _below(path, name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[]")
    else:
        yield path


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _all_above(path: str) -> Iterator[str]:
    """The paths above one, the nearest first.

    >>> list(_all_above("Inputs[].S3.Uri"))
    ['Inputs[].S3', 'Inputs[]', 'Inputs']
    """
    while True:
        path = path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]
        if not path:
            return
        yield path
