"""A job that failed by no fault of its own is started again; any other failure is the job's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.asl.checker import check
from pipelines.asl.simulation import in_turn, redrive, simulate
from pipelines.asl.simulation.simulation import Simulation
from pipelines.definitions.definition import render
from pipelines.sdk import Catch, Chain, Pass
from pipelines.steps import preprocess, second_chance, train
from pipelines.steps.expressions import JOB_NAME_LIMIT
from pipelines.steps.second_chance import with_second_chances
from pipelines.steps.segment import Segment, joined
from pipelines.steps.step import Scope
from pipelines.testing import TaskFailed
from tests.environments import make_environment

DONE = {
    "TrainingJobName": "j",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://a-bucket/a/model.tar.gz"},
}
INPUT = {"id": "0123456789ab", "Preprocess": {"ProcessingJobName": "p", "folder": "s3://b/f"}}


def failed(reason: str) -> TaskFailed:
    """How a job ends in failure: the cause is its description, as compact JSON."""
    described = {"TrainingJobStatus": "Failed", "FailureReason": reason, "Environment": {}}
    return TaskFailed("States.TaskFailed", json.dumps(described, separators=(",", ":")))


CAPACITY = failed("CapacityError: Unable to provision requested ML compute capacity.")
ALGORITHM = failed("AlgorithmError: ExecuteUserScriptError: no such column: age, exit code: 1")


@pytest.fixture(scope="module")
def machine() -> dict[str, Any]:
    scope = Scope(make_environment(), "training", "c" * 64)
    segment = with_second_chances(train.train(scope))
    segment.then(Pass("Done"))
    document: dict[str, Any] = render(segment.start, "Train")
    return json.loads(
        json.dumps(document)
        .replace("${Bucket}", "a-bucket")
        .replace("${JobRoleArn}", "arn:aws:iam::000000000000:role/jobs")
    )


def run(machine: dict[str, Any], *answers: Any) -> Simulation:
    return simulate(machine, INPUT, tasks={"Train": in_turn(*answers)})


def names(run: Simulation) -> list[str]:
    return [call.request["TrainingJobName"] for call in run.calls_of("Train")]


def test_a_job_that_succeeds_knows_nothing_of_chances(machine):
    done = run(machine, DONE)

    assert done.status == "SUCCEEDED"
    assert done.states == ["Train", "Done"]
    assert "chances" not in done.output


@pytest.mark.parametrize(
    "reason",
    [
        "CapacityError: Unable to provision requested ML compute capacity.",
        "InternalServerError: We encountered an internal error. Please try again.",
        "ClientError: Data download failed: SlowDown: Please reduce your request rate.",
        "ClientError: ThrottlingException: Rate exceeded",
    ],
)
def test_what_passes_by_itself_gets_a_second_chance_under_a_new_name(machine, reason):
    done = run(machine, failed(reason), DONE)

    assert done.status == "SUCCEEDED"
    first, second = names(done)
    assert first != second
    assert max(map(len, (first, second))) <= JOB_NAME_LIMIT
    least_s, most_s = second_chance.WAITS_S[0]
    assert least_s <= done.seconds <= most_s


def test_the_second_jobs_folder_is_not_the_firsts(machine):
    """Of every part of the request, not of the name alone."""
    first, second = (call.request for call in run(machine, CAPACITY, DONE).calls_of("Train"))

    assert "0123456789ab" in json.dumps(first)
    assert "0123456789ab" not in json.dumps(second)


def test_there_are_three_chances_and_the_last_failure_is_the_executions(machine):
    last = failed("CapacityError: the third time")

    done = run(machine, CAPACITY, CAPACITY, last)

    assert len(set(names(done))) == 3
    assert (done.status, done.error, done.cause) == ("FAILED", last.error, last.cause)


@pytest.mark.parametrize(
    "failure",
    [
        ALGORITHM,
        failed("ClientError: No S3 objects found under S3 URL"),
        # The words of a user's program are the user's.
        failed('AlgorithmError: the report said {"FailureReason":"CapacityError: none"}'),
        TaskFailed("SageMaker.ResourceInUseException", "the name is in use"),
        TaskFailed("States.TaskFailed", "no JSON at all"),
    ],
    ids=["algorithm", "client", "quoted", "name in use", "no JSON"],
)
def test_a_failure_of_the_users_ends_the_execution_with_its_own_error_and_cause(machine, failure):
    done = run(machine, failure)

    assert (done.status, done.error, done.cause) == ("FAILED", failure.error, failure.cause)
    assert len(names(done)) == 1
    assert done.seconds == 0


def test_a_redrive_runs_the_job_again_under_a_new_name(machine):
    first = run(machine, ALGORITHM)

    again = redrive(first, tasks={"Train": DONE})

    assert again.status == "SUCCEEDED"
    [name] = names(again)
    assert name not in names(first)


def test_a_redrive_that_fails_too_can_be_redriven_again(machine):
    first = run(machine, ALGORITHM)
    second = redrive(first, tasks={"Train": failed("AlgorithmError: another one")})
    third = redrive(second, tasks={"Train": DONE})

    assert (second.status, second.error) == ("FAILED", "States.TaskFailed")
    assert "another one" in str(second.cause)
    assert third.status == "SUCCEEDED"
    assert len({*names(first), *names(second), *names(third)}) == 3


def test_a_redrive_has_three_chances_of_its_own(machine):
    first = run(machine, CAPACITY, CAPACITY, CAPACITY)

    tasks = {"Train": in_turn(CAPACITY, CAPACITY, DONE)}
    again = redrive(first, tasks=tasks, seed=1)  # other random ids than the first time

    assert again.status == "SUCCEEDED"
    assert len({*names(first), *names(again)}) == 6


def test_the_checker_finds_nothing(machine):
    assert check(machine) == []


def test_two_jobs_have_chances_of_their_own():
    scope = Scope(make_environment(), "training", "c" * 64)
    jobs = [preprocess.preprocess_training(scope), train.train(scope)]

    both = joined(map(with_second_chances, jobs))
    both.then(Pass("Done"))
    document = render(both.start, "Both")

    catchers = [document["States"][name]["Catch"][0] for name in ("Preprocess", "Train")]
    assert [catcher["ResultPath"] for catcher in catchers] == [
        "$.chances.Preprocess.failure",
        "$.chances.Train.failure",
    ]


def test_a_segment_that_deals_with_failures_itself_is_left_as_it_is():
    scope = Scope(make_environment(), "training", "c" * 64)
    step = train.train(scope)
    own = Pass("Roll back")
    step.state.add_catch(Catch(error_equals=["States.TaskFailed"], next_step=own))

    segment = with_second_chances(Segment.of(step))
    Chain([segment.ends[0], Pass("Done")])

    assert set(render(segment.start, "x")["States"]) == {"Train", "Roll back", "Done"}
