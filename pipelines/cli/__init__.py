"""The command line: the only package that prints, exits or knows click.

One module per command, imported only when it is called: `--help` and tab completion
read the table below and import none of them.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from pipelines.errors import PipelinesError

# name: (module under pipelines.cli, one line of help)
COMMANDS = {
    "create": ("create", "Write the templates and definitions of every environment, or of some."),
    "check": ("check", "Find everything that can be known to be wrong before deploying."),
    "config": ("config", "Print an environment's resolved configuration, with sources."),
    "data": ("data", "Fetch a dataset, and upload it to where an environment reads it."),
    "deploy": ("deploy", "Create, check, upload and deploy an environment (what deploy.sh calls)."),
    "run": ("run", "Start an execution, follow it, and exit 0 only on success."),
    "invoke": ("invoke", "Send rows to an environment's endpoint, and print its predictions."),
    "list": ("list_executions", "List the executions of a pipeline, newest first."),
    "why": ("why", "Say why an execution did not succeed, and what to do."),
    "redrive": ("redrive", "Let an execution go on at what failed, and follow it."),
    "stop": ("stop", "End an execution, and what it runs."),
    "approve": ("approve", "Approve the model that an execution waits with."),
    "reject": ("approve", "Reject the model that an execution waits with."),
    "lineage": ("lineage", "Show what made a model, and what data or a commit have made."),
    "reproduce": ("reproduce", "Make a model again, and say whether the bytes agree."),
    "reuse": ("reuse", "Show what an execution took over from earlier ones, and why."),
    "local": ("local", "Start, stop, reset or look at the local engine."),
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pipelines.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    help="The project's root.  [default: the nearest folder upwards with config/base.yaml]",
)
@click.pass_context
def cli(ctx: click.Context, project: Path | None) -> None:
    """Create, deploy and run machine learning pipelines on AWS Step Functions, or on this machine.

    \b
    Example:
        python -m pipelines create training
        ./deploy.sh dev my-bucket
        python -m pipelines run training dev
    """
    ctx.obj = project


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the work failed, 2 the input is wrong."""
    try:
        status: Any = cli.main(arguments, prog_name="python -m pipelines", standalone_mode=False)
        if sys.stdout is not None:  # what cannot be written is said here, not by Python as it ends
            sys.stdout.flush()
    except click.exceptions.Exit as exit:
        status = exit.exit_code
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        status = 130
    except PipelinesError as error:
        click.echo(f"Error: {error}", err=True)
        if error.hint:
            click.echo(error.hint, err=True)
        status = error.exit_status
    except ModuleNotFoundError as error:
        status = _missing(error)
    except BrokenPipeError:
        # The reader of our output has gone (`… | head`); nothing is left to be said to it.
        _drop_output()
        status = 1
    except OSError as error:
        status = _no_room(error) if error.errno == errno.ENOSPC else _crashed(error)
    except Exception as error:
        status = _crashed(error)
    sys.exit(status if isinstance(status, int) else 0)


def _missing(error: ModuleNotFoundError) -> int:
    """A package of one of the extras is not installed; a module of our own is a bug."""
    package = (error.name or "").split(".")[0]
    if package in {"", "pipelines", "jobs", "preprocessing"}:
        return _crashed(error)
    click.echo(
        f"Error: this command needs the package {package}, which is not installed.", err=True
    )
    click.echo(
        "Install what it needs, in the project's folder: pip install '.[create]' (to create, check "
        "and deploy) or '.[local]' (the local engine too)",
        err=True,
    )
    return 2


def _no_room(error: OSError) -> int:
    """A disk is full: the one that a file of ours lies on, or that our output goes to."""
    where = f" ({error.filename})" if error.filename else ""
    click.echo(f"Error: {error.strerror}{where}", err=True)
    if not error.filename:
        _drop_output()
    return 1


def _drop_output() -> None:
    """What is still to be written goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _crashed(error: Exception) -> int:
    with tempfile.NamedTemporaryFile(
        "w", prefix="pipelines-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exc(file=log)
    click.echo(f"Error: this is a bug ({type(error).__name__}: {error}); see {log.name}", err=True)
    return 1
