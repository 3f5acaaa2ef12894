"""`lineage`: what made this model, and what did this data, commit or run make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipelines.aws import Connection
    from pipelines.environment.model import Environment
    from pipelines.execution.lineage import Match
    from pipelines.execution.verify import Finding


@click.command()
@click.argument("what", metavar="WHAT")
@click.argument("env", metavar="[ENV]", required=False)
@click.option(
    "--verify", is_flag=True, help="Read the archive and the data, and compare their digests."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
@click.pass_context
def lineage(
    context: click.Context, what: str, env: str | None, verify: bool, as_json: bool
) -> None:
    """Show what a model was made from, or which models something had a part in.

    WHAT is a run (its name or ARN), a model (its ARN, or its version in ENV), a commit, the digest
    of code, configuration, data or a model (or the beginning of one), an s3:// URI, or a file on
    this machine. Without ENV, every environment that can be asked is.

    Exit status 1 if --verify finds that something is not as it is recorded.

    \b
    Example:
        python -m pipelines lineage 3 prod
        python -m pipelines lineage run-20261121-023721-c5613a
        python -m pipelines lineage 1a64275
        python -m pipelines lineage data/train.csv local
    """
    from pipelines.errors import InputError
    from pipelines.execution.lineage import find, is_asked_by_content

    asked, name = _content(what)
    registries = list(_registries(context.obj, env, what))
    found = [
        (registry, match)
        for registry in registries
        for match in _matches(registry, asked, is_file=name is not None)
    ]
    if not found and name is None and not is_asked_by_content(what):
        ended_with = _model_of_run(context.obj, what, env, registries)
        found = [(each, match) for each in registries for match in find(each.models, ended_with)]
        if found:
            click.echo(f"Note: {what} made no model; it used this one.", err=True)
    places = ", ".join(registry.environment.name for registry in registries) or "no environment"
    if not found and name is None and not is_asked_by_content(what):
        raise InputError(
            f"no model of {places} is, or was made by, {what}",
            hint="A run that has registered no model has none: python -m pipelines why RUN says "
            "what became of it.",
        )
    itself = [(registry, match) for registry, match in found if not match.roles]
    if len(itself) > 1:
        raise InputError(
            f"{what} is a model of each of {places}", hint="Name the environment, or give an ARN."
        )
    findings = _verified(itself, verify)
    if as_json:
        click.echo(json.dumps(_document(found, findings), indent=2, ensure_ascii=False))
    else:
        for line in _lines(found, findings):
            click.echo(line)
        if not found:
            click.echo(f"No model of {places} was made from {what}.")
    context.exit(1 if any(finding.problem for finding in findings) else 0)


class _Registry:
    """The models of one environment."""

    def __init__(self, environment: Environment, connection: Connection) -> None:
        from pipelines import naming
        from pipelines.execution.registry import models

        self.environment = environment
        self.connection = connection
        self.models = models(
            connection.client("sagemaker"), naming.model_package_group_name(environment)
        )


def _registries(project: Path | None, env: str | None, what: str) -> Iterator[_Registry]:
    """Those of the environment that is named, in the words or by an ARN, or of all."""
    from pipelines import naming
    from pipelines.cli.connection import open_connection
    from pipelines.environment.load import load_environment
    from pipelines.environment.project import environment_names, find_root
    from pipelines.errors import InputError, PipelinesError

    root = find_root(project)
    names = [env] if env else environment_names(root)
    environments = [load_environment(root, name) for name in names]
    if what.startswith("arn:") and env is None:
        parts = set(what.replace("/", ":").split(":"))
        environments = [
            each
            for each in environments
            if parts
            & {
                naming.model_package_group_name(each),
                naming.state_machine_name(each, "training"),
            }
        ]
        if not environments:
            raise InputError(f"{what} belongs to no environment of this project")
    for environment in environments:
        try:
            yield _Registry(environment, open_connection(root, environment))
        except PipelinesError as error:
            if len(environments) == 1:
                raise
            click.echo(f"Note: {environment.name} could not be asked: {error}", err=True)


def _model_of_run(
    project: Path | None, run: str, env: str | None, registries: Sequence[_Registry]
) -> str:
    """The ARN of the model that an execution took over, or predicted with; empty, if of none."""
    from pipelines.cli.find_run import find_run
    from pipelines.errors import InputError

    if len(registries) == 1:
        # The others have been asked in vain, which has been said.
        env = registries[0].environment.name
    try:
        found = find_run(project, run, env)
    except InputError:
        return ""
    answer = found.connection.client("stepfunctions").describe_execution(executionArn=found.arn)
    output = json.loads(answer.get("output") or "{}")
    return str(output.get("model_package_arn", "")) if isinstance(output, dict) else ""


def _content(what: str) -> tuple[str, str | None]:
    """What to look for: of a file on this machine its digest, and then also its name."""
    path = Path(what)
    if not path.is_file():
        return what, None
    from pipelines.data.download import sha256_of

    return sha256_of(path), path.name


def _matches(registry: _Registry, asked: str, *, is_file: bool) -> Sequence[Match]:
    from pipelines.execution.data_files import holding
    from pipelines.execution.lineage import find

    found = find(registry.models, asked)
    if found or len(asked) != 64:
        return found
    # A model records one digest of all its data; those of the files lie in a document.
    return holding(registry.models, registry.connection.client("s3"), asked)


def _verified(itself: list[tuple[_Registry, Match]], wanted: bool) -> list[Finding]:
    if not wanted:
        return []
    from pipelines.errors import InputError
    from pipelines.execution.verify import verify

    if not itself:
        raise InputError("--verify is for one model: name it, or the run that made it")
    return [
        finding
        for registry, match in itself
        for finding in verify(match.model, registry.connection.client("s3"))
    ]


def _lines(found: Iterable[tuple[_Registry, Match]], findings: Sequence[Finding]) -> Iterator[str]:
    from pipelines.cli.lineage_report import finding_lines, match_lines, model_lines

    for registry, match in found:
        if match.roles:
            yield from match_lines([match])
        else:
            yield from model_lines(match.model, registry.models)
    yield from finding_lines(findings)


def _document(
    found: Iterable[tuple[_Registry, Match]], findings: Sequence[Finding]
) -> dict[str, Any]:
    from pipelines.cli.lineage_report import model_document

    models = [
        {
            "environment": registry.environment.name,
            "roles": list(match.roles),
            **model_document(match.model, registry.models),
        }
        for registry, match in found
    ]
    verified = [{"what": finding.what, "problem": finding.problem} for finding in findings]
    return {"models": models, **({"verified": verified} if verified else {})}
