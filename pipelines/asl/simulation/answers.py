"""What a fake task answers: a value, an error, a function, and what lets time pass before it.

An answer is
    any JSON value                what the task results in
    an exception                  TaskFailed: the task fails; any other: the test itself is broken
    a function of the request     what it returns is the answer; `async def` may wait
    a function of (request, call) the same, for whoever needs the attempt, the token, heartbeats
    in_turn(first, second, …)     one after the other, call by call
    after(seconds, answer)        the answer, later
    never()                       none at all: until a timeout, or the execution's end
    submitted(response, answer)   of `.sync` and `.waitForTaskToken`: what the service says first
Answers to a `.waitForTaskToken` task or an activity are what comes for its token: a value is
SendTaskSuccess, TaskFailed is SendTaskFailure.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter import TaskFailed
from pipelines.asl.json_text import dumps
from pipelines.asl.simulation.calls import Call
from pipelines.asl.simulation.errors import AnswerWrong

FOREVER_S = 10 * 365 * 86_400.0
"""Longer than any execution: its own quota is a year."""


@dataclass(frozen=True, eq=False)
class InTurn:
    """The first call gets the first answer, and so on; the last one may stay."""

    answers: tuple[Any, ...]
    repeat_last: bool


@dataclass(frozen=True)
class After:
    """An answer that comes later; until then a heartbeat every so many seconds, if it says so."""

    seconds: float
    answer: Any
    heartbeat_every_s: float | None


@dataclass(frozen=True)
class Submitted:
    """What the service answers when it is asked to start, and then the answer."""

    response: Any
    answer: Any


def in_turn(*answers: Any, repeat_last: bool = False) -> InTurn:
    """Answer one call after the other; when there are no more, that is an error of the test.

    >>> in_turn(TaskFailed("Busy"), {"Ok": True}).repeat_last
    False
    """
    if not answers:
        raise AnswerWrong("in_turn() needs an answer")
    return InTurn(answers, repeat_last)


def after(seconds: float, answer: Any, *, heartbeat_every_s: float | None = None) -> After:
    """Answer after so many seconds of the execution's time.

    >>> after(7 * 86_400, {"approved": True}).seconds
    604800
    """
    if not isinstance(seconds, int | float) or seconds < 0:
        raise AnswerWrong(f"after() takes seconds, which are a number from 0 on, not {seconds!r}")
    return After(seconds, answer, heartbeat_every_s)


def never(*, heartbeat_every_s: float | None = None) -> After:
    """Never answer: the state's timeout, or the execution's, ends the wait."""
    return After(FOREVER_S, None, heartbeat_every_s)


def submitted(response: Any, answer: Any) -> Submitted:
    """Say what the service's own response is (TaskSubmitted's output), and the answer to come."""
    return Submitted(response, answer)


class Answers:
    """Gives answers to calls, and knows how many each `in_turn` has given."""

    def __init__(self) -> None:
        self._given: dict[InTurn, int] = {}

    async def give(self, answer: Any, call: Call) -> Any:
        """The result that an answer comes to, a JSON value of its own.

        Raises:
            TaskFailed: the task fails.
            AnswerWrong: there is no answer left, or it is no JSON.
        """
        while True:
            if isinstance(answer, Submitted):
                answer = answer.answer
            elif isinstance(answer, InTurn):
                answer = self._next(answer, call)
            elif isinstance(answer, After):
                await _pass_time(answer, call)
                answer = answer.answer
            elif isinstance(answer, StateError):
                raise TaskFailed(answer.error, answer.cause)
            elif isinstance(answer, BaseException):
                raise answer
            elif isinstance(answer, type) and issubclass(answer, BaseException):
                raise AnswerWrong(
                    f"the answer for the state {call.state!r} is the class {answer.__name__};"
                    " give an error of it: TaskFailed(error, cause)"
                )
            elif callable(answer):
                answer = _call(answer, call)
                if inspect.isawaitable(answer):
                    answer = await answer
            else:
                return _json_copy(answer, call)

    def _next(self, answer: InTurn, call: Call) -> Any:
        number = self._given.get(answer, 0)
        self._given[answer] = number + 1
        if number < len(answer.answers):
            return answer.answers[number]
        if answer.repeat_last:
            return answer.answers[-1]
        raise AnswerWrong(
            f"the state {call.state!r} calls {call.resource}: this is call {number + 1}, and"
            f" in_turn() has {len(answer.answers)} answer{'s' * (len(answer.answers) != 1)}"
        )


async def _pass_time(answer: After, call: Call) -> None:
    left = answer.seconds
    every = answer.heartbeat_every_s
    while every is not None and left > every:
        await call.sleep(every)
        call.heartbeat()
        left -= every
    await call.sleep(left)


def _call(function: Callable[..., Any], call: Call) -> Any:
    """The function's answer: it takes the request, or the request and the call."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # a built-in without a signature, like dict
        return function(call.request)
    parameters = signature.parameters.values()
    takes = [each for each in parameters if each.default is each.empty]
    both = len(takes) >= 2 or any(each.kind is each.VAR_POSITIONAL for each in parameters)
    given = (call.request, call) if both else (call.request,)
    try:
        signature.bind(*given)
    except TypeError:
        raise AnswerWrong(
            f"the answer for the state {call.state!r} is a function {signature}; it has to take"
            " the request, or the request and the call"
        ) from None
    return function(*given)


def _json_copy(value: Any, call: Call) -> Any:
    try:
        return json.loads(dumps(value))
    except (TypeError, ValueError) as error:
        raise AnswerWrong(f"the answer for the state {call.state!r} is no JSON: {error}") from None
