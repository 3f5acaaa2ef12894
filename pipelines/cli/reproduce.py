"""`reproduce`: make a model again, and say whether the bytes agree."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipelines.cli.find_run import Run
    from pipelines.cli.run_report import Outcome
    from pipelines.execution.registry import Registered
    from pipelines.execution.reproduce import Comparison

# As pipelines/steps/only_measured.py has it, which is built with the SDKs.
_REPRODUCE = {"purpose": "reproduce"}


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("env", metavar="[ENV]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def reproduce(context: click.Context, run: str, env: str | None, as_json: bool) -> None:
    """Train the model of the execution RUN again, and say whether its bytes are the same.

    It is run with the same input, and refused unless the same code and configuration are deployed:
    then it is said which commit to go back to. What is made is measured, and neither registered
    nor served.

    Exit status 0 if every file of the model is the same, 1 if one is not, 2 if there is nothing to
    compare with.

    \b
    Example:
        python -m pipelines reproduce run-20261121-023721-c5613a local
    """
    from pipelines.cli.find_run import find_run
    from pipelines.cli.following import follow, report
    from pipelines.deployment.deployed import find_pipeline
    from pipelines.execution.names import default_name
    from pipelines.execution.reproduce import check_deployed
    from pipelines.execution.start import start

    found = find_run(context.obj, run, env, ["training"])
    model = _model_of(found)
    deployed = find_pipeline(found.environment, found.connection, found.pipeline)
    check_deployed(
        model,
        code_sha256=deployed.code_sha256,
        configuration_sha256=deployed.configuration_sha256,
        environment=found.environment.name,
    )
    states = found.connection.client("stepfunctions")
    given = json.loads(states.describe_execution(executionArn=found.arn).get("input", "{}"))
    name = default_name(datetime.now(UTC), secrets.token_hex(3))
    click.echo(f"Making the model of {found.name} again, as {name}.", err=True)
    started = start(states, deployed.state_machine_arn, name, {**given, **_REPRODUCE})
    try:
        outcome = follow(found.connection, started, found.environment.name)
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted. The execution {name} goes on; it registers nothing.", err=True)
        context.exit(130)
    if outcome.view.status != "SUCCEEDED":
        report(outcome, found.connection, found.environment, found.root)
        context.exit(1)
    comparison = _compared(found, model, outcome)
    if as_json:
        click.echo(json.dumps(_document(found, model, outcome, comparison), indent=2))
    for line in _lines(model, comparison):
        click.echo(line, err=True)
    context.exit(0 if comparison.agrees else 1)


def _model_of(run: Run) -> Registered:
    """The model that the execution registered.

    Raises:
        InputError: it has registered none.
    """
    from pipelines import naming
    from pipelines.errors import InputError
    from pipelines.execution.lineage import find
    from pipelines.execution.registry import models

    group = naming.model_package_group_name(run.environment)
    found = find(models(run.connection.client("sagemaker"), group), run.arn)
    if not found:
        raise InputError(
            f"{run.name} has registered no model, so there is nothing to compare with",
            hint="Only an execution whose model was good enough has one.",
        )
    return found[0].model


def _compared(run: Run, model: Registered, outcome: Outcome) -> Comparison:
    """
    Raises:
        PipelinesError: one of the two archives cannot be read, or nothing was made again.
    """
    from pipelines.errors import ExecutionError
    from pipelines.execution.model_files import read_model
    from pipelines.execution.reproduce import compare

    output: dict[str, Any] = outcome.view.output
    if output["model"] == model.archive:
        raise ExecutionError(
            f"{outcome.started.name} took over the model of an earlier execution, and made none",
            hint="Deploy again: what is deployed does not know how to reproduce.",
        )
    s3 = run.connection.client("s3")
    return compare(model, read_model(s3, model.archive), output, read_model(s3, output["model"]))


def _lines(model: Registered, comparison: Comparison) -> list[str]:
    if comparison.agrees:
        return [f"Agrees: every byte of the model is that of {model.arn}."]
    return [
        f"DIFFERS from {model.arn} in {', '.join(comparison.differing)}.",
        *(comparison.why or ["Nothing that is recorded explains it: is the training random?"]),
    ]


def _document(
    run: Run, model: Registered, outcome: Outcome, comparison: Comparison
) -> dict[str, Any]:
    return {
        "execution_arn": outcome.started.arn,
        "reproduces": run.arn,
        "model_package_arn": model.arn,
        "model": outcome.view.output["model"],
        "agrees": comparison.agrees,
        "differing": list(comparison.differing),
        "why": list(comparison.why),
    }
