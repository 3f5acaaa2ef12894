"""How a command reaches its environment: AWS, or the local engine, started if it is not up."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.aws import Connection, connect
from pipelines.environment.model import Environment


def open_connection(root: Path, environment: Environment) -> Connection:
    """A connection to where `environment` lives; says so on standard error if it starts the engine.

    Raises:
        EngineError: the local engine does not start.
    """
    if environment.engine == "aws":
        return connect(environment)
    from pipelines.engine import daemon

    running = daemon.find(root)
    if running is None:
        click.echo("Starting the local engine …", err=True)
        running = daemon.ensure_started(root)
        for remark in (*running.remarks, f"The local engine is up at {running.url}."):
            click.echo(remark, err=True)
    return connect(environment, endpoint_url=running.url)
