"""What hurts in production is told of, and what does not hurt is not."""

import pytest

from pipelines.asl.checker.one_task import RETRIED, one_task
from pipelines.asl.checker.production import PRODUCTION
from pipelines.asl.model import Machine
from tests.asl.checker.requests.sagemaker_requests import SOUND

TRAIN = "sagemaker:createTrainingJob.sync"


def rules(definition):
    machine = Machine(definition)
    return [found.rule for rule in PRODUCTION for found in rule.findings(machine)]


def training(name, **fields):
    request = {key: value for key, value in SOUND["createTrainingJob"].items() if "Name" not in key}
    request |= {
        "RoleArn": "${Role}",
        "AlgorithmSpecification": {"TrainingImage": "${Image}", "TrainingInputMode": "File"},
    }
    return one_task(TRAIN, {**request, **name}, **fields)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ({"TrainingJobName": "churn"}, ["P401"]),
        ({"TrainingJobName.$": "$$.Execution.Name"}, ["P401"]),
        ({"TrainingJobName.$": "$.job"}, ["P401"]),
        ({"TrainingJobName.$": "States.Format('churn-{}', $$.State.RetryCount)"}, ["P402"]),
        ({"TrainingJobName.$": "States.UUID()"}, []),
        (
            {"TrainingJobName.$": "States.Format('{}-{}-{}', $.id, $$.Execution.RedriveCount,"
             " $$.State.RetryCount)"},
            [],
        ),
    ],
)  # fmt: skip
def test_a_job_s_name_is_new_in_every_attempt(name, expected):
    assert rules(training(name)) == expected


def test_a_refused_job_may_be_asked_for_again_by_the_same_name():
    api = {**RETRIED, "ErrorEquals": ["SageMaker.AmazonSageMakerException"]}
    name = {"TrainingJobName.$": "$$.Execution.Name"}

    assert rules(training(name, Retry=[api])) == []


def test_a_name_that_is_in_use_is_in_use_at_the_second_attempt():
    in_use = {**RETRIED, "ErrorEquals": ["SageMaker.ResourceInUseException"]}
    name = {"TrainingJobName.$": "$$.Execution.Name"}

    assert "P401" in rules(training(name, Retry=[in_use]))


def test_names_in_jsonata():
    def named(name):
        arguments = {**SOUND["createTrainingJob"], "TrainingJobName": name, "RoleArn": "${Role}"}
        arguments.pop("TrainingJobName.$")
        arguments["AlgorithmSpecification"] = {"TrainingImage": "${Image}"}
        return rules(one_task(TRAIN, QueryLanguage="JSONata", Arguments=arguments))

    assert named("{% $states.context.Execution.Name %}") == ["P401"]
    assert named("{% $uuid() %}") == []


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (["States.ALL"], []),
        (["States.TaskFailed"], []),
        (["DynamoDB.ProvisionedThroughputExceededException"], []),
        (["DynamoDB.ThrottlingException"], []),
        (["DynamoDB.ConditionalCheckFailedException"], ["P403"]),
        (["States.Timeout"], ["P403"]),
    ],
)
def test_what_passes_is_tried_again(errors, expected):
    request = {"TableName": "runs", "Key": {"id": {"S": "a"}}}
    retry = [{**RETRIED, "ErrorEquals": errors}]

    assert rules(one_task("dynamodb:getItem", request, Retry=retry)) == expected


@pytest.mark.parametrize("error", ["SageMaker.SageMakerException", "S3.S3Exception"])
def test_the_name_for_all_errors_of_an_api_counts(error):
    machine = one_task("aws-sdk:sagemaker:describeModel", {"ModelName": "m"},
                       Retry=[{**RETRIED, "ErrorEquals": [error]}])  # fmt: skip

    assert rules(machine) == []


def test_a_retrier_of_no_attempts_tries_nothing_again():
    machine = one_task("sns:publish", {"TopicArn": "${T}", "Message": "x"},
                       Retry=[{**RETRIED, "MaxAttempts": 0}])  # fmt: skip

    assert rules(machine) == ["P403"]


def test_a_function_s_arn_is_an_invocation_too():
    function = "arn:aws:lambda:${Region}:${Account}:function:f"

    assert rules(one_task(function, Retry=None)) == ["P404"]
    assert rules(one_task(function)) == []


def test_a_catch_all_may_do_something():
    catcher = {"ErrorEquals": ["States.ALL"], "Next": "Undo"}
    machine = one_task("sns:publish", {"TopicArn": "${T}", "Message": "x"}, Catch=[catcher])
    states = dict(machine["States"])
    states["Undo"] = {"Type": "Pass", "End": True}
    assert rules({**machine, "States": states}) == []

    states["Undo"] = {"Type": "Pass", "Next": "Failed"}
    states["Failed"] = {"Type": "Fail"}
    assert rules({**machine, "States": states}) == ["P406"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arn:aws:sns:eu-central-1:210987654321:t", ["P407", "P408"]),
        ("arn:aws:sns:${AWS::Region}:210987654321:t", ["P407"]),
        ("arn:aws:iam::210987654321:role/r", ["P407"]),
        ("https://sqs.eu-central-1.amazonaws.com/210987654321/q", ["P407", "P408"]),
        ("210987654321.dkr.ecr.eu-central-1.amazonaws.com/churn:1", ["P407", "P408"]),
        # AWS's own images are in another account of AWS's in each region.
        ("492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2", []),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3", []),
        ("arn:aws:states:::sns:publish", []),
        ("arn:aws:s3:::bucket/*", []),
        ("order 210987654321", []),
    ],
)
def test_accounts_and_regions_are_substitutions(text, expected):
    machine = one_task("sns:publish", {"TopicArn": "${T}", "Message": text})

    assert rules(machine) == expected


@pytest.mark.parametrize(
    ("body", "is_secret"),
    [
        ({"password": "hunter22"}, True),
        ({"DB_PASSWORD": "hunter22"}, True),
        ({"note": "AKIAQWERTYUIOPASDFGH"}, True),
        ({"note": "AKIAIOSFODNN7EXAMPLE"}, False),
        ({"password": "${Password}"}, False),
        ({"password.$": "$.password"}, False),
        ({"secret": "arn:aws:secretsmanager:${Region}:${Account}:secret:x"}, False),
        ({"token": "next"}, False),
        ({"secret": "the name of it"}, False),
    ],
)
def test_secrets_are_not_written_out(body, is_secret):
    machine = one_task("sns:publish", {"TopicArn": "${T}", "Message": body})

    assert ("P409" in rules(machine)) == is_secret


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["P410"]),
        ({"ResultSelector": {"n.$": "$.Count"}}, []),
        ({"Parameters": {"TableName": "runs", "Limit": 10}}, []),
    ],
)
def test_pages_of_a_table_are_not_kept_whole(fields, expected):
    fields = {"Parameters": {"TableName": "runs"}, **fields}

    assert rules(one_task("aws-sdk:dynamodb:scan", **fields)) == expected


def test_a_page_that_is_dropped_may_be_large():
    machine = one_task("aws-sdk:dynamodb:scan", {"TableName": "runs"})
    dropped = {**machine["States"]["Work"], "ResultPath": None}

    assert rules({**machine, "States": {"Work": dropped}}) == []


def loop(*states, **choice):
    """A loop of these states, which ends by a Choice."""
    names = [*(f"S{number}" for number in range(len(states))), "Again?"]
    rule = {"Variable": "$.state", "StringEquals": "READY", **choice, "Next": "Done"}
    followed = {
        name: {**state, "Next": next_name}
        for name, next_name, state in zip(names, names[1:], states, strict=False)
    }
    again = {"Type": "Choice", "Choices": [rule], "Default": "S0"}
    return {"StartAt": "S0", "States": {**followed, "Again?": again, "Done": {"Type": "Succeed"}}}


POLL = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:glue:getCrawler",
    "Parameters": {"Name": "runs"},
    "Retry": [RETRIED],
}
JOB = {**POLL, "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}}


def test_a_polling_loop_waits_long_enough():
    assert rules(loop(POLL, {"Type": "Wait", "Seconds": 5})) == ["P411"]
    assert rules(loop(POLL, {"Type": "Wait", "Seconds": 60})) == []
    assert rules(loop(POLL, {"Type": "Wait", "SecondsPath": "$.s"})) == []


def test_a_loop_without_a_wait_counts_or_runs_a_job():
    counts = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}}

    assert rules(loop(POLL)) == ["P412"]
    assert rules(loop(POLL, counts)) == []
    assert rules(loop(JOB)) == []


def test_a_long_way_is_no_loop():
    states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(5_000)}
    machine = {"StartAt": "S0", "States": {**states, "S5000": {"Type": "Succeed"}}}

    assert rules(machine) == []


@pytest.mark.parametrize("rule", PRODUCTION, ids=lambda rule: rule.id)
@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"States": {"A": {"Type": "Task", "Retry": [{"ErrorEquals": "x"}], "Resource": 5}}},
        {"States": {"A": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": []}}}},
        {"States": {"A": {"Type": "Task", "Catch": [{"ErrorEquals": [1], "Next": []}]}}},
    ],
)
def test_what_is_no_machine_is_let_alone(rule, definition):
    assert list(rule.findings(Machine(definition))) == []
