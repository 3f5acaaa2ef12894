"""The state machines in a serverless.yml: those of the plugin serverless-step-functions.

The Serverless Framework fills in ``${self:custom.stage}`` and its like when it deploys; what they
stand for is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.documents.templates import Resource
from pipelines.asl.model import Place

_FILE = re.compile(r"\$\{file\(([^)]+)\)\}")
_PLACE = ("stepFunctions", "stateMachines")


def is_service(value: Any) -> bool:
    """Whether a value is a service with state machines."""
    service = value.get(_PLACE[0]) if isinstance(value, Mapping) else None
    return isinstance(service, Mapping) and _PLACE[1] in service


def machines(service: Mapping[str, Any]) -> Iterator[Resource]:
    """Every state machine of a service that stands in it."""
    written = service[_PLACE[0]][_PLACE[1]]
    parts: list[tuple[Place, Any]] = [(_PLACE, written)]
    if isinstance(written, list):  # one for each file that they come from
        parts = [((*_PLACE, number), part) for number, part in enumerate(written)]
    for place, part in parts:
        for name, machine in part.items() if isinstance(part, Mapping) else ():
            yield Resource(
                str(name),
                machine if isinstance(machine, Mapping) else {},
                (*place, str(name)),
                type_property="type",
                location="",
                definition="definition",
                knows_substitutions=False,
            )


def file_of(definition: Any) -> str | None:
    """The file that holds a definition, if that is known.

    >>> file_of("${file(machines/train.yml)}"), file_of("${file(a.yml):train}")
    ('machines/train.yml', None)
    """
    match = _FILE.fullmatch(definition) if isinstance(definition, str) else None
    return match[1].strip() if match else None
