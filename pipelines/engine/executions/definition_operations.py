"""ValidateStateMachineDefinition, answered by the checker, and TestState."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipelines.asl.checker import check
from pipelines.asl.interpreter import Tasks
from pipelines.asl.model import Place
from pipelines.engine.executions.one_state import run_one_state
from pipelines.engine.executions.requests import Request, invalid
from pipelines.engine.executions.runnable import why_not_runnable

MAX_DIAGNOSTICS = 100
NOT_JSON = "INVALID_JSON_DESCRIPTION"
NOT_RUN_HERE = "NOT_RUN_HERE"
"""The code of what AWS would take and this engine does not."""


class DefinitionOperations:
    """Looks into definitions that are no state machine yet."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self.operations: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            "TestState": lambda request: run_one_state(request, self._tasks),
            "ValidateStateMachineDefinition": self._validate,
        }

    def _validate(self, request: Request) -> dict[str, Any]:
        severity = request.get("severity", "ERROR")
        if severity not in ("ERROR", "WARNING"):
            raise invalid(f"There is no severity {severity!r}.")
        found = list(self._diagnostics(str(request.get("definition", "")), request))
        failed = any(each["severity"] == "ERROR" for each in found)
        shown = [each for each in found if severity == "WARNING" or each["severity"] == "ERROR"]
        most = min(request.get("maxResults") or MAX_DIAGNOSTICS, MAX_DIAGNOSTICS)
        return {
            "result": "FAIL" if failed else "OK",
            "diagnostics": shown[:most],
            "truncated": len(shown) > most,
        }

    def _diagnostics(self, text: str, request: Request) -> Iterator[dict[str, str]]:
        try:
            definition = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield {"severity": "ERROR", "code": NOT_JSON, "message": str(error)}
            return
        findings = check(definition, substitutions=())
        for finding in findings:
            yield {
                "severity": finding.severity.upper(),
                "code": finding.rule,
                "message": finding.message,
                "location": location(finding.place),
            }
        if all(finding.severity != "error" for finding in findings):
            for problem in why_not_runnable(
                definition, request.get("type", "STANDARD"), self._tasks
            ):
                yield {"severity": "ERROR", "code": NOT_RUN_HERE, "message": problem}


def location(place: Place) -> str:
    """A place as AWS's diagnostics have it.

    >>> location(("States", "Train", "Retry", 0, "ErrorEquals"))
    '/States/Train/Retry[0]/ErrorEquals'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f"/{step}" for step in place) or "/"
