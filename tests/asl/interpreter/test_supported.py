"""What the interpreter cannot run is refused when a machine is created, by name."""

import pytest

from pipelines.asl.interpreter.supported import unsupported
from tests.asl.examples import LAMBDA, SOUND, job
from tests.asl.interpreter.executions import FakeTasks, machine


def refusals(**states):
    return unsupported(machine(**states), FakeTasks())


def test_a_sound_machine_of_known_tasks_is_taken():
    assert unsupported(SOUND["a call of the SDK"], FakeTasks()) == []


@pytest.mark.parametrize("type", ["Map", "Parallel"])
def test_a_state_type_that_is_not_run_is_refused(type):
    (refusal,) = refusals(Fan={"Type": type, "End": True})

    assert refusal.startswith(f"States.Fan.Type: {type!r} is none of ")


def test_jsonata_is_refused():
    definition = {**machine(Done={"Type": "Succeed"}), "QueryLanguage": "JSONata"}

    assert unsupported(definition, FakeTasks()) == [
        "QueryLanguage: 'JSONata' is not JSONPath (P105)"
    ]


def test_a_field_that_is_not_known_is_refused():
    (refusal,) = refusals(Set={"Type": "Pass", "Assign": {"x": 1}, "End": True})

    assert refusal == "States.Set.Assign: there is no such field here (P102)"


def test_a_resource_that_cannot_be_run_is_refused_with_the_reason():
    publish = "arn:aws:states:::sns:publish"

    assert refusals(Tell=job(Resource=publish)) == [
        f"States.Tell.Resource: {publish} cannot be run here: it is not known"
    ]


def test_a_lambda_function_by_its_arn_is_refused():
    (refusal,) = refusals(Check=job(Resource=LAMBDA))

    assert "only service integrations" in refusal


@pytest.mark.parametrize(
    "fields",
    [{"HeartbeatSeconds": 5}, {"HeartbeatSecondsPath": "$.h"}, {"Credentials": {"RoleArn": "r"}}],
)
def test_a_field_that_could_not_be_honoured_is_refused(fields):
    (refusal,) = refusals(Job=job(**fields))

    assert refusal.startswith(f"States.Job.{next(iter(fields))}: ")


def test_a_substitution_that_was_not_made_is_refused():
    (refusal,) = refusals(Job=job(Parameters={"RoleArn": "${JobRoleArn}"}))

    assert "the substitution ${JobRoleArn} is not declared" in refusal


def test_what_aws_would_run_despite_a_warning_is_taken():
    without_timeout = {"Type": "Task", "Resource": job()["Resource"], "End": True}

    assert refusals(Job=without_timeout) == []
