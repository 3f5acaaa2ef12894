"""`run` says that it waits for a person, once, when the question can be answered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.cli.run_question import Questions
from pipelines.execution.view import Job, View, view_of
from tests.execution.fakes import Script


class Shown:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.views: list[View] = []
        self.said: list[str] = []

    def show(self, view: View, job: Job | None, lines: Sequence[str]) -> None:
        self.views.append(view)

    def say(self, line: str) -> None:
        self.said.append(line)


class Asking(Script):
    """A script of Tasks that hand their token out."""

    def ask(self, call: str = "putItem") -> None:
        of = {"resourceType": "aws-sdk:dynamodb", "resource": f"{call}.waitForTaskToken"}
        self._add("TaskScheduled", taskScheduledEventDetails={**of, "parameters": "{}"})
        self._add("TaskStarted", taskStartedEventDetails=of)

    def asked(self, call: str = "putItem") -> None:
        of = {"resourceType": "aws-sdk:dynamodb", "resource": f"{call}.waitForTaskToken"}
        self._add("TaskSubmitted", taskSubmittedEventDetails={**of, "output": "{}"})


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def questions(shown: Shown) -> Questions:
    return Questions(shown, "monday", "prod")


def test_it_says_which_commands_answer(shown: Shown, questions: Questions) -> None:
    script = Asking()
    script.enter("Ask")
    script.ask()
    script.asked()

    questions.show(view_of(script.events), None, [])

    assert shown.said == [
        "monday waits for a person to approve its model:",
        '  python -m pipelines approve monday prod --reason "…"',
        '  python -m pipelines reject monday prod --reason "…"',
    ]
    assert len(shown.views) == 1


def test_it_says_so_once(shown: Shown, questions: Questions) -> None:
    script = Asking()
    script.enter("Ask")
    script.ask()
    script.asked()

    for _ in range(3):
        questions.show(view_of(script.events), None, [])

    assert len(shown.said) == 3


def test_before_the_question_lies_there_nobody_is_sent_to_answer_it(
    shown: Shown, questions: Questions
) -> None:
    script = Asking()
    script.enter("Ask")
    script.ask()

    questions.show(view_of(script.events), None, [])

    assert shown.said == []


def test_a_question_that_has_been_answered_is_not_asked_again(
    shown: Shown, questions: Questions
) -> None:
    script = Asking()
    script.enter("Ask")
    script.ask()
    script.asked()
    script.succeed_task()
    script.exit("Ask")

    questions.show(view_of(script.events), None, [])

    assert shown.said == []


def test_a_question_that_is_put_again_is_told_of_again(shown: Shown, questions: Questions) -> None:
    script = Asking()
    for _ in range(2):
        script.enter("Ask")
        script.ask()
        script.asked()
        questions.show(view_of(script.events), None, [])
        script.succeed_task()
        script.exit("Ask")

    assert len(shown.said) == 6


def test_another_token_is_no_question_to_a_person(shown: Shown, questions: Questions) -> None:
    script = Asking()
    script.enter("Wait for a robot")
    script.ask("sendMessage")
    script.asked("sendMessage")

    questions.show(view_of(script.events), None, [])

    assert shown.said == []
