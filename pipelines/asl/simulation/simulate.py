"""simulate(): one execution of a definition, with fakes for all that it calls."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.asl.interpreter import (
    Clock,
    Event,
    JumpingClock,
    StopSignal,
    Tasks,
    resume_point,
    run_execution,
)
from pipelines.asl.model import Place, show
from pipelines.asl.simulation.arguments import require_kinds, require_no_text
from pipelines.asl.simulation.checked import json_text, require_valid
from pipelines.asl.simulation.errors import SimulationError
from pipelines.asl.simulation.faults import Fault
from pipelines.asl.simulation.map_runs import SimulatedMapRuns, child_simulations
from pipelines.asl.simulation.matching import require_known
from pipelines.asl.simulation.objects import SimulatedObjects
from pipelines.asl.simulation.simulation import Simulation
from pipelines.asl.simulation.tasks import SimulatedTasks

START = 1_767_225_600.0
"""When a simulated execution starts unless its clock says otherwise: 2026-01-01T00:00:00Z."""

EMPTY: Mapping[str, Any] = {}
"""The input of an execution that is started without one."""

_ACCOUNT = "us-east-1:000000000000"
CONTEXT: Mapping[str, Mapping[str, Any]] = {
    "Execution": {
        "Id": f"arn:aws:states:{_ACCOUNT}:execution:simulated:simulation",
        "Name": "simulation",
        "RoleArn": "arn:aws:iam::000000000000:role/simulated",
        "RedriveCount": 0,
    },
    "StateMachine": {
        "Id": f"arn:aws:states:{_ACCOUNT}:stateMachine:simulated",
        "Name": "simulated",
    },
}
"""The context object of a simulation, as far as it is not given."""


def simulate(
    definition: Mapping[str, Any],
    input: Any = EMPTY,
    *,
    tasks: Mapping[str, Any] | Tasks | None = None,
    clock: Clock | None = None,
    faults: Sequence[Fault] = (),
    seed: int = 0,
    context: Mapping[str, Mapping[str, Any]] | None = None,
    objects: Mapping[str, Any] | None = None,
    stop: StopSignal | None = None,
    check: bool = True,
) -> Simulation:
    """Run one execution to its end: deterministic, in no time, without calling anything.

    Args:
        definition: A state machine.
        input: The execution's input, a JSON value; default: `{}`, as StartExecution has it.
        tasks: What each Task answers, by the state's name or by its Resource (``"*"``: all
            others); what an answer can be is told in `answers`.  Or an object that runs tasks.
        clock: Tells the time; default: one that jumps from event to event, from `START` on.
        faults: What goes wrong.
        seed: Of everything that is by chance: jitter, States.UUID, States.MathRandom, $random.
        context: `Execution` and `StateMachine` of the context object, as far as they matter.
        objects: What lies in S3 for Distributed Maps, by ``bucket/key``: bytes, text, a JSON
            value, or the error that reading it fails with.
        stop: Ends the execution, as StopExecution does, when it is set.
        check: Whether to refuse a definition in which the checker finds an error.

    Raises:
        InvalidDefinition: the definition has errors.
        UnansweredTask: a Task state runs that `tasks` does not know.
        SimulationError: an argument is of another kind; an entry of `tasks`, or a fault, names no
            state; an answer is no JSON.

    In a notebook or an asynchronous test it runs beside the event loop that runs there.

    >>> wait = {"Type": "Wait", "Seconds": 604800, "Next": "Ask"}
    >>> ask = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    ...        "Parameters": {"FunctionName": "score"}, "TimeoutSeconds": 60, "End": True}
    >>> machine = {"StartAt": "Wait", "States": {"Wait": wait, "Ask": ask}}
    >>> run = simulate(machine, tasks={"Ask": {"Payload": 0.9}})
    >>> run.status, run.output, run.states, run.seconds
    ('SUCCEEDED', {'Payload': 0.9}, ['Wait', 'Ask'], 604800.0)
    """
    require_kinds(tasks=tasks, faults=faults, clock=clock, context=context, objects=objects)
    require_no_text(definition)
    if check:
        require_valid(definition)
    return _run(
        definition,
        json.loads(json_text(input, "the input")),
        tasks={} if tasks is None else tasks,
        clock=clock or JumpingClock(START),
        faults=faults,
        chance=random.Random(seed),
        context=_context(context or {}),
        objects=objects or {},
        stop=stop or StopSignal(),
    )


def redrive(
    run: Simulation,
    *,
    tasks: Mapping[str, Any] | Tasks | None = None,
    clock: Clock | None = None,
    faults: Sequence[Fault] = (),
    seed: int = 0,
    stop: StopSignal | None = None,
) -> Simulation:
    """Let an execution that ended without success go on where it ended, as RedriveExecution does.

    What had succeeded is kept; the history goes on with ExecutionRedriven.

    Args:
        run: The execution, which stays as it is.
        clock: Default: one that jumps, from the end of the execution on.

    Raises:
        SimulationError: it succeeded.
    """
    require_kinds(tasks=tasks, faults=faults, clock=clock)
    if run.status == "SUCCEEDED":
        raise SimulationError("an execution that SUCCEEDED cannot be redriven")
    return _run(
        run.definition,
        run.input,
        tasks={} if tasks is None else tasks,
        clock=clock or JumpingClock(run.history[-1]["timestamp"]),
        faults=faults,
        chance=random.Random(seed),
        context=run.context,
        objects=run.objects,
        stop=stop or StopSignal(),
        before=run,
    )


def _run(
    definition: Mapping[str, Any],
    input: Any,
    *,
    tasks: Mapping[str, Any] | Tasks,
    clock: Clock,
    faults: Sequence[Fault],
    chance: random.Random,
    context: Mapping[str, Mapping[str, Any]],
    objects: Mapping[str, Any],
    stop: StopSignal,
    before: Simulation | None = None,
) -> Simulation:
    """Run, or go on with, an execution, and gather what came of it."""
    if not isinstance(definition, Mapping):
        raise SimulationError("a state machine's definition is an object")
    if isinstance(tasks, Mapping):
        require_known(tasks, definition, "`tasks`")
    require_known((fault.where for fault in faults), definition, "a fault")
    history: list[Event] = list(before.history) if before else []
    start = history[0]["timestamp"] if history else clock.now()
    store = SimulatedObjects(objects, clock.now())
    map_runs = SimulatedMapRuns(_histories(before.children if before else ()))
    running = SimulatedTasks(tasks, faults, start, stop, store, map_runs)
    exercised: set[Place] = set()
    outcome = run_execution(
        definition,
        input,
        tasks=running,
        context=context,
        clock=clock,
        history=history.append,
        stop=stop,
        chance=chance,
        # As a program starts it: AWS quotes in its causes what it was given, blanks and all.
        input_text=json.dumps(input),
        resume=resume_point(definition, history) if before else None,
        observe=exercised.add,
    )
    if running.broken is not None:
        raise running.broken
    calls = tuple(running.calls)
    return Simulation(
        definition=definition,
        input=input,
        status=outcome.status,
        output=outcome.output,
        error=outcome.error,
        cause=outcome.cause,
        history=tuple(history),
        calls=calls,
        children=tuple(child_simulations(map_runs.children, definition, calls)),
        map_runs=tuple(each.describe() for each in map_runs.runs),
        objects=dict(store.objects),
        unfired_faults=running.faults.unfired,
        context=context,
        exercised=frozenset(map(show, exercised)),
    )


def _histories(children: Sequence[Simulation]) -> dict[str, Sequence[Event]]:
    return {child.context["Execution"]["Id"]: child.history for child in children}


def _context(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    sections = {name: {**section, **given.get(name, {})} for name, section in CONTEXT.items()}
    return {**given, **sections}
