"""Validate data: training begins only with data that pass, and a failure says what is wrong."""

import json

import pytest

from pipelines.asl.checker import check
from pipelines.asl.interpreter import TaskTokens
from pipelines.asl.simulation import simulate
from pipelines.definitions.definition import render
from pipelines.definitions.execution_input import begin, data_key
from pipelines.sdk import Pass
from pipelines.steps.step import Scope
from pipelines.steps.validate_data import validate_data
from tests.environments import machine, make_environment

STEPS = {
    step: machine() for step in ("validate_data", "preprocess", "train", "evaluate", "predict")
}


class FakeAws:
    """A job that runs, and the summary that it leaves."""

    def __init__(self, **summary):
        self.summary = {"passed": True, "errors": 0, "warnings": 0, "reason": "", **summary}
        self.callbacks = TaskTokens()
        self.requests = {}

    def supports(self, resource):
        return None

    async def run(self, call):
        operation = call.resource.rsplit(":", 1)[1]
        self.requests[operation] = call.parameters
        return {
            "createProcessingJob.sync": {
                "ProcessingJobName": call.parameters.get("ProcessingJobName")
            },
            "getObject": {"Body": json.dumps(self.summary)},
        }[operation]


def define(**changes):
    """A definition of this step alone, with the environment that it is made for."""
    environment = make_environment(**{"steps": STEPS, "validation": {"min_rows": 10}, **changes})
    segment = validate_data(Scope(environment, "training", "c" * 64))
    segment.then(Pass("Train"))
    keys = [data_key("training_data", environment.data.training, "Rows")]
    if environment.data.test is not None:
        keys.append(data_key("test_data", environment.data.test, "Rows"))
    document = render(begin(keys, segment.start), "Validate data")
    return json.loads(json.dumps(document).replace("${Bucket}", "a-bucket")), segment


def execute(aws, **changes):
    document, _ = define(**changes)
    context = {"Execution": {"Id": "arn:aws:states:::execution:m:run-1", "Name": "run-1"}}
    return simulate(document, {}, tasks=aws, context=context)


def arguments(aws):
    words = aws.requests["createProcessingJob.sync"]["AppSpecification"]["ContainerArguments"]
    return [word.rsplit("/", 1)[-1] for word in words]


def test_it_breaks_no_rule():
    document, _ = define()

    assert [str(finding) for finding in check(document)] == []


def test_data_that_pass_go_on_to_training():
    aws = FakeAws(warnings=2, reason="training: age: expected …")

    done = execute(aws)

    assert done.status == "SUCCEEDED"
    assert done.states[-2:] == ["Data as expected?", "Train"]
    assert done.output["Validation"]["document"]["warnings"] == 2
    folder = "demo/dev/runs/training/run-1/" + done.output["ValidateData"]["ProcessingJobName"]
    assert done.output["ValidateData"]["folder"] == folder
    assert aws.requests["getObject"]["Key"] == f"{folder}/validation/summary.json"


def test_data_that_do_not_pass_end_the_execution_with_the_reason_and_the_report():
    done = execute(FakeAws(passed=False, errors=1, reason="training: {age}: 3 rows are above"))

    assert (done.status, done.states[-1]) == ("FAILED", "Data wrong")
    assert done.error == "DataWrong"
    assert "not as expected: training: {age}: 3 rows are above. The report: s3://" in done.cause
    assert "/validation/report.html. Mend the data" in done.cause


def test_the_job_is_told_of_the_test_data_and_of_the_projects_own_schema():
    plain, own, split = FakeAws(), FakeAws(), FakeAws()
    uris = {"training": "s3://${bucket}/a/b.csv", "inference": "s3://${bucket}/a/c.csv"}

    execute(plain)
    execute(own, validation={"python": "tests_of_data/rows.py"})
    execute(split, data={**uris, "test_fraction": 0.25})

    shared = ["--features", "features.json", "--validation", "validation.json"]
    rest = ["--training", "training", "--test", "test", "--output", "output"]
    assert arguments(plain) == [*shared, *rest]
    assert arguments(own) == [*shared, "--schema", "validation.py", *rest]
    assert arguments(split)[-4:] == ["--test-fraction", "0.25", "--output", "output"]


def test_the_job_may_read_the_data_and_no_more():
    _, segment = define()

    read = {
        resource
        for statement in segment.steps[0].job
        if "s3:GetObject" in statement.actions
        for resource in statement.resources
    }

    assert read == {
        "arn:${AWS::Partition}:s3:::${Bucket}/data/*",
        "arn:${AWS::Partition}:s3:::${Bucket}/demo/dev/code/*",
    }


@pytest.mark.parametrize("validation", [None, {"enabled": False}])
def test_a_step_that_is_switched_off_cannot_be_made(validation):
    with pytest.raises(ValueError, match="dev has no step 'Validate data'"):
        define(validation=validation)
