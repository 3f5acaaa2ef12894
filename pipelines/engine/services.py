"""The services that run things, wired: jobs, executions, and the logs of jobs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Tasks
from pipelines.engine.alarms import alarm_state
from pipelines.engine.calls import ACCOUNT, TARGETS, Calls
from pipelines.engine.events.bus import EventBus
from pipelines.engine.events.changes import StatusChanges
from pipelines.engine.events.put_events import Events
from pipelines.engine.executions.activities import Activities
from pipelines.engine.executions.definition_operations import DefinitionOperations
from pipelines.engine.executions.endings import Endings
from pipelines.engine.executions.executions import Executions
from pipelines.engine.executions.express import ExpressExecutions
from pipelines.engine.executions.files import ExecutionFiles, execution_folder
from pipelines.engine.executions.map_run_operations import MapRunOperations
from pipelines.engine.executions.map_runs import MapRunStore
from pipelines.engine.executions.operations import ExecutionOperations
from pipelines.engine.executions.run_files import RunFiles
from pipelines.engine.executions.state_machines import StateMachines
from pipelines.engine.executions.step_functions import StepFunctions
from pipelines.engine.executions.task_operations import TaskOperations
from pipelines.engine.executions.tokens import DurableTokens
from pipelines.engine.executions.versions import VersionOperations
from pipelines.engine.functions.service import Lambda, build_lambda
from pipelines.engine.hosting import endpoint as hosted
from pipelines.engine.hosting.invoking import Runtime
from pipelines.engine.hosting.service import Hosting
from pipelines.engine.integrations.integrations import Integrations
from pipelines.engine.jobs.container import ML
from pipelines.engine.jobs.jobs import Jobs
from pipelines.engine.jobs.kind import Surroundings
from pipelines.engine.jobs.process_job import process_jobs
from pipelines.engine.jobs.processing import Processing
from pipelines.engine.jobs.sagemaker import SageMakerJobs
from pipelines.engine.jobs.training import Training
from pipelines.engine.jobs.tuning.kind import tuning_jobs
from pipelines.engine.logs import Logs
from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import InTurn, Service
from pipelines.errors import EngineError, InputError

STOP_GRACE = "PIPELINES_STOP_GRACE_S"
_DEFAULT_GRACE_S = 10.0


@dataclass(frozen=True)
class Services:
    """What `build_services` made; `by_target` says who answers which X-Amz-Target."""

    by_target: Mapping[str, Service]
    jobs: tuple[Jobs[Any], ...]
    functions: Lambda
    hosting: Hosting
    executions: Executions
    express: ExpressExecutions
    activities: Activities
    changes: StatusChanges
    guardian: Guardian

    def start(self) -> None:
        """Set right what an engine that died has left."""
        for jobs in self.jobs:
            jobs.recover()
        self.functions.start()
        self.hosting.recover()
        self.executions.recover()
        self.changes.start()

    def shutdown(self) -> None:
        """End every execution, job and function; when this returns, no process is left."""
        self.activities.close()
        self.executions.shutdown()
        self.changes.close()
        self.express.shutdown()
        for jobs in self.jobs:
            jobs.shutdown()
        self.functions.shutdown()
        self.hosting.shutdown()
        self.guardian.close()

    def running(self) -> list[str]:
        """The ARNs of the executions that run now."""
        return self.executions.running() + self.express.running()


def build_services(
    root: Path,
    *,
    calls: Calls,
    objects: ObjectStore,
    grace_s: float | None = None,
    files: Callable[[Path], ExecutionFiles] = ExecutionFiles,
    between: Callable[[Tasks], Tasks] = lambda tasks: tasks,
) -> Services:
    """Make the services; nothing of an earlier engine is touched before `start`.

    Args:
        root: `.local`.
        calls: How the other services of the engine are reached.
        grace_s: Seconds between a job's SIGTERM and its SIGKILL. By default what the variable
            PIPELINES_STOP_GRACE_S says, or 10; on AWS it is 120.
        files: What keeps an execution in its folder.
        between: Makes what stands between executions and the services; faults are put there.

    Raises:
        EngineError: the folder cannot stand in for a container's.
        InputError: PIPELINES_STOP_GRACE_S is not a number of seconds.
    """
    root = root.absolute()
    if ML in str(root):
        raise EngineError(
            f"{root}: the local engine's folder must not lie in a folder named {ML}",
            hint="Put the project somewhere else.",
        )
    guardian = Guardian()
    surroundings = Surroundings(
        root=root,
        account=ACCOUNT,
        objects=objects,
        guardian=guardian,
        grace_s=_stop_grace() if grace_s is None else grace_s,
        stored=RunFiles(root).add,
        client_variables=calls.client_variables,
    )
    processing_jobs = process_jobs(Processing(), surroundings)
    training_jobs = process_jobs(Training(), surroundings)
    searches = tuning_jobs(training_jobs, surroundings)
    functions = build_lambda(root / "functions", ACCOUNT, calls, objects, guardian)
    hosting = Hosting(
        hosted.Surroundings(
            root=root / "hosting",
            objects=objects,
            guardian=guardian,
            grace_s=surroundings.grace_s,
            alarm_state=partial(alarm_state, calls),
        ),
        ACCOUNT,
    )
    endings = Endings()
    map_runs = MapRunStore(root)
    activities = Activities(root, ACCOUNT)
    tokens = DurableTokens(lambda arn: files(execution_folder(root, arn)))
    integrations = Integrations(
        processing_jobs=processing_jobs,
        training_jobs=training_jobs,
        tuning_jobs=searches,
        functions=functions,
        calls=calls,
        objects=objects,
        endings=endings,
        callbacks=tokens,
        map_runs=map_runs,
        activities=activities,
    )
    tasks = between(integrations)
    bus = EventBus(calls)
    changes = StatusChanges(bus)
    executions = Executions(root, tasks, tokens, map_runs, endings, files, changes)
    express = ExpressExecutions(tasks)
    machines = StateMachines(root, ACCOUNT, tasks)
    map_run_operations = MapRunOperations(map_runs, executions.runs)
    step_functions = StepFunctions(
        VersionOperations(machines),
        ExecutionOperations(machines, executions, express, map_run_operations),
        map_run_operations,
        TaskOperations(
            tokens, lambda arn: executions.exists(arn) or map_runs.folder_of(arn) is not None
        ),
        activities,
        DefinitionOperations(tasks),
    )
    return Services(
        by_target={
            TARGETS["events"]: Events(bus),
            TARGETS["lambda"]: functions,
            TARGETS["states"]: step_functions,
            "Logs_20140328": Logs((processing_jobs, training_jobs, functions, hosting)),
            TARGETS["sagemaker"]: InTurn(
                SageMakerJobs(processing_jobs, training_jobs, searches), hosting
            ),
            TARGETS["sagemaker-runtime"]: Runtime(hosting),
        },
        # Searches first: they end their trials themselves.
        jobs=(searches, processing_jobs, training_jobs),
        functions=functions,
        hosting=hosting,
        executions=executions,
        express=express,
        activities=activities,
        changes=changes,
        guardian=guardian,
    )


def _stop_grace() -> float:
    text = os.environ.get(STOP_GRACE, "")
    if not text:
        return _DEFAULT_GRACE_S
    try:
        grace_s = float(text)
    except ValueError:
        grace_s = -1.0
    if not 0 <= grace_s < float("inf"):
        raise InputError(f"{STOP_GRACE}={text!r} is not a number of seconds")
    return grace_s
