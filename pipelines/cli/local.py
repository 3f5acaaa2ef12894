"""`local`: the engine that stands in for AWS on this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click


@click.group()
def local() -> None:
    """Start, stop, reset or look at the local engine.

    It keeps everything under .local/: stacks, objects, models and executions are there after a
    stop, or a crash, and until a reset.

    \b
    Example:
        python -m pipelines local start
        python -m pipelines local status
    """


@local.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def start(project: Path | None, as_json: bool) -> None:
    """Start the engine, unless it is up."""
    from pipelines.engine import daemon

    root = _root(project)
    was_up = daemon.find(root) is not None
    running = daemon.ensure_started(root)
    _say(running.remarks)
    if as_json:
        click.echo(json.dumps({"url": running.url, "pid": running.pid, "since": running.since}))
    else:
        done = "is up already" if was_up else "is up"
        click.echo(f"The local engine {done}: {running.url} (process {running.pid}).", err=True)


@local.command()
@click.pass_obj
def stop(project: Path | None) -> None:
    """Stop the engine and every job of its. Nothing that it keeps is lost."""
    from pipelines.engine import daemon

    root = _root(project)
    said = daemon.stale(root)
    _say([said] if said else [])
    running = daemon.stop(root)
    if running is None:
        click.echo("The local engine is not up.", err=True)
    else:
        click.echo(f"Stopped the local engine (process {running.pid}).", err=True)


@local.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Show whether the engine is up, and what it holds. Exit status: 0 if it is up, else 1."""
    from pipelines.engine import daemon

    root = _root(context.obj)
    running = daemon.find(root)
    if running is None:
        said = daemon.stale(root)
        _say([said] if said else [])
        click.echo('{"up": false}' if as_json else "The local engine is not up.", err=not as_json)
        context.exit(1)
    held = _held(running.url)
    if as_json:
        click.echo(json.dumps({"up": True, "url": running.url, **held}))
        return
    since = datetime.fromtimestamp(held["since"]).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    click.echo(f"url         {running.url}")
    click.echo(f"pid         {running.pid}")
    click.echo(f"since       {since}")
    click.echo(f"executions  {len(held['executions'])} running")
    for arn in held["executions"]:
        click.echo(f"            {arn}")
    click.echo(f"stacks      {len(held['stacks'])}")
    for name, stack_status in held["stacks"].items():
        click.echo(f"            {name}: {stack_status}")


@local.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset(project: Path | None, yes: bool) -> None:
    """Stop the engine and delete everything that it keeps."""
    from pipelines.engine import daemon

    root = _root(project)
    kept = daemon.kept(root)
    if not kept:
        click.echo("There is nothing to delete.", err=True)
        return
    click.echo(f"In {root / daemon.FOLDER}:", err=True)
    for name, size in kept:
        click.echo(f"  {size / 1e6:10.1f} MB  {name}", err=True)
    if not (yes or _agreed()):
        click.echo("Nothing was deleted.", err=True)
        sys.exit(1)
    daemon.reset(root)
    click.echo("Deleted.", err=True)


def _agreed() -> bool:
    try:
        return click.confirm("Delete all of it?", err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise click.UsageError("there is nobody to ask; say --yes to delete all of it") from None


def _root(project: Path | None) -> Path:
    from pipelines.environment.project import find_root

    return find_root(project)


def _held(url: str) -> dict[str, Any]:
    """What the engine says of itself."""
    from urllib.error import URLError
    from urllib.request import ProxyHandler, build_opener

    from pipelines.errors import EngineError

    try:
        # Without the proxy that the shell may name: this is our own machine.
        with build_opener(ProxyHandler({})).open(f"{url}/_engine/status", timeout=10) as answer:
            held: dict[str, Any] = json.load(answer)
    except (URLError, TimeoutError) as error:
        raise EngineError(
            f"The local engine at {url} does not answer: {error}.",
            hint="python -m pipelines local stop ends it; what it keeps stays.",
        ) from None
    return held


def _say(remarks: Iterable[str]) -> None:
    for remark in remarks:
        click.echo(f"Note: {remark}", err=True)
