"""The pipelines by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.bundle import Bundle
from pipelines.definitions import inference, training
from pipelines.definitions.definition import Definition
from pipelines.environment.model import Environment

Define = Callable[[Environment, Bundle], Definition]

PIPELINES: Mapping[str, Define] = {
    "training": training.define,
    "inference": inference.define,
}
