"""That an execution waits for a person: said once, with the commands that answer."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.execution.view import Job, State, View
from pipelines.execution.watch import Watcher

# The call of the state machine's that puts a question to people.
_ASKING = "putItem"


class Questions:
    """Shows what another watcher shows, and says when the execution begins to wait."""

    def __init__(self, watcher: Watcher, run: str, environment: str) -> None:
        self._watcher = watcher
        self._run = run
        self._environment = environment
        self._said = 0

    def show(self, view: View, job: Job | None, lines: Sequence[str]) -> None:
        """As the other watcher; each question is told of when it is first seen open."""
        self._watcher.show(view, job, lines)
        asked = _asked(view)
        if len(asked) > self._said and waits(view):
            for line in waiting_lines(self._run, self._environment):
                self._watcher.say(line)
        self._said = len(asked)

    def say(self, line: str) -> None:
        self._watcher.say(line)


def waits(view: View) -> bool:
    """Whether the execution waits for a person's answer."""
    asked = _asked(view)
    return view.is_running and bool(asked) and asked[-1].status == "running"


def _asked(view: View) -> list[State]:
    return [state for state in view.states if state.hands_out == _ASKING]


def waiting_lines(run: str, environment: str) -> list[str]:
    """What to do about an execution that waits.

    >>> print(*waiting_lines("monday", "prod"), sep="\\n")
    monday waits for a person to approve its model:
      python -m pipelines approve monday prod --reason "…"
      python -m pipelines reject monday prod --reason "…"
    """
    return [
        f"{run} waits for a person to approve its model:",
        f'  python -m pipelines approve {run} {environment} --reason "…"',
        f'  python -m pipelines reject {run} {environment} --reason "…"',
    ]
