"""What is deployed of an environment, for those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines import naming
from pipelines.aws import Connection
from pipelines.bundle import PACKAGES, build_bundle
from pipelines.deployment.stack import find_stack
from pipelines.environment.digest import configuration_sha256
from pipelines.environment.model import Environment
from pipelines.errors import InputError


@dataclass(frozen=True)
class DeployedPipeline:
    """A pipeline's state machine, and what it was created from (empty if the stack is silent)."""

    state_machine_arn: str
    configuration_sha256: str = ""
    code_sha256: str = ""


def find_pipeline(
    environment: Environment, connection: Connection, pipeline: str
) -> DeployedPipeline:
    """A pipeline as its stack's outputs describe it.

    Raises:
        InputError: it is not deployed.
    """
    name = naming.stack_name(environment, pipeline)
    stack = find_stack(connection, name)
    hint = f"Deploy it: python -m pipelines deploy {environment.name} BUCKET"
    if stack is None:
        raise InputError(
            f"the {pipeline} pipeline of {environment.name} is not deployed: there is no stack "
            f"{name}",
            hint=hint,
        )
    if "StateMachineArn" not in stack.outputs:
        raise InputError(f"stack {name} has no state machine: {stack.status}", hint=hint)
    return DeployedPipeline(
        stack.outputs["StateMachineArn"],
        stack.outputs.get("ConfigurationSha256", ""),
        stack.outputs.get("CodeSha256", ""),
    )


def is_outdated(deployed: DeployedPipeline, environment: Environment, root: Path) -> bool:
    """Whether the configuration or the code in the project at `root` is not what was deployed."""
    if deployed.configuration_sha256 not in ("", configuration_sha256(environment)):
        return True
    # Who only starts executions needs no code; then there is none to compare.
    if not deployed.code_sha256 or not all((root / package).is_dir() for package in PACKAGES):
        return False
    return build_bundle(root, environment).digest != deployed.code_sha256
