"""Faults that a test puts into an execution."""

from __future__ import annotations

import pytest

from pipelines.asl.simulation import (
    SimulationError,
    delay,
    deny,
    fail,
    garbage,
    hang,
    simulate,
    throttle,
    time_out,
)
from tests.asl.simulation.machines import (
    ASK,
    CREATE_JOB,
    CREATE_SECRET,
    INVOKE,
    PUBLISH,
    PUT_ITEM,
    RETRY,
    SDK_PUT_ITEM,
    SEND_MESSAGE,
    START_EXECUTION,
    machine,
    task,
)

RETRIED = machine(Work=task(Retry=[RETRY]))
ANSWERED = {"Work": {"Ok": True}}


def errors(run):
    return [call.error for call in run.calls]


def test_a_task_fails_so_many_times():
    run = simulate(RETRIED, tasks=ANSWERED, faults=[fail("Work", "Busy", "later", times=2)])

    assert (run.status, errors(run)) == ("SUCCEEDED", ["Busy", "Busy", None])


def test_a_fault_can_be_for_one_attempt():
    twice = [fail("Work", "First", attempt=1), fail("Work", "Second", attempt=2)]

    assert errors(simulate(RETRIED, tasks=ANSWERED, faults=twice)) == ["First", "Second", None]


def test_a_task_that_always_fails_needs_no_answer():
    assert simulate(RETRIED, faults=[fail("Work", "Busy")]).error == "Busy"


@pytest.mark.parametrize("where", ["Work", INVOKE, "lambda:invoke", "*"])
def test_a_fault_is_for_a_state_a_resource_or_all(where):
    assert errors(simulate(RETRIED, tasks=ANSWERED, faults=[fail(where, "Busy", times=1)])) == [
        "Busy",
        None,
    ]


def test_a_misspelt_state_is_refused():
    with pytest.raises(SimulationError, match=r"a fault names 'Wrok', .* did you mean Work\?"):
        simulate(RETRIED, tasks=ANSWERED, faults=[hang("Wrok")])


def test_an_error_of_the_api_comes_before_the_job_is_there_and_any_other_is_how_it_ends():
    job = machine(Work=task(CREATE_JOB))

    def submitted(error: str) -> bool:
        run = simulate(job, tasks=ANSWERED, faults=[fail("Work", error)])
        return any(event["type"] == "TaskSubmitted" for event in run.history)

    assert not submitted("SageMaker.AmazonSageMakerException")
    assert submitted("States.TaskFailed")


def test_a_service_says_in_its_own_words_that_it_is_throttled():
    run = simulate(RETRIED, tasks=ANSWERED, faults=[throttle("Work", times=1)])

    assert errors(run) == ["Lambda.TooManyRequestsException", None]


@pytest.mark.parametrize(
    ("resource", "throttled", "denied"),
    [
        (CREATE_JOB, "SageMaker.AmazonSageMakerException", "SageMaker.AmazonSageMakerException"),
        (
            PUT_ITEM,
            "DynamoDB.ProvisionedThroughputExceededException",
            "DynamoDB.AmazonDynamoDBException",
        ),
        (
            SDK_PUT_ITEM,
            "DynamoDb.ProvisionedThroughputExceededException",
            "DynamoDb.DynamoDbException",
        ),
        (
            CREATE_SECRET,
            "SecretsManager.SecretsManagerException",
            "SecretsManager.SecretsManagerException",
        ),
        (START_EXECUTION, "Sfn.SfnException", "Sfn.SfnException"),
        (SEND_MESSAGE, "SQS.RequestThrottledException", "SQS.AmazonSQSException"),
        (PUBLISH, "SNS.AmazonSNSException", "SNS.AmazonSNSException"),
    ],
)
def test_refusals_have_the_names_that_the_integration_gives_them(resource, throttled, denied):
    one = machine(Work=task(resource))

    def error(fault):
        return simulate(one, tasks=ANSWERED, faults=[fault]).error

    assert error(throttle("Work")) == throttled
    assert error(deny("Work")) == denied


def test_who_is_denied_reads_what_was_not_allowed():
    run = simulate(RETRIED, faults=[deny("Work")])

    assert run.cause is not None
    assert "is not authorized to perform: lambda:Invoke" in run.cause
    assert "Error Code: AccessDeniedException" in run.cause


def test_a_task_that_hangs_ends_with_its_timeout():
    run = simulate(machine(Work=task()), tasks=ANSWERED, faults=[hang("Work")])

    assert (run.error, run.seconds) == ("States.Timeout", 3600.0)


def test_a_task_without_a_timeout_hangs_for_a_year():
    endless = task()
    del endless["TimeoutSeconds"]

    run = simulate(machine(Work=endless), tasks=ANSWERED, faults=[hang("Work")])

    assert (run.status, run.seconds) == ("TIMED_OUT", 365 * 86_400.0)


def test_only_what_has_a_timeout_can_time_out():
    endless = task()
    del endless["TimeoutSeconds"]

    with pytest.raises(SimulationError, match="cannot time out: it has no TimeoutSeconds"):
        simulate(machine(Work=endless), faults=[time_out("Work")])
    assert simulate(machine(Work=task()), faults=[time_out("Work")]).error == "States.Timeout"


def test_whoever_has_the_token_may_hang_too():
    run = simulate(machine(Ask=task(ASK)), tasks={"Ask": "yes"}, faults=[hang("Ask")])

    assert (run.error, run.seconds) == ("States.Timeout", 3600.0)


def test_garbage_is_a_result_of_another_type_or_the_one_that_is_given():
    assert simulate(RETRIED, tasks=ANSWERED, faults=[garbage("Work")]).output == "garbage"
    assert simulate(RETRIED, faults=[garbage("Work", {"Ok": 0})]).output == {"Ok": 0}


def test_faults_work_together():
    faults = [delay("Work", 60), fail("Work", "Busy", times=1)]

    run = simulate(RETRIED, tasks=ANSWERED, faults=faults)

    assert errors(run) == ["Busy", None]
    assert run.seconds == 60.0 + 10.0 + 60.0


def test_a_fault_that_never_came_about_is_told():
    first, second = fail("Work", "Busy", times=1), hang("Work", attempt=7)

    run = simulate(RETRIED, tasks=ANSWERED, faults=[first, second])

    assert run.unfired_faults == (second,)
    assert str(second) == "hang 'Work', attempt 7"


def test_a_fault_can_be_used_again_in_another_simulation():
    once = [fail("Work", "Busy", times=1)]

    assert [len(simulate(RETRIED, tasks=ANSWERED, faults=once).calls) for _ in range(2)] == [2, 2]


@pytest.mark.parametrize(
    ("often", "problem"),
    [
        ({"times": 0}, "times is at least 1, not 0"),
        ({"attempt": 0}, "attempt is at least 1, not 0"),
        ({"times": 1, "attempt": 2}, "not both"),
    ],
)
def test_a_fault_that_could_never_come_about_is_refused(often, problem):
    with pytest.raises(SimulationError, match=problem):
        fail("Work", "Busy", **often)


@pytest.mark.parametrize("seconds", [-5, "5", float("nan")])
def test_a_delay_is_of_a_number_of_seconds_from_0_on(seconds):
    with pytest.raises(SimulationError, match="delay 'Work': seconds are a number from 0 on"):
        delay("Work", seconds)
