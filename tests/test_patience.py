"""A call is repeated as long as it may still succeed, with pauses that grow and an end."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.aws import AwsError, Connection
from pipelines.clock import JumpingClock
from pipelines.patience import Patience

AWAY = AwsError("AWS does not answer.", transient=True)


class Calling:
    """An operation that fails `times` times, and a clock that shows when it was called."""

    def __init__(self, times: int, error: AwsError = AWAY, *, local: bool = False) -> None:
        self.clock = JumpingClock()
        self.called_at: list[float] = []
        self.said: list[str] = []
        self._left = times
        self._error = error
        url = "http://127.0.0.1:9" if local else None
        connection = Connection("eu-west-1", lambda service: service, endpoint_url=url)
        self._patience = Patience(connection, self.clock, self.said.append)

    def __call__(self) -> Any:
        return self._patience.call(self._operation, word="answer")

    def _operation(self, word: str) -> str:
        self.called_at.append(self.clock.now())
        if self._left:
            self._left -= 1
            raise self._error
        return word


def test_an_answer_is_passed_on() -> None:
    calling = Calling(0)

    assert calling() == "answer"
    assert calling.said == []


def test_pauses_double_up_to_a_bound_and_each_is_said() -> None:
    calling = Calling(7)

    assert calling() == "answer"
    assert calling.called_at == [0, 1, 3, 7, 15, 31, 51, 71]
    assert calling.said[0] == "AWS does not answer. Trying again in 1 s …"
    assert len(calling.said) == 7


@pytest.mark.parametrize(("local", "limit_s"), [(False, 600), (True, 5)])
def test_a_network_comes_back_but_an_engine_that_is_gone_does_not(
    local: bool, limit_s: float
) -> None:
    calling = Calling(10_000, local=local)

    with pytest.raises(AwsError, match="does not answer"):
        calling()

    assert limit_s <= calling.clock.now() < limit_s + 20


def test_an_error_that_will_not_pass_is_not_repeated() -> None:
    calling = Calling(1, AwsError("AWS refused it.", code="AccessDenied"))

    with pytest.raises(AwsError, match="refused"):
        calling()

    assert calling.called_at == [0]
