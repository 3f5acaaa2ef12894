"""The task of a state that is tested: called for real, or mocked; and called once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.integrations import Integration, integration, start_problems
from pipelines.asl.interpreter import MISSING, TaskCall, TaskFailed, Tasks, TaskTokens
from pipelines.asl.model import State
from pipelines.engine.executions.requests import invalid

_MODES = ("STRICT", "PRESENT", "NONE")


class Observed:
    """Runs a task once, and remembers; asked again, it answers the same.

    Attributes:
        call: The first call; None: there was none.
        result: What came of it; MISSING: an error, or nothing yet.
    """

    start_problems = staticmethod(start_problems)

    def __init__(self, tasks: Tasks, mock: Any | StateError | None) -> None:
        """Args:
        mock: What the task results in, or its error; None: it is called.
        """
        self.callbacks = TaskTokens()
        self.call: TaskCall | None = None
        self.result: Any = MISSING
        self._tasks = tasks
        self._error: StateError | None = None
        if isinstance(mock, StateError):
            self._error = mock
        elif mock is not None:
            self.result = mock.value

    def supports(self, resource: str) -> str | None:
        return None

    async def run(self, call: TaskCall) -> Any:
        """The result of the first run."""
        if self.call is None:
            self.call = call
        if self.result is MISSING and self._error is None:
            try:
                self.result = await self._tasks.run(call)
            except StateError as error:
                self._error = error
        if call.token is not None:
            self._answer(call.token)
            return None
        if self._error is not None:
            raise self._error
        return self.result

    def _answer(self, token: str) -> None:
        if self._error is not None:
            self.callbacks.fail(token, self._error.error, self._error.cause)
        else:
            self.callbacks.succeed(token, self.result)


class Mocked:
    """A mocked result, which may be null."""

    def __init__(self, value: Any) -> None:
        self.value = value


def mock_of(mock: Mapping[str, Any], state: State) -> Mocked | StateError:
    """What a request's mock stands for.

    Raises:
        ServiceError: ValidationException.
    """
    mode = mock.get("fieldValidationMode", "STRICT")
    if mode not in _MODES:
        raise invalid(f"There is no fieldValidationMode {mode!r}.")
    if ("result" in mock) == ("errorOutput" in mock):
        raise invalid("A mock has either a result or an errorOutput.")
    if "errorOutput" in mock:
        told = mock["errorOutput"]
        if "error" not in told:
            raise invalid("mock.errorOutput has no error.")
        return TaskFailed(told["error"], told.get("cause", ""))
    try:
        result = json.loads(mock["result"])
    except (ValueError, TypeError, RecursionError) as error:
        raise invalid(f"mock.result is not JSON: {error}") from None
    if state.type == "Task" and mode != "NONE":
        _require_like_answer(result, str(state.fields["Resource"]), strict=mode == "STRICT")
    return Mocked(result)


def _require_like_answer(result: Any, resource: str, *, strict: bool) -> None:
    """Hold a mocked result to what the service answers.

    Raises:
        ServiceError: ValidationException.
    """
    called = integration(resource)
    if not isinstance(called, Integration):
        return
    from jsonschema import Draft202012Validator

    schema = called.result_type if strict else _without_required(called.result_type)
    problems = [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(result)
    ]
    if problems:
        raise invalid(f"The mocked result does not fit {resource}: {'; '.join(problems)}")


def _without_required(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        return {key: _without_required(each) for key, each in schema.items() if key != "required"}
    return [_without_required(each) for each in schema] if isinstance(schema, list) else schema
