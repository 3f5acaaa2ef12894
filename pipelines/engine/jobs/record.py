"""What is known of a job: a value, and a file."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.engine.files import read_json, write_json

RUNNING = ("InProgress", "Stopping")


@dataclass(frozen=True)
class Owner:
    """The state of an execution that a job belongs to."""

    execution_arn: str
    state: str


@dataclass(frozen=True)
class Record:
    """What is known of a job. Times are seconds since the epoch, to the millisecond.

    Attributes:
        request: As it was given.
        status: SageMaker's: InProgress, Stopping, Completed, Failed, Stopped.
        secondary: The secondary status, and each one before it, with its time.
        artifacts: Where the model lies, for a training job that has one.
        stream: The name of the log stream.
        tuning_arn: Of the tuning job that started it.
        cores: How many of this machine's it shall use.
        metrics: The last value of each that it printed, as DescribeTrainingJob has them.
    """

    name: str
    arn: str
    request: dict[str, Any]
    created: float
    modified: float
    stream: str
    tags: dict[str, str] = field(default_factory=dict)
    owner: Owner | None = None
    status: str = "InProgress"
    transitions: tuple[tuple[str, float], ...] = ()
    started: float | None = None
    ended: float | None = None
    failure_reason: str = ""
    exit_message: str = ""
    artifacts: str = ""
    tuning_arn: str = ""
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    metrics: tuple[dict[str, Any], ...] = ()

    @property
    def secondary(self) -> str:
        return self.transitions[-1][0] if self.transitions else "Starting"


def milliseconds() -> float:
    """Now, as exactly as SageMaker tells it: clients send such a time back, and compare."""
    return round(time.time(), 3)


def save(record: Record, path: Path) -> None:
    """Write a record, all of it at once."""
    owner = None if record.owner is None else vars(record.owner)
    write_json(path, {**vars(record), "owner": owner})


def load(path: Path) -> Record:
    """Read what `save` wrote."""
    content = read_json(path)
    owner = content["owner"]
    return Record(
        **{
            **content,
            "owner": Owner(**owner) if owner else None,
            "transitions": tuple((status, at) for status, at in content["transitions"]),
            "metrics": tuple(content.get("metrics", ())),
        }
    )
