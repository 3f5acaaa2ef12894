"""How every job ends: with an exit status, and a reason that people see where they look first."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from preprocessing.errors import DataError

# SageMaker shows so many characters of a reason.
REASON = 1024
FULL = (errno.ENOSPC, errno.EDQUOT)
# What is the fault of a path that was given, and not of the machine.
WRONG_PATH = (
    errno.EACCES,
    errno.EEXIST,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EPERM,
    errno.EROFS,
)


class JobError(Exception):
    """The work failed; what was given may be right."""


def end(
    main: Callable[[], None],
    message_file: str = "message",
    leave: Callable[[int], object] = os._exit,
) -> None:
    """Run a job and exit: 0 done, 1 the work failed, 2 what it was given is wrong.

    Args:
        main: the job.
        message_file: where SageMaker reads the reason, in /opt/ml/output: `failure` of a training
            job, `message` of a processing job.
        leave: ends the process, with its status.  Unless told otherwise it skips what libraries
            clean up at the very end: Arrow's aborts now and then a process that has done all its
            work, when a thread of its pool begins just then (apache/arrow#34314).
    """
    try:
        main()
        status, reason = 0, ""
    except DataError as error:
        status, reason = 2, str(error)
    except JobError as error:
        status, reason = 1, str(error)
    except MemoryError:
        status, reason = 1, "out of memory; use an instance type with more of it"
    except Exception as error:
        if isinstance(error, OSError) and (error.errno in FULL or error.filename is not None):
            status, reason = _blame(error)
        else:
            # A bug of ours: the log keeps the traceback, the reason stays one line.
            traceback.print_exc()
            status, reason = 1, f"{type(error).__name__}: {error}"
    if status:
        reason = " ".join(reason.split())
        _leave(reason, message_file)
        sys.stdout.flush()
        sys.stderr.write(f"Error: {reason}\n")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # as it is if it was closed before the job began
            stream.flush()
    leave(status)


def make_folder(folder: Path) -> None:
    """Make a folder to write to, and those above it, unless it is there.

    Raises:
        DataError: it cannot be made where it was asked for.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in FULL:
            raise
        taken = error.errno in (errno.EEXIST, errno.ENOTDIR)
        reason = "a file is in its place" if taken else error.strerror
        raise DataError(f"{folder}: this folder cannot be made: {reason}") from error


def parser(name: str, description: str | None, example: str = "") -> argparse.ArgumentParser:
    """A parser whose help keeps its line breaks and ends with an example."""
    return argparse.ArgumentParser(
        prog=f"python -m jobs.{name}",
        description=description,
        epilog=f"Example:\n  {example}" if example else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def subparser(parsers: Any, name: str, description: str, example: str) -> argparse.ArgumentParser:
    """The parser of one command of several."""
    added: argparse.ArgumentParser = parsers.add_parser(
        name,
        help=description,
        description=description,
        epilog=f"Example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return added


def log(line: str) -> None:
    """Say what is going on; container logs are followed, so nothing waits in a buffer."""
    print(line, flush=True)


def _blame(error: OSError) -> tuple[int, str]:
    """The status and the reason of an error with a file or a full disk."""
    where = "" if error.filename is None else f"{error.filename}: "
    if error.errno in FULL:
        return 1, f"{where}{error.strerror}; free some, or give the job a larger volume"
    return 2 if error.errno in WRONG_PATH else 1, f"{where}{error.strerror}"


def _leave(reason: str, message_file: str) -> None:
    folder = Path(os.environ.get("SM_OUTPUT_DIR", "/opt/ml/output"))
    if folder.is_dir():
        # Standard error has it as well.
        with contextlib.suppress(OSError):
            (folder / message_file).write_text(reason[:REASON], encoding="utf-8")
