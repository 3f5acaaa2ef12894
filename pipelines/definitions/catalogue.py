"""The pipelines by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.definitions import inference, training
from pipelines.definitions.definition import Definition
from pipelines.environment.model import Environment

PIPELINES: Mapping[str, Callable[[Environment, str], Definition]] = {
    "training": training.define,
    "inference": inference.define,
}
