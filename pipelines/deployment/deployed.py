"""What is deployed of an environment, for those who use it."""

from __future__ import annotations

from pipelines import naming
from pipelines.aws import Connection
from pipelines.deployment.stack import find_stack
from pipelines.environment.model import Environment
from pipelines.errors import InputError


def state_machine_arn(environment: Environment, connection: Connection, pipeline: str) -> str:
    """The ARN of a pipeline's state machine, from its stack's outputs.

    Raises:
        InputError: it is not deployed.
    """
    name = naming.stack_name(environment, pipeline)
    stack = find_stack(connection, name)
    hint = f"Deploy it: ./deploy.sh {environment.name} BUCKET"
    if stack is None:
        raise InputError(
            f"the {pipeline} pipeline of {environment.name} is not deployed: there is no stack "
            f"{name}",
            hint=hint,
        )
    if "StateMachineArn" not in stack.outputs:
        raise InputError(f"stack {name} has no state machine: {stack.status}", hint=hint)
    return stack.outputs["StateMachineArn"]
