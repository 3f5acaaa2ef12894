"""SageMaker's requests: sound ones have no finding, and any one defect is an error."""

import re

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests import check_requests
from pipelines.asl.integrations import integration
from tests.asl.checker.requests.sagemaker_mutants import mutants
from tests.asl.checker.requests.sagemaker_others import OPTIMIZED, SDK
from tests.asl.checker.requests.sagemaker_requests import SOUND

REQUESTS = {
    **{f"sagemaker:{action}": request for action, request in OPTIMIZED.items()},
    **{f"aws-sdk:sagemaker:{action}": request for action, request in SDK.items()},
}
TRAINING = SOUND["createTrainingJob"]
_MORE_THAN_ONE = re.compile(r"is repeated|MetricDefinitions\[0\]\.Name is 'a")
"""What has several defects: elements of the same name, a metric that the objective then misses."""


def errors(resource, request):
    found = check_all(one_task(resource, request))
    return [each for each in found if each.severity == "error"]


@pytest.mark.parametrize("resource", REQUESTS)
def test_a_sound_request_has_no_finding(resource):
    assert check_requests(one_task(resource, REQUESTS[resource])) == []


@pytest.mark.parametrize("resource", REQUESTS)
def test_every_defect_of_a_member_is_one_error(resource):
    request = REQUESTS[resource]
    shape = integration(f"arn:aws:states:::{resource}").request_shape
    found = [(each.defect, len(errors(resource, each.request))) for each in mutants(shape, request)]

    assert len(found) > 10
    assert [defect for defect, count in found if count == 0] == []
    assert [
        defect for defect, count in found if count > 1 and not _MORE_THAN_ONE.search(defect)
    ] == []


@pytest.mark.parametrize(
    "resource",
    [
        "sagemaker:CreateTrainingJob.sync",
        "sagemaker:createtrainingjob.sync",
        "sagemaker:createTrainingJobs.sync",
        "sagemaker:create_training_job.sync",
        "sagemaker:createTrainingJob.Sync",
        "sagemaker:createTrainingJob.synch",
        "sagemaker:createTrainingJob.sync:2",
        "sagemaker:createTrainingJob:sync",
        "sagemaker:createTrainingJob.waitForTaskToken",
        "sagemaker.createTrainingJob.sync",
        "sagemaker/createTrainingJob.sync",
        "SageMaker:createTrainingJob.sync",
        "sageMaker:createTrainingJob.sync",
        "sagemaker:describeTrainingJob",
        "sagemaker:stopTrainingJob",
        "aws-sdk:sagemaker:createTrainingJob.sync",
        "aws-sdk:sagemaker:CreateTrainingJob",
        "aws-sdk:SageMaker:createTrainingJob",
        "aws-sdk:sageMaker:createTrainingJob",
        "awssdk:sagemaker:createTrainingJob",
        "arn:aws:states::sagemaker:createTrainingJob.sync",
        "arn:aws:states:sagemaker:createTrainingJob.sync",
        "arn:aws:sagemaker:::createTrainingJob.sync",
        "arn:awss:states:::sagemaker:createTrainingJob.sync",
        "arn:aws:State:::sagemaker:createTrainingJob.sync",
    ],
)
def test_a_resource_that_is_misspelt_is_one_error(resource):
    assert len(errors(resource, TRAINING)) == 1


@pytest.mark.parametrize(
    "action",
    ["createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint"],
)
@pytest.mark.parametrize("pattern", ["sync", "sync:2", "waitForTaskToken"])
def test_what_is_no_job_is_not_waited_for(action, pattern):
    assert [each.rule for each in errors(f"sagemaker:{action}.{pattern}", SOUND[action])] == [
        "P201"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "$$.Execution.Id",  # an ARN
        "$$.Execution.StartTime",
        "$$.Execution.name",
        "$$.Execution",
        "$name",
        "churn",
        "",
        "States.UUID",
        "States.UUID($.id)",
        "States.Format('churn-{}')",
        "States.Format('churn_{}', $$.Execution.Name)",
        "States.Format('churn-{}', $$.State.EnteredTime)",
        "States.format('churn-{}', $$.Execution.Name)",
        "States.Array($$.Execution.Name)",
        "States.MathRandom(1, 100)",
    ],
)
def test_an_expression_that_makes_no_name_is_an_error(name):
    assert errors("sagemaker:createTrainingJob.sync", {**TRAINING, "TrainingJobName.$": name})


@pytest.mark.parametrize(
    "name",
    [
        "$.name",
        "$$.Execution.Name",
        "States.UUID()",
        "States.Format('churn-{}', $$.Execution.Name)",
        "States.ArrayGetItem(States.StringSplit($$.Execution.Name, '.'), 0)",
    ],
)
def test_an_expression_that_may_make_one_is_not(name):
    assert errors("sagemaker:createTrainingJob.sync", {**TRAINING, "TrainingJobName.$": name}) == []
