"""What a step is: a Task state, and what the roles must be allowed for it to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.sdk import State


@dataclass(frozen=True)
class Scope:
    """What every step of a pipeline is made from.

    Attributes:
        code_digest: of the code bundle that the jobs run.
        sources: the bundle's files, which a step's own digest is made of.
    """

    environment: Environment
    pipeline: str
    code_digest: str
    sources: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def code_uri(self) -> str:
        """The folder of the code bundle; `${Bucket}` is bound when the stack is deployed."""
        return f"s3://${{Bucket}}/{naming.code_prefix(self.environment, self.code_digest)}"

    @property
    def runs_uri(self) -> str:
        """The folder of this pipeline's runs."""
        return f"s3://${{Bucket}}/{naming.runs_prefix(self.environment, self.pipeline)}"


@dataclass(frozen=True)
class Statement:
    """One permission: IAM's words. `${…}` in a resource is resolved by `Fn::Sub`.

    Attributes:
        what: two or three words for the statement's id, in CamelCase, such as "RunJobs".
    """

    what: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A Task state with what it needs.

    Attributes:
        state: the SDK's own state.
        machine: what the state machine's role must be allowed.
        job: what the role of the step's job must be allowed; empty if there is no job.
        answer: the JSON Schema of what the state gets, where that is more than the service tells.
    """

    state: State
    machine: tuple[Statement, ...]
    job: tuple[Statement, ...] = ()
    answer: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """The state's name."""
        name: str = self.state.state_id
        return name
