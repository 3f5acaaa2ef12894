"""A deployment in lines on standard error; on a terminal, what is under way stands below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.status import Status
from rich.text import Text

if TYPE_CHECKING:
    from pipelines.deployment.events import StackEvent
    from pipelines.deployment.plan import Plan

_ACTIONS = {"Add": "green", "Modify": "yellow", "Remove": "red"}


class DeployProgress:
    """Prints what a deployment says, the moment it is said."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self._status: Status | None = None
        self._under_way: list[str] = []
        self._stack = ""

    def __enter__(self) -> DeployProgress:
        return self

    def __exit__(self, *_: object) -> None:
        """Give the terminal its cursor back, however the deployment ended."""
        if self._status is not None:
            self._status.stop()

    def say(self, line: str) -> None:
        self._console.print(Text(line))

    def plan(self, plan: Plan) -> None:
        self._stack = plan.stack
        head, *lines = str(plan).splitlines()
        self._console.print(Text(head, style="bold"))
        for line in lines:
            action = line.split(maxsplit=1)[0]
            self._console.print(Text(line, style=_ACTIONS.get(action, "")))

    def event(self, event: StackEvent, duration_s: float | None) -> None:
        if duration_s is None:
            self._begin(event)
            return
        self._end(event)
        if event.is_stack:
            line = Text(f"  {event.status} after {duration_s:.1f} s")
        else:
            line = Text(f"  {event.status:<16} {event.resource}  {duration_s:.1f} s")
        if "FAILED" in event.status or "ROLLBACK" in event.status:
            line.stylize("red")
            line.append(f"  {event.reason}" if event.reason else "")
        self._console.print(line)

    def what_goes_on(self) -> str:
        """What AWS keeps doing when nobody watches any more."""
        if not self._under_way:
            return "No stack was being changed at this moment."
        return f"CloudFormation goes on with stack {self._stack}."

    def _begin(self, event: StackEvent) -> None:
        if event.resource not in self._under_way:
            self._under_way.append(event.resource)
        self._show()

    def _end(self, event: StackEvent) -> None:
        if event.resource in self._under_way:
            self._under_way.remove(event.resource)
        self._show()

    def _show(self) -> None:
        if not self._console.is_terminal:
            return
        resources = [name for name in self._under_way if name != self._stack]
        if self._status is not None and not self._under_way:
            self._status.stop()
            self._status = None
        elif self._status is None and self._under_way:
            self._status = self._console.status(", ".join(resources) or self._stack)
            self._status.start()
        elif self._status is not None:
            self._status.update(", ".join(resources) or self._stack)
