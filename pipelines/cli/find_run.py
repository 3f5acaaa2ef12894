"""From what a person calls a run, its name or its ARN, to the one execution that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from pipelines import naming
from pipelines.aws import AwsError, Connection
from pipelines.cli.connection import open_connection
from pipelines.environment.load import load_environment
from pipelines.environment.model import Environment
from pipelines.environment.project import environment_names, find_root
from pipelines.errors import InputError, PipelinesError


@dataclass(frozen=True)
class Run:
    """An execution that there is, and where."""

    root: Path
    environment: Environment
    connection: Connection
    pipeline: str
    arn: str

    @property
    def name(self) -> str:
        return self.arn.rsplit(":", 1)[1]


def find_run(
    project: Path | None,
    run: str,
    environment: str | None = None,
    pipelines: Sequence[str] = naming.PIPELINES,
) -> Run:
    """The execution `run`, of the environment named, or else of the only one that has it.

    Args:
        run: a name, or an ARN.
        pipelines: whose executions are meant.

    Raises:
        InputError: there is none, or more than one.
        AwsError: the environment that was named cannot be asked.
    """
    root = find_root(project)
    names = [environment] if environment else environment_names(root)
    environments = [load_environment(root, name) for name in names]
    found: list[Run] = []
    silent: list[str] = []
    for each in environments:
        machines = _machines(run, each, pipelines)
        if not machines:
            continue
        try:
            found += _in(root, each, machines, run)
        except PipelinesError as error:
            if environment:
                raise
            silent.append(f"{each.name} could not be asked: {error}")
    if len(found) == 1:
        for line in silent:
            click.echo(f"Note: {line}", err=True)
        return found[0]
    if found:
        places = ", ".join(f"{each.pipeline} in {each.environment.name}" for each in found)
        raise InputError(
            f"there is more than one execution {run}: {places}",
            hint="Name the environment, or give the ARN.",
        )
    where = environment or ", ".join(names)
    raise InputError(
        "\n".join([f"there is no execution {run} of {' or '.join(pipelines)} in {where}", *silent]),
        hint="An execution is called as `run` said when it began.",
    )


def pipeline_of(execution_arn: str, environment: Environment) -> str:
    """The pipeline that an execution of the environment is of.

    Raises:
        KeyError: it is of none.
    """
    machines = {naming.state_machine_name(environment, name): name for name in naming.PIPELINES}
    return machines[execution_arn.split(":")[6]]


def _machines(run: str, environment: Environment, pipelines: Sequence[str]) -> dict[str, str]:
    """The environment's state machines that the run can be of: name by pipeline."""
    machines = {name: naming.state_machine_name(environment, name) for name in pipelines}
    if not run.startswith("arn:"):
        return machines
    parts = run.split(":")
    return {
        pipeline: machine
        for pipeline, machine in machines.items()
        if len(parts) == 8 and parts[5] == "execution" and parts[6] == machine
    }


def _in(root: Path, environment: Environment, machines: dict[str, str], run: str) -> Iterator[Run]:
    """The executions of an environment that the words mean."""
    connection = open_connection(root, environment)
    stepfunctions = connection.client("stepfunctions")
    for pipeline, machine in machines.items():
        arn = run if run.startswith("arn:") else _arn(connection, environment, machine, run)
        try:
            stepfunctions.describe_execution(executionArn=arn)
        except AwsError as error:
            if error.code in ("ExecutionDoesNotExist", "InvalidArn"):
                continue
            raise
        yield Run(root, environment, connection, pipeline, arn)


def _arn(connection: Connection, environment: Environment, machine: str, name: str) -> str:
    from pipelines.regions import partition

    here = f"{partition(environment.region)}:states:{environment.region}:{connection.account()}"
    return f"arn:{here}:execution:{machine}:{name}"
