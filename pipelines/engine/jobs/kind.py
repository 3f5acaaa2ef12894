"""What a kind of job is: where processing, training and tuning jobs differ, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pipelines.engine.allow_list import Supported
from pipelines.engine.jobs.container import Container
from pipelines.engine.jobs.record import Owner, Record
from pipelines.engine.jobs.transfer import Stored
from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.processes.log import LogFile
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError


@dataclass(frozen=True)
class Command:
    """What a job runs, in the container's own terms, and for how long at most."""

    argv: list[str]
    environment: Mapping[str, str]
    cwd: Path
    max_runtime_s: float


class Kind(Protocol):
    """How the jobs of a kind are asked for, and told of."""

    folder: str
    operation: str
    name_key: str
    arn_type: str
    log_group: str
    supported: Supported

    def check(self, request: Mapping[str, Any]) -> None:
        """Refuse with a ServiceError what the model of the request does not tell."""

    def name_in_use(self, arn: str) -> str:
        """What SageMaker says of a name that another job has."""

    def not_found(self, name: str) -> ServiceError:
        """SageMaker's error for a name that no job has."""


class ProcessKind(Kind, Protocol):
    """What differs between processing and training jobs, each of which is a process."""

    def image(self, request: Mapping[str, Any]) -> str:
        """The container image that our Python stands in for."""

    def prepare(self, record: Record, container: Container, objects: ObjectStore) -> Command:
        """Fill the container's folders. Raises JobError."""

    def beside(
        self, record: Record, container: Container, objects: ObjectStore, log: LogFile
    ) -> AbstractContextManager[None]:
        """What goes on while the process runs, and is finished when it has ended. Raises JobError
        at its end.
        """

    def message(self, container: Container) -> str:
        """What the program left to be said about its end."""

    def collect(
        self,
        record: Record,
        container: Container,
        objects: ObjectStore,
        stored: Stored,
        *,
        completed: bool,
    ) -> str:
        """Store the outputs, or what SageMaker keeps of a job that was stopped.

        Returns where the model lies, or an empty text. Raises JobError.
        """


@dataclass(frozen=True)
class Surroundings:
    """What every job needs of the engine.

    Attributes:
        grace_s: Seconds between SIGTERM and SIGKILL.
        stored: Called with the owner of a job, and each of its outputs.
        client_variables: What leads a job's own clients of AWS to the engine; on AWS a container
            has its role's credentials.
    """

    root: Path
    account: str
    objects: ObjectStore
    guardian: Guardian
    grace_s: float
    stored: Callable[[Owner, str, str, Path], None]
    client_variables: Callable[[], Mapping[str, str]] = dict
