"""One endpoint while the engine runs: its fleet, and the change that is being made to it.

    Creating ──> InService <──> Updating        a failed update: InService, with the old fleet
        └──────> Failed                          Deleting ends in nothing

A change is made in a thread. What the record says is enough to take it up again after the engine
was stopped or killed in the middle: `Deployment` is what serves, `Pending` what is to take over.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.engine.hosting.capture import Capture
from pipelines.engine.hosting.deployment import Deployment, fetch
from pipelines.engine.hosting.fleet import Fleet
from pipelines.engine.hosting.instance import INVOCATION_TIMEOUT_S, Reply, Unhealthy
from pipelines.engine.hosting.resources import Resource, Resources
from pipelines.engine.hosting.rollout import AlarmState, Rollout, alarmed
from pipelines.engine.jobs.container import JobError
from pipelines.engine.jobs.record import milliseconds
from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.processes.leftovers import end_leftovers
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError
from pipelines.signals import Signal

_WATCH_EVERY_S = 0.25

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What an endpoint needs of the engine."""

    root: Path
    objects: ObjectStore
    guardian: Guardian
    grace_s: float
    alarm_state: Callable[[str, str], str | None]  # of an alarm's name, in a region


class RolledBack(Exception):
    """An update is not to go on, for this reason."""


class NotInService(Exception):
    """The endpoint does not answer; its status says why."""


class Endpoint:
    """What answers to a name. Safe for threads."""

    def __init__(
        self,
        resources: Resources,
        region: str,
        name: str,
        around: Surroundings,
        forget: Callable[[], object],
    ) -> None:
        """Args:
        forget: Called when it has been deleted, before its name is free again.
        """
        self.region = region
        self.name = name
        self.folder = around.root / "served" / region / name.lower()
        # They outlive the endpoint: they say why it failed.
        self.logs = log_folder(around.root, region, name)
        self._resources = resources
        self._around = around
        self._forget = forget
        self._lock = threading.Lock()
        self._up = threading.Event()
        self._stopping = Signal()
        self._thread: threading.Thread | None = None
        self._fleet: Fleet | None = None
        self._next: Fleet | None = None
        self._share, self._asked = 0.0, 0
        self._capture: Capture | None = None

    def record(self) -> Resource:
        return self._resources.get(self.region, self.name)

    # What is asked of it; the record has been changed already

    def create(self) -> None:
        self._in_thread(self._create)

    def update(self) -> None:
        self._in_thread(self._update)

    def delete(self) -> None:
        self._in_thread(self._delete)

    def recover(self) -> None:
        """Take up what an engine that ended has left."""
        for home in self.folder.glob("deployments/*/*/instance-*/container/home"):
            end_leftovers(home)
        record = self.record()
        match record["EndpointStatus"]:
            case "Creating":
                self._in_thread(self._create)
            case "Deleting":
                self._in_thread(self._delete)
            case "Updating":
                self._in_thread(self._resume_and_update)
            case "InService":
                self._in_thread(self._resume)

    def shutdown(self) -> None:
        """End its processes; what was going on is taken up by the next engine."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        for fleet in (self._fleet, self._next):
            if fleet is not None:
                fleet.stop()
        if self._capture is not None:
            self._capture.flush()

    def invoke(
        self, body: bytes, headers: dict[str, str], variant_name: str | None
    ) -> tuple[str, Reply, Capture | None]:
        """The variant that answered, and what; what was captured of it is the caller's to say.

        Raises:
            NotInService: nothing serves.
            KeyError: no such variant.
            Throttled, Unhealthy, OSError, HTTPException: the variant does not answer.
        """
        if not self._up.is_set():
            status = self.record()["EndpointStatus"]
            # After a restart of the engine it is only a matter of seconds.
            if status not in ("InService", "Updating") or not self._up.wait(INVOCATION_TIMEOUT_S):
                raise NotInService(status)
        with ExitStack() as stack:
            with self._lock:
                fleet = self._choose()
                if fleet is None:
                    raise NotInService("Deleting")
                variant, instance = stack.enter_context(fleet.request(variant_name))
                capture = self._capture
            return variant.name, instance.invoke(body, headers), capture

    def _choose(self) -> Fleet | None:
        """The fleet for the next request: the new one as often as its share says."""
        before, self._asked = int(self._asked * self._share), self._asked + 1
        is_new = self._next is not None and int(self._asked * self._share) > before
        return self._next if is_new else self._fleet

    # In its thread

    def _in_thread(self, change: Callable[[], Any]) -> None:
        previous = self._thread

        def run() -> None:
            if previous is not None:
                previous.join()
            try:
                change()
            except Exception:
                logger.exception("endpoint %s", self.name)

        self._thread = threading.Thread(target=run, name=f"endpoint-{self.name}", daemon=True)
        self._thread.start()

    def _create(self) -> None:
        try:
            fleet = self._started(self.record()["Deployment"], fresh=True)
        except (JobError, Unhealthy, OSError) as error:
            self._failed(error)
            return
        self._serve(fleet)
        self._become("InService")

    def _resume(self) -> None:
        """Have what served before served again."""
        try:
            fleet = self._started(self.record()["Deployment"], fresh=False)
        except (JobError, Unhealthy, OSError) as error:
            self._failed(error)
            return
        self._serve(fleet)

    def _resume_and_update(self) -> None:
        self._resume()
        self._update()

    def _update(self) -> None:
        old, record = self._fleet, self.record()
        if old is None:
            return  # it could not be brought back, and has failed
        try:
            new = self._started(record["Pending"], fresh=True)
        except (JobError, Unhealthy, OSError) as error:
            if not self._stopping.is_set():
                self._become("InService", FailureReason=str(error), Pending=None)
            return
        try:
            self._shift(new, Rollout.of(record.get("LastDeploymentConfig") or {}))
        except Exception as error:
            if not isinstance(error, RolledBack):
                logger.exception("endpoint %s", self.name)
            with self._lock:
                self._next, self._share = None, 0.0
            new.stop(INVOCATION_TIMEOUT_S)
            new.delete()
            if not self._stopping.is_set():
                self._become("InService", FailureReason=str(error), Pending=None)
            return
        # First the record: whatever ends the engine now, the new one serves.
        self._become("Updating", Deployment=record["Pending"], Pending=None, FailureReason=None)
        self._serve(new)
        old.stop(INVOCATION_TIMEOUT_S)
        old.delete()
        self._become("InService", EndpointConfigName=new.deployment.config)

    def _shift(self, new: Fleet, rollout: Rollout) -> None:
        """Move the traffic step by step.

        Raises:
            RolledBack: an alarm, the time that an update may take, or the engine's end.
        """
        limit = time.monotonic() + rollout.max_execution_s

        def state(name: str) -> str | None:
            try:
                return self._around.alarm_state(name, self.region)
            except ServiceError as error:
                raise RolledBack(f"The alarm {name} cannot be read: {error.message}") from error

        self._watch(0.0, limit, rollout.alarms, state)
        for step in rollout.steps:
            with self._lock:
                self._next, self._share = new, step.share
            self._watch(step.wait_s, limit, rollout.alarms, state)
        self._watch(rollout.termination_wait_s, limit, (), state)

    def _watch(
        self, wait_s: float, limit: float, alarms: tuple[str, ...], state: AlarmState
    ) -> None:
        end = time.monotonic() + wait_s
        while True:
            reason = alarmed(alarms, state)
            if reason is None and time.monotonic() > limit:
                reason = "The update took longer than MaximumExecutionTimeoutInSeconds"
            if self._stopping.is_set():
                reason = "The local engine is stopping"
            if reason is not None:
                raise RolledBack(f"{reason}. Rolled back to the previous configuration.")
            left = min(end, limit + _WATCH_EVERY_S) - time.monotonic()
            if left <= 0:
                return
            self._stopping.wait(min(left, _WATCH_EVERY_S))

    def _delete(self) -> None:
        with self._lock:
            fleet, self._fleet = self._fleet, None
        if fleet is not None:
            fleet.stop(INVOCATION_TIMEOUT_S)
        if self._capture is not None:
            self._capture.flush()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._forget()
        self._resources.delete(self.region, self.name)

    def _started(self, pending: Mapping[str, Any], *, fresh: bool) -> Fleet:
        """A fleet that serves; `fresh`: its archives are fetched first."""
        deployment = Deployment.from_json(pending)
        folder = self.folder / "deployments" / pending["folder"]
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
            fetch(deployment, folder, self._around.objects)
        fleet = Fleet(
            deployment,
            folder,
            logs=self.logs,
            region=self.region,
            guardian=self._around.guardian,
            grace_s=self._around.grace_s,
        )
        try:
            fleet.start(self._stopping)
        except BaseException:
            if fresh:
                fleet.delete()
            raise
        return fleet

    def _serve(self, fleet: Fleet) -> None:
        """Let a fleet answer everything."""
        with self._lock:
            held = self._capture
            self._fleet, self._next, self._share = fleet, None, 0.0
            self._capture = Capture(self.name, fleet.deployment.capture, self._around.objects)
        if held is not None:
            held.flush()
        self._up.set()

    def _failed(self, error: Exception) -> None:
        if not self._stopping.is_set():
            self._become("Failed", FailureReason=str(error))

    def _become(self, status: str, **changes: Any) -> None:
        def change(record: Resource) -> None:
            record.update(changes, EndpointStatus=status, LastModifiedTime=milliseconds())
            for name in [name for name, value in record.items() if value is None]:
                del record[name]

        self._resources.change(self.region, self.name, change)


def log_folder(root: Path, region: str, name: str) -> Path:
    """Where the log streams of the endpoints of a name lie, also of those that are gone."""
    return root / "logs" / region / name.lower()
