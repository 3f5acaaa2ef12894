"""What else has to be asked to explain a failure, and the commands that come of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines import naming
from pipelines.cli.find_run import Run
from pipelines.execution.redrive import Obstacle, is_redeployed, obstacle
from pipelines.execution.start import state_machine_arn
from pipelines.execution.view import View
from pipelines.execution.why import Why, explain

COMMAND = "python -m pipelines"


def explained(run: Run | None, view: View, log: Sequence[str] = ()) -> Why:
    """Why an execution did not succeed.

    Args:
        run: which it is; None, if only its history is known.

    Raises:
        AwsError
    """
    in_the_way = (
        obstacle({"status": view.status}, view, is_redeployed=False)
        if run is None
        else obstacle_of(run, view)
    )
    why = explain(view, obstacle=in_the_way, log=log)
    return replace(why, next=_commands(why, run, view))


def obstacle_of(run: Run, view: View | None) -> Obstacle | None:
    """Why not to redrive an execution; None: a redrive does it.

    Raises:
        AwsError
    """
    stepfunctions = run.connection.client("stepfunctions")
    description = stepfunctions.describe_execution(executionArn=run.arn)
    changed = is_redeployed(stepfunctions, run.arn, state_machine_arn(run.arn))
    return obstacle(description, view, is_redeployed=changed)


def rerun_command(run: Run, input: str) -> str:
    """What starts a new execution with the same input."""
    command = [*COMMAND.split(), "run", run.pipeline, run.environment.name]
    given: Mapping[str, Any] = json.loads(input or "{}")
    for key, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value)
        command += ["--input", f"{key}={text}"]
    return shlex.join(command)


def _commands(why: Why, run: Run | None, view: View) -> list[str]:
    """What to type, the first thing first."""
    if why.remedy.again == "nothing":
        return []
    name, env = (run.name, run.environment.name) if run is not None else ("RUN", "ENV")
    rerun = rerun_command(run, view.input) if run is not None else f"{COMMAND} run PIPELINE ENV"
    if why.remedy.again == "deploy and run":
        return [f"python -m pipelines deploy {env} {_bucket(run)}", rerun]
    if why.remedy.again == "run" or why.obstacle is not None:
        return [rerun] if why.obstacle is None or why.obstacle.rerun else []
    return [f"{COMMAND} redrive {name} {env}"]


def _bucket(run: Run | None) -> str:
    """The bucket that the environment was deployed with, as far as that is known."""
    from pipelines.deployment.stack import find_stack

    if run is None:
        return "BUCKET"
    stack = find_stack(run.connection, naming.stack_name(run.environment, "foundation"))
    return stack.outputs.get("Bucket", "BUCKET") if stack is not None else "BUCKET"
