"""Tasks of every kind: their events, tokens, heartbeats, credentials."""

import asyncio

import pytest

from pipelines.asl.interpreter import NoSuchToken, StopSignal, TaskFailed, TaskTokens
from pipelines.asl.interpreter.callbacks import Callback, task_token
from tests.asl.interpreter.executions import CONTEXT, START, execute, machine, task

LAMBDA = "arn:aws:lambda:eu-central-1:000000000000:function:work"
ACTIVITY = "arn:aws:states:eu-central-1:000000000000:activity:people"
SEND = "arn:aws:states:::sqs:sendMessage"
START_EXECUTION = "arn:aws:states:::states:startExecution.sync"
WHOLE = {"truncated": False}
ALL = {"ErrorEquals": ["States.ALL"]}


def details(execution, type):
    """What the events of a type tell; None: nothing at all."""
    name = f"{type[0].lower()}{type[1:]}EventDetails"
    return [event.get(name) for event in execution.events if event["type"] == type]


# Lambda functions by their ARNs


def test_a_lambda_function_has_events_of_its_own():
    state = task(Resource=LAMBDA, TimeoutSeconds=9, Credentials={"RoleArn.$": "$.role"})

    execution = execute(machine(Call=state), {"role": "arn:role"}, answers=[{"a": 1}])

    assert execution.types[2:5] == [
        *("LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded")
    ]
    assert details(execution, "LambdaFunctionScheduled") == [
        {
            "resource": LAMBDA,
            "input": '{"role":"arn:role"}',
            "inputDetails": WHOLE,
            "timeoutInSeconds": 9,
            "taskCredentials": {"roleArn": "arn:role"},
        }
    ]
    assert details(execution, "LambdaFunctionStarted") == [None]
    assert details(execution, "LambdaFunctionSucceeded") == [
        {"output": '{"a":1}', "outputDetails": WHOLE}
    ]
    assert execution.tasks.calls[0].credentials == {"RoleArn": "arn:role"}


def test_a_lambda_function_fails_with_what_it_says():
    execution = execute(machine(Call=task(Resource=LAMBDA)), answers=[TaskFailed("E", "{}")])

    assert details(execution, "LambdaFunctionFailed") == [{"error": "E", "cause": "{}"}]


def test_a_lambda_function_times_out():
    execution = execute(
        machine(Call=task(Resource=LAMBDA, TimeoutSeconds=5)), answers=[lambda call: call.sleep(9)]
    )

    assert details(execution, "LambdaFunctionTimedOut") == [{"error": "States.Timeout"}]
    assert execution.times("ExecutionFailed") == [5]


def test_a_result_beyond_the_quota_is_told_with_the_functions_arn():
    execution = execute(machine(Call=task(Resource=LAMBDA)), answers=["x" * 262_143])

    assert execution.outcome.error == "States.DataLimitExceeded"
    assert execution.outcome.cause.startswith(f"The state/task '{LAMBDA}' returned a result")


# Activities


def worker(*, takes_it_after=0, says=None, beats=()):
    """A worker who polls an activity, sends heartbeats, and then says how it went."""

    async def run(call):
        await call.sleep(takes_it_after)
        call.record("ActivityStarted", {"workerName": "Ann"})
        run.job = asyncio.ensure_future(work(call))

    async def work(call):
        for pause in beats:
            await call.sleep(pause)
            run.tokens.heartbeat(call.token)
        if says is not None:
            says(run.tokens, call.token)

    return run


def run_activity(run, **fields):
    tokens = run.tokens = TaskTokens()
    return execute(
        machine(Ask=task(Resource=ACTIVITY, **fields)), {"q": 1}, answers=[run], callbacks=tokens
    )


def test_an_activity_is_done_by_who_polls_it():
    execution = run_activity(
        worker(takes_it_after=60, says=lambda tokens, token: tokens.succeed(token, {"a": 2})),
        TimeoutSeconds=600,
        HeartbeatSeconds=30,
    )

    assert execution.types[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert details(execution, "ActivityScheduled") == [
        {
            "resource": ACTIVITY,
            "input": '{"q":1}',
            "inputDetails": WHOLE,
            "timeoutInSeconds": 600,
            "heartbeatInSeconds": 30,
        }
    ]
    assert details(execution, "ActivityStarted") == [{"workerName": "Ann"}]
    assert details(execution, "ActivitySucceeded") == [
        {"output": '{"a":2}', "outputDetails": WHOLE}
    ]
    assert execution.outcome.output == {"a": 2}


def test_a_worker_can_fail():
    execution = run_activity(
        worker(says=lambda tokens, token: tokens.fail(token, "Tired", "it is late"))
    )

    assert details(execution, "ActivityFailed") == [{"error": "Tired", "cause": "it is late"}]


def test_an_activity_that_nobody_polls_times_out():
    execution = run_activity(worker(takes_it_after=9999), TimeoutSeconds=60)

    assert execution.types[2:4] == ["ActivityScheduled", "ActivityTimedOut"]
    assert execution.times("ActivityTimedOut") == [60]


# Task tokens


def answering(after, answer):
    """A service that only takes the request; somebody answers for its token later."""

    async def run(call):
        async def later():
            await call.sleep(after)
            answer(run.tokens, call.token)

        run.job = asyncio.ensure_future(later())
        return {"MessageId": "m"}

    return run


def ask(run, **fields):
    run.tokens = TaskTokens()
    state = task(
        Resource=f"{SEND}.waitForTaskToken",
        Parameters={"MessageBody": {"token.$": "$$.Task.Token"}},
        **fields,
    )
    definition = machine(Ask=state, Done={"Type": "Succeed"})
    return execute(definition, answers=[run] * 3, callbacks=run.tokens)


def test_a_token_is_waited_for_after_the_request():
    execution = ask(answering(7 * 86_400, lambda tokens, token: tokens.succeed(token, [1])))

    assert execution.types[2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert details(execution, "TaskSubmitted") == [
        {
            "resourceType": "sqs",
            "resource": "sendMessage.waitForTaskToken",
            "output": '{"MessageId":"m"}',
            "outputDetails": WHOLE,
        }
    ]
    [call] = execution.tasks.calls
    assert call.parameters == {"MessageBody": {"token": call.token}}
    assert execution.outcome.output == [1]
    assert execution.times("TaskSucceeded") == [7 * 86_400]


def test_an_answer_may_come_before_the_response():
    async def run(call):
        run.tokens.succeed(call.token, "early")
        await call.sleep(1)
        return {}

    execution = ask(run)

    assert execution.types[4:6] == ["TaskSubmitted", "TaskSucceeded"]
    assert execution.outcome.output == "early"


def test_the_token_follows_from_the_history_and_each_attempt_has_its_own():
    execution = ask(
        answering(1, lambda tokens, token: tokens.fail(token, "E")),
        Retry=[{**ALL, "MaxAttempts": 1}],
    )

    scheduled = [event["id"] for event in execution.events if event["type"] == "TaskScheduled"]
    arn = CONTEXT["Execution"]["Id"]
    assert [call.token for call in execution.tasks.calls] == [
        task_token(arn, each) for each in scheduled
    ]
    assert len(scheduled) == 2


@pytest.mark.parametrize(
    ("given", "told", "output"),
    [
        (("E", "why"), {"error": "E", "cause": "why"}, {"Error": "E", "Cause": "why"}),
        ((), {}, {"Error": None, "Cause": None}),
    ],
)
def test_an_answer_may_be_a_failure(given, told, output):
    execution = ask(
        answering(1, lambda tokens, token: tokens.fail(token, *given)),
        Catch=[{**ALL, "Next": "Done"}],
    )

    [failed] = details(execution, "TaskFailed")
    assert failed == {
        "resourceType": "sqs",
        "resource": "sendMessage.waitForTaskToken",
        **told,
    }
    assert execution.outcome.output == output


def nothing(tokens, token):
    pass


@pytest.mark.parametrize("field", ["TimeoutSeconds", "HeartbeatSeconds"])
def test_without_an_answer_or_a_heartbeat_it_times_out(field):
    execution = ask(answering(0, nothing), **{field: 60})

    assert execution.times("TaskTimedOut") == [60]
    assert details(execution, "TaskTimedOut") == [
        {
            "error": "States.Timeout",
            "resourceType": "sqs",
            "resource": "sendMessage.waitForTaskToken",
        }
    ]
    assert execution.outcome.error == "States.Timeout"


@pytest.mark.parametrize("name", ["States.Timeout", "States.HeartbeatTimeout"])
def test_a_missing_heartbeat_can_be_caught_by_either_name(name):
    execution = ask(
        answering(0, nothing),
        HeartbeatSeconds=60,
        Catch=[{"ErrorEquals": [name], "Next": "Done"}],
    )

    assert execution.outcome.output == {"Error": "States.Timeout", "Cause": ""}


def test_a_timeout_is_no_missing_heartbeat():
    execution = ask(
        answering(0, nothing),
        TimeoutSeconds=60,
        Catch=[{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Done"}],
    )

    assert execution.outcome.error == "States.Timeout"


def test_heartbeats_keep_it_waiting():
    execution = run_activity(
        worker(beats=[50, 50, 50], says=lambda tokens, token: tokens.succeed(token, 1)),
        HeartbeatSeconds=60,
    )

    assert execution.outcome.output == 1
    assert execution.times("ActivitySucceeded") == [150]


def test_a_token_is_forgotten_when_its_task_has_ended():
    run = answering(5, nothing)
    execution = ask(run, TimeoutSeconds=1)

    assert run.tokens.waiting() == []
    with pytest.raises(NoSuchToken):
        run.tokens.succeed(execution.tasks.calls[0].token, 1)


def test_who_answers_a_jobs_token_ends_the_job():
    # As AWS recorded it: a token is there with .sync, too.
    ended = []

    async def job(call):
        job.tokens.succeed(call.context["Task"]["Token"], "from outside")
        try:
            await asyncio.Future()
        finally:
            ended.append(call.now() - START)

    job.tokens = TaskTokens()
    state = task(Resource=START_EXECUTION, Parameters={"Input": {"t.$": "$$.Task.Token"}})

    execution = execute(machine(Run=state), answers=[job], callbacks=job.tokens)

    assert execution.outcome.output == "from outside"
    assert ended == [0]


def test_a_task_without_a_pattern_has_no_token():
    state = task(Resource=SEND, Parameters={"t.$": "$$.Task.Token"})

    assert execute(machine(Ask=state)).outcome.error == "States.Runtime"


def test_the_token_is_gone_in_the_next_state():
    run = answering(0, lambda tokens, token: tokens.succeed(token, {}))
    run.tokens = TaskTokens()
    states = machine(
        Ask=task(Resource=f"{SEND}.waitForTaskToken", Next="See"),
        See={"Type": "Pass", "Parameters": {"t.$": "$$.Task.Token"}, "End": True},
    )

    execution = execute(states, answers=[run], callbacks=run.tokens)

    assert execution.outcome.error == "States.Runtime"


def test_a_stop_ends_the_wait_for_a_token():
    stop = StopSignal()
    run = answering(10, lambda tokens, token: stop.stop("Operator"))
    run.tokens = TaskTokens()
    state = task(Resource=f"{SEND}.waitForTaskToken")

    execution = execute(machine(Ask=state), answers=[run], callbacks=run.tokens, stop=stop)

    assert execution.outcome.status == "ABORTED"
    assert run.tokens.waiting() == []


def test_an_answer_comes_from_any_thread():
    async def waiting():
        tokens = TaskTokens()
        callback: Callback = tokens.open("t")
        await asyncio.to_thread(tokens.heartbeat, "t")
        await asyncio.to_thread(tokens.succeed, "t", 5)
        return await callback.answer(60)

    assert asyncio.run(waiting()).output == 5
