"""P406: a catch-all that ends in Fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine, Object, State

_ANY_ERROR = {"States.ALL", "States.TaskFailed"}
_PUBLISH = {"TopicArn": "${Topic}", "Message": "Go"}


def _caught(error: str) -> Any:
    catcher = {"ErrorEquals": [error], "ResultPath": "$.error", "Next": "Failed"}
    machine = one_task("sns:publish", _PUBLISH, Catch=[catcher])
    failed = {"Type": "Fail", "Error": "NotSent", "Cause": "nobody was told"}
    return {**machine, "States": {**machine["States"], "Failed": failed}}


@rule(
    "P406",
    severity="warning",
    source="https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html",
    quote="When you redrive an execution, it continues the failed execution from the unsuccessful "
    "step and uses the same input.",
    bad=_caught("States.ALL"),
    good=_caught("SNS.NotFoundException"),
)
def a_catch_all_does_not_end_in_fail(machine: Machine) -> Iterator[Broken]:
    """A catcher of every error does not lead into a Fail: the execution would fail there, and a
    redrive would enter the Fail again instead of the Task. Without the catcher the execution
    fails where the error is, and a rule of EventBridge tells people of it."""
    for state in machine.of_type("Task", "Parallel", "Map"):
        for place, catcher in state.objects("Catch"):
            names = catcher.get("ErrorEquals")
            if not isinstance(names, list) or _ANY_ERROR.isdisjoint(map(str, names)):
                continue
            end = _end_of_the_way(state, catcher)
            if end is not None:
                yield Broken(
                    (*place, "Next"),
                    f"every error ends in the Fail {end!r}: a redrive enters that, not this state",
                    "leave the catcher out, and let a rule on the execution's status tell people",
                )


def _end_of_the_way(state: State, catcher: Object) -> str | None:
    """The Fail to which the only way from a catcher leads; None: it leads elsewhere."""
    target, seen = catcher.get("Next"), set[str]()
    while isinstance(target, str) and target not in seen:
        seen.add(target)
        found = state.scope.states.get(target)
        if found is None or found.type == "Choice":
            return None
        if found.type == "Fail":
            return target
        target = found.fields.get("Next")
    return None
