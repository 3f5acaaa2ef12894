"""Two ways to show an execution while it runs: live on a terminal, line by line elsewhere.

Most states of a pipeline are over at once: a look-up, a choice. They are shown only if something
went wrong in them; `--json` has every state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pipelines.execution.view import Job, State, View

_SIGNS = {
    "succeeded": ("✓", "green"),
    "caught": ("!", "yellow"),
    "failed": ("✗", "red"),
    "timed out": ("✗", "red"),
    "aborted": ("■", "red"),
}
# Before the first line of a job's log, and between two, where nobody can scroll them away.
_LOG_EVERY_S = 5.0
# A state without a job that is over sooner is nobody's concern.
_SOON_S = 1.0


def is_telling(state: State) -> bool:
    """Whether a person wants to know of this state: it ran a job, took long, or failed."""
    if state.job is not None or state.error or state.status != "succeeded":
        return True
    return state.ended is not None and state.duration_s(state.ended) >= _SOON_S


class LiveWatcher:
    """A table that is redrawn: a row for each state, and the latest line of the job's log.

    While it is redrawn it has no more rows than the terminal, the latest ones: rich cuts off what
    is below. When the execution has ended all are there.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_over = False
        self._view = View("RUNNING")
        self._line = ""
        self._job: Job | None = None
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(
            console=console,
            get_renderable=self._render,
            refresh_per_second=8,
            redirect_stdout=False,
        )

    def __enter__(self) -> LiveWatcher:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over = True
        self._live.__exit__(kind, error, trace)

    def show(self, view: View, job: Job | None, lines: Sequence[str]) -> None:
        if job != self._job:
            self._job, self._line = job, ""
        self._line = lines[-1] if lines else self._line
        self._view = view

    def say(self, line: str) -> None:
        self._live.console.print(Text(line, style="yellow"))

    def _render(self) -> RenderableType:
        now = datetime.now(UTC)
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        states = [state for state in self._view.states if is_telling(state)]
        # A row for what is left out, and one for the spinner.
        room = max(1, self._console.height - 2)
        hidden = 0 if self._is_over else max(0, len(states) - room)
        if hidden:
            table.add_row("", Text(f"… {hidden} before", style="dim"), "", "")
        last = len(states) - 1
        for index, state in list(enumerate(states))[hidden:]:
            is_running = state.status == "running"
            sign: RenderableType = self._spinner
            if not is_running:
                symbol, style = _SIGNS[state.status]
                sign = Text(symbol, style=style)
            table.add_row(
                sign,
                Text(state.name, style="" if state.attempts else "dim"),
                Text(f"{state.duration_s(now):.1f} s", style="" if state.attempts else "dim"),
                Text(self._beside(state, index == last), style="dim"),
            )
        if self._view.is_running and (not states or states[-1].ended):
            table.add_row(self._spinner, "", "", "")
        return Group(table)

    def _beside(self, state: State, is_last: bool) -> str:
        retries = f"attempt {state.attempts}  " if state.attempts > 1 else ""
        return retries + (self._line if is_last and state.status == "running" else "")


class LineWatcher:
    """A line when a state begins or ends, and now and then the latest line of the job's log."""

    def __init__(self, console: Console, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._monotonic = monotonic
        self._shown: list[State] = []
        # By index: when a state was first seen, until it has been told of.
        self._unsaid: dict[int, float] = {}
        self._job: Job | None = None
        self._log_at = 0.0

    def __enter__(self) -> LineWatcher:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to put back."""

    def show(self, view: View, job: Job | None, lines: Sequence[str]) -> None:
        for index, state in enumerate(view.states):
            before = self._shown[index] if index < len(self._shown) else None
            if before is None:
                self._unsaid[index] = self._monotonic()
            if state != before or index in self._unsaid:
                self._show_state(index, before, state)
        self._shown = list(view.states)
        if job != self._job:
            self._job, self._log_at = job, self._monotonic()
        if lines and view.is_running and self._monotonic() - self._log_at >= _LOG_EVERY_S:
            self._log_at = self._monotonic()
            self._print(datetime.now(UTC), f"{view.states[-1].name} | {lines[-1]}")

    def say(self, line: str) -> None:
        self._print(datetime.now(UTC), line)

    def _show_state(self, index: int, before: State | None, state: State) -> None:
        job = f", job {state.job.name}" if state.job else ""
        if index in self._unsaid:
            lasts = self._monotonic() - self._unsaid[index] >= _SOON_S
            if state.ended is None and not (state.job or state.error or lasts):
                return
            del self._unsaid[index]
            # One that is over when it is first told of has the line of its end only.
            if state.ended is None or state.job is not None:
                self._print(state.entered, f"{state.name} started{job}")
            elif not is_telling(state):
                return
        elif before is not None and state.attempts > before.attempts > 0 and state.ended is None:
            self._print(datetime.now(UTC), f"{state.name} attempt {state.attempts}{job}")
        if state.ended is not None:
            error = f": {state.error}" if state.error else ""
            took = f"after {state.duration_s(state.ended):.1f} s"
            self._print(state.ended, f"{state.name} {state.status} {took}{error}")
        elif state.error and not (before and before.error):
            self._print(datetime.now(UTC), f"{state.name} attempt {state.attempts}: {state.error}")

    def _print(self, at: datetime, line: str) -> None:
        text = f"{at.astimezone():%H:%M:%S}  {line}"
        self._console.print(Text(text), soft_wrap=True)
