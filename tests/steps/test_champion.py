"""Find champion: the newest approved model, if there is one; and what Evaluate and Explain read."""

import json

import pytest

from pipelines.asl.checker import check
from pipelines.asl.interpreter import TaskTokens
from pipelines.asl.simulation import simulate
from pipelines.definitions.definition import render
from pipelines.errors import CheckError
from pipelines.sdk import Pass
from pipelines.steps import champion, evaluate, explain
from pipelines.steps.segment import joined
from pipelines.steps.step import Scope
from tests.environments import machine, make_environment

GATE = {"metric": "roc_auc", "at_least": 0.9, "champion": {"better_by": 0.0}}
ARN = "arn:aws:sagemaker:eu-central-1:000000000000:model-package/demo-dev-models/7"
STATE = {
    "id": "0123456789ab",
    "input": {"training_data": "s3://b/train.csv", "test_data": "s3://b/test.csv"},
    "Preprocess": {"ProcessingJobName": "preprocess-1", "folder": "runs/preprocess-1"},
    "Train": {"TrainingJobName": "train-1", "model": "s3://b/new/model.tar.gz"},
}
SUBSTITUTIONS = {
    "Bucket": "a-bucket",
    "JobRoleArn": "arn:aws:iam::000000000000:role/jobs",
    "ModelPackageGroupName": "demo-dev-models",
}
PACKAGE = {
    "ModelPackageArn": ARN,
    "InferenceSpecification": {"Containers": [{"ModelDataUrl": "s3://b/old/model.tar.gz"}]},
    "CustomerMetadataProperties": {"model_sha256": "ab" * 32},
}


class FakeAws:
    """A registry whose first pages may be empty, as SageMaker filters a page after it is cut."""

    def __init__(self, packages, empty_pages=0):
        self.packages, self.empty_pages = packages, empty_pages
        self.callbacks = TaskTokens()
        self.requests = {}

    def supports(self, resource):
        return None

    async def run(self, call):
        operation = call.resource.rsplit(":", 1)[1]
        self.requests[call.parameters.get("ProcessingJobName", operation)] = call.parameters
        if operation == "listModelPackages":
            page = int(call.parameters.get("NextToken", "0"))
            if page < self.empty_pages:
                return {"ModelPackageSummaryList": [], "NextToken": str(page + 1)}
            return {"ModelPackageSummaryList": self.packages}
        if operation == "describeModelPackage":
            return self.packages[0]
        return {"ProcessingJobName": call.parameters["ProcessingJobName"]}


def scope_of(**changes):
    explained = {"explanation": {"rows": 3}, "gate": GATE}
    names = ("preprocess", "train", "evaluate", "explain", "predict")
    steps = {step: machine() for step in names}
    return Scope(make_environment(**{"steps": steps, **explained, **changes}), "training", "c" * 64)


def define(scope):
    parts = [evaluate.evaluate(scope), explain.explain(scope)]
    if champion.is_compared(scope.environment):
        parts.insert(0, champion.find_champion(scope))
    done = Pass("Done")
    whole = joined(parts)
    whole.then(done)
    seed = Pass("Seed", parameters=STATE)
    seed.next(whole.start)
    text = json.dumps(render(seed, "Evaluate"))
    for name, value in SUBSTITUTIONS.items():
        text = text.replace(f"${{{name}}}", value)
    return json.loads(text)


def execute(aws, **changes):
    context = {"Execution": {"Id": "arn:aws:states:::execution:m:run-1", "Name": "run-1"}}
    return simulate(define(scope_of(**changes)), {}, tasks=aws, context=context)


def request(aws, step):
    [found] = [value for name, value in aws.requests.items() if name.startswith(f"demo-dev-{step}")]
    inputs = {i["InputName"]: i["S3Input"]["S3Uri"] for i in found["ProcessingInputs"]}
    return inputs, found["AppSpecification"]["ContainerArguments"]


@pytest.mark.parametrize("empty_pages", [0, 2])
def test_the_newest_approved_model_is_the_champion(empty_pages):
    aws = FakeAws([PACKAGE], empty_pages)

    found = execute(aws).output["Champion"]

    assert found["model_package_arn"] == ARN
    assert (found["model"], found["sha256"]) == ("s3://b/old/model.tar.gz", "ab" * 32)
    inputs, arguments = request(aws, "evaluate")
    assert inputs["champion"] == "s3://b/old/model.tar.gz"
    assert inputs["rows"] == "s3://b/test.csv"
    assert arguments[arguments.index("--champion-sha256") + 1] == "ab" * 32


def test_without_one_the_new_model_is_mounted_and_nobody_reads_it():
    aws = FakeAws([], empty_pages=1)

    found = execute(aws).output["Champion"]

    new = "s3://b/new/model.tar.gz"
    assert (found["model_package_arn"], found["model"], found["sha256"]) == ("none", new, "none")
    assert request(aws, "evaluate")[0]["champion"] == new


@pytest.mark.parametrize("missing", ["CustomerMetadataProperties", "InferenceSpecification"])
def test_a_champion_that_cannot_be_compared_with_is_not_passed_over(missing):
    package = {key: value for key, value in PACKAGE.items() if key != missing}

    found = execute(FakeAws([package])).output["Champion"]

    assert (found["model_package_arn"], found["sha256"]) == (ARN, "unknown")


@pytest.mark.parametrize(
    "gate",
    [None, {"metric": "error", "at_most": 0.1}, {**GATE, "enabled": False},
     {**GATE, "champion": {"enabled": False, "better_by": 0.0}}],
)  # fmt: skip
def test_without_a_comparison_nobody_looks_for_a_champion(gate):
    aws = FakeAws([PACKAGE])

    assert "Champion" not in execute(aws, gate=gate).output
    assert "listModelPackages" not in aws.requests
    assert "champion" not in request(aws, "evaluate")[0]


def test_without_test_data_the_raw_rows_are_those_of_training():
    data = {
        "training": "s3://${bucket}/data/train.csv",
        "test_fraction": 0.2,
        "inference": "s3://${bucket}/data/people.csv",
    }
    aws = FakeAws([])
    execute(aws, data=data)

    assert request(aws, "evaluate")[0]["rows"] == "s3://b/train.csv"


def test_explain_reads_what_evaluate_wrote_and_has_the_last_word_on_the_page():
    aws = FakeAws([])
    state = execute(aws).output

    inputs, _ = request(aws, "explain")
    assert inputs["evaluation"] == f"s3://a-bucket/{state['Evaluate']['folder']}/evaluation/"
    assert "$.Explain.folder" in explain.report_uri(scope_of())
    assert "$.Evaluate.folder" in explain.report_uri(scope_of(explanation=None))


def test_explain_without_machines_is_refused():
    with pytest.raises(CheckError, match="Explain has no machines"):
        explain.explain(Scope(make_environment(), "training", "c" * 64))


def test_the_checker_finds_nothing():
    assert [finding for finding in check(define(scope_of())) if finding.severity == "error"] == []
