"""What a fake task may answer."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.asl.simulation import (
    AnswerWrong,
    Call,
    TaskFailed,
    after,
    in_turn,
    never,
    simulate,
    submitted,
)
from tests.asl.simulation.machines import ASK, CREATE_JOB, RETRY, machine, task

ONE_TASK = machine(Work=task(Retry=[RETRY]))
ONE_QUESTION = machine(Ask=task(ASK))


def types(run):
    return [event["type"] for event in run.history]


@pytest.mark.parametrize("value", [{"a": [1, None]}, [1, 2], "text", 0, False, None], ids=repr)
def test_a_value_is_the_result(value):
    assert simulate(ONE_TASK, tasks={"Work": value}).output == value


def test_a_function_of_the_request_answers():
    run = simulate(ONE_TASK, tasks={"Work": lambda request: request["FunctionName"].upper()})

    assert run.output == "SCORE"


def test_a_function_may_want_to_know_the_call():
    def answer(request, call: Call):
        return TaskFailed("Busy") if call.attempt < 3 else {"attempt": call.attempt}

    assert simulate(ONE_TASK, tasks={"Work": answer}).output == {"attempt": 3}


def test_an_async_function_may_let_time_pass():
    async def answer(request, call: Call):
        await call.sleep(600)
        return "done"

    run = simulate(ONE_TASK, tasks={"Work": answer})

    assert (run.output, run.seconds) == ("done", 600.0)


def test_asyncio_itself_goes_by_the_executions_time():
    async def answer(request):
        await asyncio.sleep(600)
        return "done"

    assert simulate(ONE_TASK, tasks={"Work": answer}).seconds == 600.0


def test_answers_come_in_turn():
    run = simulate(ONE_TASK, tasks={"Work": in_turn(TaskFailed("Busy"), TaskFailed("Busy"), 7)})

    assert (run.output, len(run.calls)) == (7, 3)


def test_a_call_too_many_is_an_error_of_the_test():
    with pytest.raises(AnswerWrong, match=r"'Work' calls .*: this is call 2, and .* 1 answer$"):
        simulate(ONE_TASK, tasks={"Work": in_turn(TaskFailed("Busy"))})


def test_the_last_answer_can_stay():
    run = simulate(ONE_TASK, tasks={"Work": in_turn(TaskFailed("Busy"), repeat_last=True)})

    assert (run.error, len(run.calls)) == ("Busy", 4)


def test_two_simulations_do_not_share_their_turns():
    answers = {"Work": in_turn(1, 2)}

    assert [simulate(ONE_TASK, tasks=answers).output for _ in range(2)] == [1, 1]


def test_an_answer_can_be_late_and_time_out():
    run = simulate(machine(Work=task()), tasks={"Work": after(3601, "late")})

    assert (run.error, run.seconds, run.calls[0].ended) == ("States.Timeout", 3600.0, None)


def test_a_bug_in_a_fake_is_not_taken_for_a_failed_task():
    def answer(request):
        return request["typo"]

    with pytest.raises(KeyError, match="typo"):
        simulate(ONE_TASK, tasks={"Work": answer})
    with pytest.raises(KeyError, match="typo"):
        simulate(ONE_QUESTION, tasks={"Ask": answer})


def test_what_is_no_json_is_refused_with_the_state():
    with pytest.raises(AnswerWrong, match="the answer for the state 'Work' is no JSON"):
        simulate(ONE_TASK, tasks={"Work": {"when": object()}})


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda: 1, r"a function \(\); it has to take the request"),
        (lambda request, call, more: 1, "it has to take the request, or the request and the call"),
        (TaskFailed, "is the class TaskFailed"),
    ],
)
def test_what_cannot_answer_is_refused_with_the_state(answer, problem):
    with pytest.raises(AnswerWrong, match=f"'Work' .*{problem}"):
        simulate(machine(Work=task()), tasks={"Work": answer})


@pytest.mark.parametrize("seconds", [-1, "5"])
def test_an_answer_cannot_come_before_its_question(seconds):
    with pytest.raises(AnswerWrong, match="seconds"):
        after(seconds, 1)


def test_a_job_is_submitted_before_it_ends():
    run = simulate(
        machine(Work=task(CREATE_JOB)),
        tasks={"Work": submitted({"ProcessingJobArn": "arn"}, after(60, {"Ok": True}))},
    )

    submission = next(event for event in run.history if event["type"] == "TaskSubmitted")
    assert submission["taskSubmittedEventDetails"]["output"] == '{"ProcessingJobArn":"arn"}'
    assert (run.output, run.seconds) == ({"Ok": True}, 60.0)


def test_what_comes_for_a_token_comes_after_the_message_was_sent():
    run = simulate(ONE_QUESTION, tasks={"Ask": after(1800, {"approved": True})})

    assert types(run)[1:6] == [
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert (run.output, run.seconds) == ({"approved": True}, 1800.0)
    assert run.request_of("Ask")["MessageBody"]["Token"] == run.calls[0].token


def test_whoever_has_the_token_can_refuse():
    run = simulate(ONE_QUESTION, tasks={"Ask": after(60, TaskFailed("Rejected", "too dear"))})

    assert (run.error, run.cause) == ("Rejected", "too dear")
    assert "TaskSubmitted" in types(run)


def test_nobody_may_ever_answer():
    run = simulate(ONE_QUESTION, tasks={"Ask": never()})

    assert (run.error, run.seconds) == ("States.Timeout", 3600.0)


def test_heartbeats_keep_a_task_alive():
    patient = machine(Ask=task(ASK, HeartbeatSeconds=60))

    alive = simulate(patient, tasks={"Ask": after(600, "yes", heartbeat_every_s=50)})
    silent = simulate(patient, tasks={"Ask": after(600, "yes")})

    assert alive.output == "yes"
    assert (silent.error, silent.seconds) == ("States.Timeout", 60.0)


def test_an_answer_that_comes_too_late_is_nobodys_business():
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Later"}]
    definition = machine(Ask=task(ASK, Catch=catch), Later={"Type": "Wait", "Seconds": 7200})

    run = simulate(definition, tasks={"Ask": after(5000, "yes")})

    assert (run.status, run.seconds) == ("SUCCEEDED", 3600.0 + 7200.0)


def test_a_person_can_be_an_async_function():
    async def person(request, call: Call):
        for _ in range(10):
            await call.sleep(50)
            call.heartbeat()
        return request["MessageBody"]["Token"] == call.token

    run = simulate(machine(Ask=task(ASK, HeartbeatSeconds=60)), tasks={"Ask": person})

    assert (run.output, run.seconds) == (True, 500.0)


ANSWER = task(
    "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
    Parameters={"TaskToken.$": "$.Token", "Output": {"Ok": True}},
)


def test_one_branch_can_answer_for_the_token_of_another():
    """SendTaskSuccess and the like need no fake: the simulation has the tokens."""
    tokens = []

    def asked(request):
        tokens.append(request["MessageBody"]["Token"])
        return never()

    def hear(request):
        return {"Token": tokens[0]}

    asking = machine(Ask=task(ASK))
    answering = machine(Hear=task(), Answer=ANSWER)
    both = machine(Both={"Type": "Parallel", "Branches": [asking, answering]})

    run = simulate(both, tasks={"Ask": asked, "Hear": after(60, hear)}, check=False)

    assert run.output == [{"Ok": True}, {}]
    assert run.seconds == 60.0


def test_a_token_that_nobody_waits_for_is_refused_as_the_api_does():
    assert simulate(machine(Answer=ANSWER), {"Token": "x"}).error == "Sfn.InvalidTokenException"
