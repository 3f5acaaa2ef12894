"""Each Task's request is held to the model of what it calls."""

import pytest

from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.requests import check_requests

PUT = "aws-sdk:s3:putObject"


def findings(resource, request=None, **fields):
    return [
        (each.rule, each.severity) for each in check_requests(one_task(resource, request, **fields))
    ]


def messages(resource, request):
    return [str(each) for each in check_requests(one_task(resource, request))]


def test_a_sound_request_has_no_finding():
    assert findings(PUT, {"Bucket": "runs", "Key.$": "$.key", "Body": {"score": 1}}) == []


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ("aws-sdk:s3:getObjekt", "aws-sdk:s3 has no operation 'getObjekt'; did you mean getObject"),
        ("aws-sdk:s3:GetObject", "has no operation 'GetObject'; did you mean getObject?"),
        ("aws-sdk:stepfunctions:startExecution", "did you mean sfn?"),
        ("aws-sdk:logs:putLogEvents", "did you mean cloudwatchlogs?"),
        ("aws-sdk:s3:getObject.sync", "aws-sdk:s3:getObject has no .sync"),
        ("dynamodb:query", "dynamodb has no action 'query' here"),
        ("snss:publish", "there is no optimized integration 'snss'; did you mean sns?"),
        ("sagemaker:createModel.sync", "sagemaker:createModel has no .sync"),
        ("sagemaker:createTrainingJob.waitForTaskToken", "has no .waitForTaskToken"),
        ("sagemaker:createTrainingJob.sync:2", "has no .sync:2; did you mean sync?"),
        ("sagemaker.createTrainingJob.sync", "names no action of a service"),
        ("sagemaker:createTrainingJob:sync", "names no action of a service"),
        ("arn:aws:states::sns:publish", "names no action of a service"),
        ("arn:aws:sagemaker:::createTrainingJob", "names no action of a service"),
        ("aws-sdk:kinesis:subscribeToShard", "Step Functions does not support subscribeToShard"),
    ],
)
def test_what_is_not_offered_is_refused(resource, message):
    (finding,) = check_requests(one_task(resource, {}))

    assert finding.rule == "P201"
    assert finding.path == "States.Work.Resource"
    assert message in finding.message


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:lambda:eu-central-1:123456789012:function:f",
        "arn:aws:states:eu-central-1:123456789012:activity:a",
        "arn:${AWS::Partition}:lambda:eu-central-1:123456789012:function:f",
        "${Resource}",
        "REPLACE_ME",
        "arn:aws:states:::aws-sdk:qldb:createLedger",
    ],
)
def test_what_has_no_model_takes_anything(resource):
    machine = one_task("sns:publish", {"anything": 1})
    machine["States"]["Work"]["Resource"] = resource

    assert check_requests(machine) == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"a": "b"}, {"P204"}), ({"a": ["b"]}, set()), ({"a.$": "States.Array('b')"}, set())],
)
def test_a_header_of_an_api_is_an_array(headers, expected):
    request = {"ApiEndpoint": "a.example.com", "Method": "GET", "Headers": headers}
    assert {
        each.rule for each in check_requests(one_task("apigateway:invoke", request))
    } == expected


def test_a_partition_may_be_a_substitution():
    machine = one_task("arn:${AWS::Partition}:states:::sns:publish", {"Topic": "${Topic}"})

    assert {each.rule for each in check_requests(machine)} == {"P202", "P203"}


def test_without_parameters_the_input_is_the_request():
    assert findings("sqs:sendMessage") == []
    assert findings("sqs:sendMessage", {}) == [("P203", "error"), ("P203", "error")]


def test_an_unknown_member_is_told_with_the_nearest_one():
    assert messages(PUT, {"Bucket": "b", "Key": "k", "Bdy": "x"}) == [
        "States.Work.Parameters.Bdy: there is no member 'Bdy'; did you mean Body? (P202)"
    ]


@pytest.mark.parametrize(
    ("resource", "request_", "expected"),
    [
        ("aws-sdk:batch:submitJob", {"jobName": "j"}, ("P202", "error")),
        ("batch:submitJob", {"jobName": "j"}, ("P202", "error")),
        # AWS's own guide has `attempts` within an optimized integration's request.
        ("aws-sdk:batch:submitJob", {"RetryStrategy": {"attempts": 5}}, ("P202", "error")),
        ("batch:submitJob", {"RetryStrategy": {"attempts": 5}}, ("P213", "warning")),
        # Both spellings of an acronym are found in use.
        ("aws-sdk:rds:startDBInstance", {"DBInstanceIdentifier": "d"}, ("P213", "warning")),
        ("aws-sdk:rds:startDBInstance", {"DBINSTANCEIDENTIFIER": "d"}, ("P213", "warning")),
    ],
)
def test_members_begin_with_a_capital_letter(resource, request_, expected):
    assert expected in findings(resource, request_)


@pytest.mark.parametrize("member", ["TopicARN", "Topicarn", "topicArn"])
def test_a_member_in_capitals_that_nobody_uses_is_refused(member):
    assert findings("sns:publish", {member: "${Topic}", "Message": "Hi"}) == [("P202", "error")]


def test_a_member_that_is_misspelt_is_not_missing_too():
    assert messages(PUT, {"Bukket": "b", "Key": "k"}) == [
        "States.Work.Parameters.Bukket: there is no member 'Bukket'; did you mean Bucket? (P202)"
    ]


def test_members_are_written_as_the_sdk_for_java_does():
    assert findings("aws-sdk:rds:startDBInstance", {"DbInstanceIdentifier": "d"}) == []
    assert findings("batch:submitJob", {
        "JobName": "j", "JobQueue": "q", "JobDefinition": "d",
        "ContainerOverrides": {"ResourceRequirements": [{"Type": "VCPU", "Value": "4"}]},
    }) == []  # fmt: skip


def test_optimized_integrations_take_json_where_the_api_takes_text():
    assert findings("sns:publish", {"TopicArn": "${T}", "Message": {"a.$": "$.a"}}) == []
    assert findings("lambda:invoke", {"FunctionName": "f", "Payload": [1]}) == []
    event = {"Detail": {"a": 1}, "DetailType": "run", "Source": "churn"}
    assert findings("events:putEvents", {"Entries": [event]}) == []
    assert findings("states:startExecution", {"StateMachineArn": "${M}", "Input": {"a": 1}}) == []


def test_elsewhere_a_value_may_be_converted_or_not():
    assert findings("aws-sdk:sqs:receiveMessage", {
        "QueueUrl": "q", "MaxNumberOfMessages": "5", "WaitTimeSeconds": 1,
    }) == [("P214", "warning")]  # fmt: skip


def test_a_structure_is_never_converted():
    request = {"QueueUrl": "q", "AttributeNames": "All"}

    assert findings("aws-sdk:sqs:receiveMessage", request) == [("P204", "error")]


def test_some_operations_take_nothing():
    assert findings("aws-sdk:organizations:describeOrganization", {"Id": "o"}) == [
        ("P202", "error")
    ]
    assert findings("aws-sdk:organizations:describeOrganization", {}) == []


def test_null_is_as_good_as_nothing():
    assert findings("lambda:invoke", {"FunctionName": "f", "Payload": None}) == []


def test_a_value_of_dynamodb_has_one_type():
    request = {"TableName": "runs", "Key": {"id": {"S": "a", "N": "1"}}}

    assert findings("dynamodb:getItem", request) == [("P208", "error")]
    assert findings("dynamodb:getItem", {**request, "Key": {"id": {"S.$": "$.id"}}}) == []
    assert findings("dynamodb:getItem", {**request, "Key": {"id": {"BOOL": True}}}) == []
    assert findings("aws-sdk:dynamodb:getItem", {**request, "Key": {"a": {"Bool": True}}}) == []


def test_a_text_is_a_value_of_dynamodb_in_its_own_integration():
    request = {"TableName": "runs", "Key": {"id": "a1"}}

    assert findings("dynamodb:getItem", request) == []
    assert findings("aws-sdk:dynamodb:getItem", request) == [("P204", "error")]
    assert findings("dynamodb:getItem", {**request, "Key": {"id": ["a1"]}}) == [("P204", "error")]


@pytest.mark.parametrize(
    ("expression", "values", "count"),
    [
        ("SET #s = :s", {":s": {"S": "a"}}, 1),  # the name is not defined
        ("SET a = :s", {":s": {"S": "a"}, ":t": {"S": "b"}}, 1),  # a value is not used
        ("SET a = :s", {":s": {"S": "a"}}, 0),
    ],
)
def test_expressions_of_dynamodb_use_what_is_defined(expression, values, count):
    request = {
        "TableName": "runs", "Key": {"id": {"S": "a"}},
        "UpdateExpression": expression, "ExpressionAttributeValues": values,
    }  # fmt: skip

    assert findings("dynamodb:updateItem", request) == [("P227", "error")] * count


def test_a_fifo_queue_needs_a_group():
    request = {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/1/q.fifo", "MessageBody": "x"}

    assert findings("sqs:sendMessage", request) == [("P221", "error")]


def test_a_message_of_sns_has_one_target():
    assert findings("sns:publish", {"Message": "Hi"}) == [("P220", "error")]


def test_a_path_in_a_plain_key_is_told_of_where_its_type_is_wrong():
    machine = one_task("aws-sdk:sqs:receiveMessage", {"QueueUrl": "q", "AttributeNames": "$.names"})

    (finding,) = check_requests(machine)

    assert finding.rule == "P204"
    assert 'ends in .$: "AttributeNames.$"' in finding.remedy


def test_requests_within_branches_and_maps_are_checked():
    inner = one_task("sns:publish", {"Mesage": "x", "TopicArn": "${T}"})
    machine = {
        "StartAt": "Both",
        "States": {"Both": {"Type": "Parallel", "Branches": [inner], "End": True}},
    }

    assert [each.path for each in check_requests(machine)] == [
        "States.Both.Branches[0].States.Work.Parameters.Mesage"
    ]


@pytest.mark.parametrize("definition", [None, [], "x", {}, {"States": {"A": {"Type": "Task"}}}])
def test_what_is_no_machine_has_no_requests(definition):
    assert check_requests(definition) == []


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("a text", [("P204", "error")]),
        (5, [("P204", "error")]),
        ("{% $states.input.request %}", []),
        ("${Request}", []),
        ({"Bucket": "runs", "Key": "{% $states.input.key %}"}, []),
    ],
)
def test_the_arguments_of_a_jsonata_task_are_an_object_or_an_expression(arguments, found):
    assert findings(PUT, QueryLanguage="JSONata", Arguments=arguments) == found
