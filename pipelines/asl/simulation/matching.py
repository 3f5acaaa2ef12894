"""Which calls an entry of `tasks`, or a fault, is for: those of a state, or of a resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.asl.findings import nearest
from pipelines.asl.model import Machine
from pipelines.asl.simulation.errors import SimulationError

ANY = "*"
"""Matches every call."""


def names(key: str, state: str, resource: str) -> bool:
    """Whether a key names this state, or this resource in full or without its ``arn:…:::``.

    >>> arn = "arn:aws:states:::sagemaker:createTrainingJob.sync"
    >>> names("Train", "Train", arn), names("sagemaker:createTrainingJob.sync", "Train", arn)
    (True, True)
    """
    return key in (ANY, state, resource, resource.partition(":::")[2])


def find(answers: Mapping[str, Any], state: str, resource: str) -> str | None:
    """The key for a call: the state's name goes before its resource, and that before `*`."""
    for key in (state, resource, resource.partition(":::")[2], ANY):
        if key and key in answers:
            return key
    return None


def require_known(keys: Iterable[str], definition: Mapping[str, Any], what: str) -> None:
    """Refuse a key that can match nothing, which is a misspelt name.

    A resource that this machine does not call may be there: fakes are shared by several.

    Raises:
        SimulationError: it names no Task state.
    """
    tasks = [state.name for state in Machine(definition).of_type("Task", "Map")]
    for key in keys:
        if key not in tasks and key != ANY and ":" not in key:
            raise SimulationError(
                f"{what} names {key!r}, and the machine has no such Task state{nearest(key, tasks)}"
            )
