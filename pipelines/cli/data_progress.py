"""How far a fetch or an upload is: a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pipelines.data.progress import Advance, Progress

_EVERY_S = 10.0  # a plain line at most this often, so that a log shows that something goes on


def data_progress() -> Progress:
    """What fits standard error."""
    return Bars() if sys.stderr.isatty() else Lines()


class Lines:
    """A line when work begins, now and then while it goes on, and when it is done."""

    def say(self, line: str) -> None:
        click.echo(line, err=True)

    @contextmanager
    def bytes(self, what: str, total: int) -> Iterator[Advance]:
        begun = shown = time.monotonic()
        done = 0
        self.say(f"{what}, {_size(total)} …")

        def advance(count: int) -> None:
            nonlocal done, shown
            done += count
            if time.monotonic() - shown > _EVERY_S:
                shown = time.monotonic()
                self.say(f"{what}: {done / max(total, 1):.0%}")

        yield advance
        self.say(f"{what}: done in {time.monotonic() - begun:.1f} s")


class Bars:
    """A bar with speed and remaining time, by rich."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)

    def say(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False)

    @contextmanager
    def bytes(self, what: str, total: int) -> Iterator[Advance]:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Progress(*columns, console=self._console) as bars:
            task = bars.add_task(what, total=total)
            # upload_file calls from several threads, which rich's own lock allows.
            yield lambda count: bars.advance(task, count)


def _size(count: int) -> str:
    """
    >>> _size(9_013_851), _size(41_300), _size(700)
    ('9.0 MB', '41 kB', '700 bytes')
    """
    if count >= 1_000_000:
        return f"{count / 1e6:.1f} MB"
    return f"{count // 1000} kB" if count >= 1000 else f"{count} bytes"
