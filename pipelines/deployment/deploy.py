"""A deployment from beginning to end: three stacks, in order, each through a change set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines import naming
from pipelines.aws import Connection
from pipelines.bundle import build_bundle
from pipelines.clock import Clock
from pipelines.deployment.change_set import INLINE_LIMIT, ChangeSets, Request
from pipelines.deployment.code import Upload, put_template, upload_code
from pipelines.deployment.commit import git_commit
from pipelines.deployment.events import Events, StackEvent
from pipelines.deployment.guard import check_account, check_bucket_name, ensure_bucket
from pipelines.deployment.plan import Plan
from pipelines.deployment.stack import (
    EMPTY_SHELL,
    Stack,
    check_deployable,
    find_stack,
)
from pipelines.errors import DeploymentError
from pipelines.patience import Patience

if TYPE_CHECKING:
    # At run time it would bring the SDKs along, which takes seconds.
    from pipelines.template.build import Build

_SUCCESS = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})


class Progress(Protocol):
    """Where a deployment tells how it gets on."""

    def say(self, line: str) -> None:
        """Something that happened, in a sentence."""

    def plan(self, plan: Plan) -> None:
        """What will be done to a stack; the change set is executed next, unless it is empty."""

    def event(self, event: StackEvent, duration_s: float | None) -> None:
        """What CloudFormation did; the duration, once a resource or the stack is done with."""


@dataclass(frozen=True)
class DeployedStack:
    """A stack at its end, and what was done to it."""

    stack: Stack
    plan: Plan


@dataclass(frozen=True)
class Deployment:
    """What has been deployed, and where."""

    account: str
    region: str
    bucket: str
    code: Upload
    stacks: Sequence[DeployedStack]


def deploy(
    built: Build,
    bucket: str,
    connection: Connection,
    root: Path,
    *,
    progress: Progress,
    clock: Clock,
) -> Deployment:
    """Deploy an environment that was built, and checked, from the project at `root`.

    Raises:
        InputError: the bucket cannot be used; nothing has changed.
        DeploymentError: refused, or a stack failed: those before it stay deployed.
        AwsError: AWS cannot be reached or does not allow it.
    """
    environment = built.environment
    check_bucket_name(bucket)
    bundle = build_bundle(root, environment)
    if any(each.code_digest != bundle.digest for each in built.definitions.values()):
        raise DeploymentError(
            "the code has changed since the templates were made",
            hint="Nothing has been deployed. Deploy again.",
        )
    account = check_account(environment, connection)
    progress.say(f"{environment.prefix}: account {account}, {environment.region}, bucket {bucket}")
    for name in naming.STACKS:
        check_deployable(
            find_stack(connection, naming.stack_name(environment, name)), environment.region
        )
    if ensure_bucket(environment, connection, bucket, account):
        progress.say(f"bucket {bucket} made on the local engine")
    upload = upload_code(connection.client("s3"), environment, bundle, bucket)
    progress.say(str(upload))
    commit = git_commit(root)
    progress.say(f"commit {commit}")

    stacks = _Stacks(built, bucket, connection, progress, Patience(connection, clock, progress.say))
    deployed: list[DeployedStack] = []
    # A parameter is one of these, or the output of the same name of a stack before.
    known = {"Bucket": bucket, "GitCommit": commit}
    for name in naming.STACKS:
        deployed.append(stacks.deploy(name, known))
        known |= deployed[-1].stack.outputs
    return Deployment(account, environment.region, bucket, upload, tuple(deployed))


class _Stacks:
    """Deploys the stacks of one environment, one by one."""

    def __init__(
        self,
        built: Build,
        bucket: str,
        connection: Connection,
        progress: Progress,
        patience: Patience,
    ) -> None:
        self._built = built
        self._bucket = bucket
        self._connection = connection
        self._progress = progress
        self._patience = patience
        self._change_sets = ChangeSets(connection, patience)
        self._events = Events(connection, patience)

    def deploy(self, name: str, known: Mapping[str, str]) -> DeployedStack:
        """Turn one stack into what its template says."""
        request = self._request(name, known)
        stack = find_stack(self._connection, request.stack)
        check_deployable(stack, self._connection.region)
        if stack is not None and stack.status == EMPTY_SHELL:
            self._progress.say(
                f"stack {stack.name} is left over from a deployment that failed; deleting it"
            )
            self._delete(stack)
            stack = None
        plan = self._change_sets.make(request, stack)
        self._progress.plan(plan)
        if not plan.is_empty:
            self._execute(request)
        end = find_stack(self._connection, request.stack)
        if end is None:
            raise DeploymentError(f"stack {request.stack} was deleted while it was deployed")
        return DeployedStack(end, plan)

    def _request(self, name: str, known: Mapping[str, str]) -> Request:
        environment = self._built.environment
        stack = naming.stack_name(environment, name)
        text = self._built.files[f"{name}.yaml"].decode()
        return Request(
            stack=stack,
            template=self._url_of(text) if len(text.encode()) > INLINE_LIMIT else text,
            is_url=len(text.encode()) > INLINE_LIMIT,
            parameters=_parameters(stack, self._built.templates[name], known),
            tags=environment.tags,
        )

    def _url_of(self, template: str) -> str:
        s3 = self._connection.client("s3")
        prefix = naming.s3_prefix(self._built.environment)
        key = put_template(s3, self._bucket, prefix, template.encode())
        return f"{s3.meta.endpoint_url}/{self._bucket}/{key}"

    def _execute(self, request: Request) -> None:
        before = self._events.latest(request.stack)
        self._change_sets.execute(request)
        events = self._events.follow(request.stack, before, self._show())
        if events[-1].status not in _SUCCESS:
            raise _failed(request.stack, events)

    def _delete(self, stack: Stack) -> None:
        # By its id: a stack that has been deleted is no longer found by its name.
        before = self._events.latest(stack.id)
        self._connection.client("cloudformation").delete_stack(StackName=stack.id)
        events = self._events.follow(stack.id, before, self._show())
        if events[-1].status != "DELETE_COMPLETE":
            raise _failed(stack.name, events)

    def _show(self) -> _Stopwatch:
        return _Stopwatch(self._progress)


class _Stopwatch:
    """Hands events on, with the time from a resource's first one to its end."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._begun: dict[str, StackEvent] = {}

    def __call__(self, event: StackEvent) -> None:
        first = self._begun.setdefault(event.resource, event)
        duration_s = (event.at - first.at).total_seconds() if event.is_end else None
        self._progress.event(event, duration_s)


def _parameters(
    stack: str, template: Mapping[str, object], known: Mapping[str, str]
) -> dict[str, str]:
    """A value for each of the template's parameters."""
    wanted = template.get("Parameters") or {}
    assert isinstance(wanted, Mapping)
    missing = [key for key in wanted if key not in known and "Default" not in wanted[key]]
    if missing:
        raise DeploymentError(
            f"stack {stack} needs {', '.join(missing)}, which no stack before it has as an output",
            hint="Its parameters are the bucket, the commit, and outputs of the foundation stack.",
        )
    return {key: known[key] for key in wanted if key in known}


def _failed(stack: str, events: Sequence[StackEvent]) -> DeploymentError:
    """The end of the stack, and what failed of itself, first things first."""
    failures = [event for event in events if event.is_failure] or [
        event for event in events if event.reason and event.status.endswith("_FAILED")
    ]
    lines = [f"  {event.resource} ({event.type}): {event.reason}" for event in failures[:3]]
    if len(failures) > 3:
        lines.append(f"  and {len(failures) - 3} more")
    status = events[-1].status
    undone = "ROLLBACK_COMPLETE" in status
    return DeploymentError(
        "\n".join([f"stack {stack} ended in {status}", *(lines or [f"  {events[-1].reason}"])]),
        hint="CloudFormation has undone this stack's changes. Correct the cause, then deploy again."
        if undone
        else "The stack stays as it is; the next deployment says how to get it out of there.",
    )
