"""What the interpreter cannot run is refused when a machine is created, by name."""

from pipelines.asl.interpreter.supported import unsupported
from tests.asl.interpreter.executions import CREATE_JOB, GET_OBJECT, FakeTasks, machine

LAMBDA = "arn:aws:lambda:eu-central-1:123456789012:function:check"


def job(**fields):
    """A Task state of a resource that the fakes know, and the machine's end."""
    return {"Type": "Task", "Resource": CREATE_JOB, "TimeoutSeconds": 60, "End": True, **fields}


def refusals(**states):
    return unsupported(machine(**states), FakeTasks())


def test_a_sound_machine_of_known_tasks_is_taken():
    assert refusals(Read=job(Resource=GET_OBJECT, Parameters={"Bucket": "b"})) == []


def test_what_the_checker_calls_an_error_is_refused():
    (refusal,) = refusals(Go={"Type": "Pass", "Next": "Nowhere"})

    assert refusal.startswith("States.Go.Next: ")


def test_jsonata_variables_parallels_and_maps_are_taken():
    done = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    states = {
        "Set": {"Type": "Pass", "Assign": {"x": 1}, "Next": "Fork"},
        "Fork": {"Type": "Parallel", "Branches": [done], "Next": "Each"},
        "Each": {
            "Type": "Map",
            "Items": "{% $x %}",
            "ItemProcessor": {"StartAt": "Item", "States": {"Item": {"Type": "Succeed"}}},
            "End": True,
        },
    }

    assert unsupported({**machine(**states), "QueryLanguage": "JSONata"}, FakeTasks()) == []


def test_a_resource_that_cannot_be_run_is_refused_with_the_reason():
    publish = "arn:aws:states:::sns:publish"

    assert refusals(Tell=job(Resource=publish)) == [
        f"States.Tell.Resource: {publish} cannot be run here: it is not known"
    ]


def test_a_resource_within_a_branch_is_looked_at():
    call = {"StartAt": "Check", "States": {"Check": job(Resource=LAMBDA)}}

    (refusal,) = refusals(Fork={"Type": "Parallel", "Branches": [call], "End": True})

    assert refusal == (
        f"States.Fork.Branches[0].States.Check.Resource: {LAMBDA} cannot be run here:"
        " it is not known"
    )


def test_what_aws_would_run_despite_a_warning_is_taken():
    without_timeout = {"Type": "Task", "Resource": job()["Resource"], "End": True}

    assert refusals(Job=without_timeout) == []
