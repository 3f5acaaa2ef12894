"""Task tokens that outlive the engine: an answer is on disk before it is acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from pipelines.asl.interpreter.callbacks import (
    Answer,
    Callback,
    NoSuchToken,
    TaskTokens,
    scheduled_by,
)
from pipelines.engine.executions.files import ExecutionFiles


class DurableTokens(TaskTokens):
    """The tokens that executions wait for, and those that they will wait for again.

    An execution that goes on after an interruption opens its tokens anew; what is sent for one
    before that is kept, and so is what was sent just before the interruption.
    """

    def __init__(self, files_of: Callable[[str], ExecutionFiles]) -> None:
        """Args:
        files_of: Where an execution with this ARN keeps what is sent for its tokens.
        """
        super().__init__()
        self._files_of = files_of
        self._order = threading.RLock()
        self._expected: set[str] = set()
        self._kept: dict[str, Answer] = {}

    def expect(self, tokens: Iterable[str]) -> None:
        """These tokens will be opened soon, as they had been by an earlier engine."""
        with self._order:
            for token in tokens:
                self._expected.add(token)
                execution, _ = scheduled_by(token)
                for kept in self._files_of(execution).read_answers():
                    if kept["token"] == token and token not in self._kept:
                        self._kept[token] = Answer(**kept["answer"])

    def open(self, token: str) -> Callback:
        with self._order:
            callback = super().open(token)
            self._expected.discard(token)
            answer = self._kept.pop(token, None)
            if answer is not None:
                self._send(token, answer)
            return callback

    def succeed(self, token: str, output: Any) -> None:
        self._answer(token, Answer(output=output))

    def fail(self, token: str, error: str | None = None, cause: str | None = None) -> None:
        self._answer(token, Answer(error=error, cause=cause, failed=True))

    def heartbeat(self, token: str) -> None:
        with self._order:
            if token not in self._expected:
                super().heartbeat(token)

    def _answer(self, token: str, answer: Answer) -> None:
        with self._order:
            waiting = token in self.waiting()
            if not waiting and (token not in self._expected or token in self._kept):
                raise NoSuchToken(token)
            execution, _ = scheduled_by(token)
            self._files_of(execution).append_answer({"token": token, "answer": asdict(answer)})
            if waiting:
                self._send(token, answer)
            else:
                self._kept[token] = answer

    def _send(self, token: str, answer: Answer) -> None:
        if answer.failed:
            super().fail(token, answer.error, answer.cause)
        else:
            super().succeed(token, answer.output)
