"""`deploy`: what deploy.sh calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipelines.deployment.deploy import Deployment
    from pipelines.environment.model import Environment
    from pipelines.template.build import Build


@click.command()
@click.argument("env")
@click.argument("bucket")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def deploy(context: click.Context, env: str, bucket: str, as_json: bool) -> None:
    """Create ENV's templates, check them, upload the code to BUCKET and deploy three stacks.

    Refused if the account, the region or the bucket is not the one that the configuration means.
    A stack that is as its template says is left alone. An environment on the local engine starts
    it, and makes its bucket.

    \b
    Example:
        ./deploy.sh local demo-bucket
        python -m pipelines deploy dev my-bucket
    """
    from pipelines.deployment.guard import check_bucket_name
    from pipelines.environment.load import load_environment
    from pipelines.environment.project import find_root

    check_bucket_name(bucket)
    root = find_root(context.obj)
    environment = load_environment(root, env)

    from pipelines.cli.connection import open_connection
    from pipelines.cli.deploy_progress import DeployProgress
    from pipelines.clock import RealClock
    from pipelines.deployment.deploy import deploy as deploy_stacks

    built = _build(root, environment)
    connection = open_connection(root, environment)
    progress = DeployProgress()
    try:
        with progress:
            deployment = deploy_stacks(
                built, bucket, connection, root, progress=progress, clock=RealClock()
            )
    except KeyboardInterrupt:
        click.echo(f"\nInterrupted. {progress.what_goes_on()}", err=True)
        click.echo(f"To finish it: python -m pipelines deploy {env} {bucket}", err=True)
        context.exit(130)
    if as_json:
        click.echo(json.dumps(_as_json(environment, deployment), indent=2))
    unchanged = all(deployed.plan.is_empty for deployed in deployment.stacks)
    done = "is as its templates say already" if unchanged else "is deployed"
    click.echo(f"\n{environment.prefix} {done}. Next:", err=True)
    click.echo(f"  {_data_command(environment)}   (unless the data are there)", err=True)
    click.echo(f"  python -m pipelines run training {env}", err=True)


def _data_command(environment: Environment) -> str:
    """What brings the data: the census's to a project of theirs, files of one's own to another."""
    from pipelines.data.census import check_features
    from pipelines.errors import InputError

    try:
        check_features(environment)
    except InputError:
        test = "" if environment.data.test is None else " --test FILE"
        name = environment.name
        return f"python -m pipelines data upload {name} --training FILE{test} --inference FILE"
    return f"python -m pipelines data census {environment.name}"


def _build(root: Path, environment: Environment) -> Build:
    """The environment's templates, written to build/ and checked.

    Raises:
        CheckError: a rule is broken; nothing has been deployed.
    """
    from pipelines.checks.project import check_builds
    from pipelines.checks.reported import count, in_order
    from pipelines.checks.text import lines
    from pipelines.errors import CheckError
    from pipelines.template.build import build_project
    from pipelines.template.create import write

    (built,) = build_project(root, [environment])
    changes = write(root, [built])
    written = sum(change.action != "unchanged" for change in changes)
    click.echo(
        f"build/{environment.name}: {len(changes)} files, {written} of them new or changed",
        err=True,
    )
    findings = in_order(check_builds([built], root))
    for line in lines(findings):
        click.echo(line, err=True)
    if any(each.severity == "error" for each in findings):
        raise CheckError(count(findings), hint="Nothing has been deployed.")
    return built


def _as_json(environment: Environment, deployment: Deployment) -> dict[str, object]:
    return {
        "environment": environment.name,
        "account": deployment.account,
        "region": deployment.region,
        "bucket": deployment.bucket,
        "code": {"digest": deployment.code.digest, "uploaded_files": deployment.code.files},
        "stacks": [
            {
                "name": deployed.stack.name,
                "status": deployed.stack.status,
                "changes": [
                    {
                        "action": change.action,
                        "resource": change.resource,
                        "type": change.type,
                        "replacement": change.replacement,
                    }
                    for change in deployed.plan.changes
                ],
                "outputs": dict(deployed.stack.outputs),
            }
            for deployed in deployment.stacks
        ],
    }
