"""The optimized and the AWS SDK integrations: results and errors as AWS has recorded them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.running import eventually
from tests.engine.whole import REGION, Whole

UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    whole = Whole(tmp_path / ".local")
    yield whole
    whole.close()


def task(resource: str, parameters: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Call": {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{resource}",
            "Parameters": parameters,
            "End": True,
            **more,
        }
    }


def result_of(execution: Mapping[str, Any]) -> Any:
    assert execution["status"] == "SUCCEEDED", execution
    return json.loads(execution["output"])


def without_metadata(result: dict[str, Any], headers: set[str]) -> dict[str, Any]:
    """The result without the HTTP metadata, which are held to these names of headers."""
    http, response = result.pop("SdkHttpMetadata"), result.pop("SdkResponseMetadata")
    assert http["HttpStatusCode"] == 200
    assert set(http["HttpHeaders"]) == headers
    assert http["AllHttpHeaders"] == {name: [each] for name, each in http["HttpHeaders"].items()}
    assert http["HttpHeaders"]["x-amzn-RequestId"] == response["RequestId"]
    return result


PLAIN = {"connection", "Content-Length", "Content-Type", "Date", "x-amzn-RequestId"}


# Lambda

LAMBDA = {
    *("Connection", "Content-Length", "Content-Type", "Date", "X-Amz-Executed-Version"),
    *("X-Amzn-Trace-Id", "x-amzn-Remapped-Content-Length", "x-amzn-RequestId"),
}
ECHO = "def handler(event, context): return event"
FAILS = "def handler(event, context):\n    raise KeyError('because')"


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        (None, {}),
        ({"a": [1]}, {"a": [1]}),
        ("text", "text"),
        ('{"a": 1}', {"a": 1}),
        ("0.0", 0.0),
        ([], []),
        ("true", True),
    ],
)
def test_a_function_is_invoked_with_its_payload(whole, payload, event):
    whole.function("echo", ECHO)

    execution = whole.run(task("lambda:invoke", {"FunctionName": "echo", "Payload": payload}))

    result = without_metadata(result_of(execution), LAMBDA)
    assert result == {"ExecutedVersion": "$LATEST", "Payload": event, "StatusCode": 200}


def test_what_a_function_raises_is_the_tasks_error(whole):
    whole.function("fails", FAILS)

    execution = whole.run(task("lambda:invoke", {"FunctionName": "fails"}))

    assert execution["error"] == "KeyError"
    cause = json.loads(execution["cause"])
    assert (cause["errorMessage"], cause["errorType"]) == ("'because'", "KeyError")
    assert cause["stackTrace"][0].startswith('  File "/var/task/index.py", line 2, in handler\n')
    assert execution["cause"].startswith('{"errorMessage": "')


def test_a_function_that_is_not_there_is_lambdas_own_error(whole):
    execution = whole.run(task("lambda:invoke", {"FunctionName": "none"}))

    assert execution["error"] == "Lambda.ResourceNotFoundException"
    assert re.fullmatch(
        rf"Function not found: arn:aws:lambda:{REGION}:000000000000:function:none:\$LATEST "
        r"\(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; "
        rf"Request ID: {UUID}; Proxy: null\)",
        execution["cause"],
    )


def test_a_function_that_takes_too_long_fails_its_task_by_name(whole):
    whole.function("hangs", "import time\ndef handler(e, c): time.sleep(60)", Timeout=1)

    execution = whole.run(task("lambda:invoke", {"FunctionName": "hangs"}))

    assert execution["error"] == "Sandbox.Timedout"


def test_an_execution_that_is_stopped_ends_its_function_first(whole, tmp_path):
    beat = tmp_path / "beat"
    whole.function(
        "beats",
        "import time\n"
        "def handler(path, context):\n"
        "    while True: open(path, 'a').write('x'); time.sleep(0.005)",
        Timeout=60,
    )
    machine = whole.machine(task("lambda:invoke", {"FunctionName": "beats", "Payload": str(beat)}))
    arn = whole.start(machine)
    eventually(beat.exists)

    whole.client("stepfunctions").stop_execution(executionArn=arn)

    assert whole.ended(arn)["status"] == "ABORTED"
    size = beat.stat().st_size
    assert not eventually_grows(beat, size)


def eventually_grows(path: Path, size: int) -> bool:
    from time import sleep

    sleep(0.05)
    return path.stat().st_size > size


# SQS, SNS


def test_a_message_is_sent_to_a_queue(whole):
    url = whole.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    attributes = {"kind": {"DataType": "String", "StringValue": "Hello"}}
    execution = whole.run(
        task(
            "sqs:sendMessage",
            {"QueueUrl": url, "MessageBody": {"a": 1}, "MessageAttributes": attributes},
        )
    )

    result = without_metadata(result_of(execution), PLAIN)
    assert set(result) == {"MD5OfMessageAttributes", "MD5OfMessageBody", "MessageId"}
    [message] = whole.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert message["Body"] == '{"a":1}'
    assert message["MessageAttributes"] == attributes


def test_a_message_without_a_body_is_refused_in_sqss_words(whole):
    url = whole.client("sqs").create_queue(QueueName="q")["QueueUrl"]

    execution = whole.run(task("sqs:sendMessage", {"QueueUrl": url, "MessageBody": ""}))

    assert execution["error"] == "SQS.AmazonSQSException"
    assert re.fullmatch(
        r"The request must contain the parameter MessageBody. \(Service: AmazonSQS; "
        rf"Status Code: 400; Error Code: MissingParameter; Request ID: {UUID}; Proxy: null\)",
        execution["cause"],
    )


@pytest.mark.parametrize(
    ("message", "received"),
    [("HelloWorld", "HelloWorld"), ({"a": 1}, '{"a":1}'), ([True], "[true]")],
)
def test_a_message_is_published_to_a_topic(whole, message, received):
    sns, sqs = whole.client("sns"), whole.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:000000000000:q")
    attributes = {"kind": {"DataType": "String", "StringValue": "Hello"}}

    execution = whole.run(
        task(
            "sns:publish", {"TopicArn": topic, "Message": message, "MessageAttributes": attributes}
        )
    )

    result = without_metadata(result_of(execution), PLAIN)
    assert set(result) == {"MessageId"}
    [delivered] = sqs.receive_message(QueueUrl=url)["Messages"]
    content = json.loads(delivered["Body"])
    assert content["Message"] == received
    assert content["MessageAttributes"]["kind"] == {"Type": "String", "Value": "Hello"}


def test_a_topic_that_is_not_there_is_snss_own_error(whole):
    topic = f"arn:aws:sns:{REGION}:000000000000:none"

    execution = whole.run(task("sns:publish", {"TopicArn": topic, "Message": "x"}))

    assert execution["error"] == "SNS.NotFoundException"
    assert re.fullmatch(
        r"Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; "
        rf"Request ID: {UUID}; Proxy: null\)",
        execution["cause"],
    )


# DynamoDB

DYNAMODB = {
    *("Connection", "Content-Length", "Content-Type", "Date", "Server", "x-amz-crc32"),
    "x-amzn-RequestId",
}


@pytest.fixture
def table(whole: Whole) -> str:
    whole.client("dynamodb").create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "table"


def test_an_item_is_put_updated_read_and_deleted(whole, table):
    key = {"id": {"S": "1"}}
    steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("putItem", {"Item": {**key, "data": {"S": "Hello"}}}, {}),
        (
            "updateItem",
            {
                "Key": key,
                "UpdateExpression": "set S=:r",
                "ExpressionAttributeValues": {":r": {"S": "Updated"}},
                "ReturnValues": "UPDATED_NEW",
            },
            {"Attributes": {"S": {"S": "Updated"}}},
        ),
        (
            "getItem",
            {"Key": key},
            {"Item": {**key, "data": {"S": "Hello"}, "S": {"S": "Updated"}}},
        ),
        ("deleteItem", {"Key": key}, {}),
        ("getItem", {"Key": key}, {}),
    ]
    for number, (action, parameters, expected) in enumerate(steps):
        states = task(f"dynamodb:{action}", {"TableName": table, **parameters})

        result = result_of(whole.run(states, name=f"m{number}"))

        assert without_metadata(result, DYNAMODB) == expected


@pytest.mark.parametrize(
    ("parameters", "error", "message", "code"),
    [
        (
            {"TableName": "none", "Item": {"id": {"S": "1"}}},
            "ResourceNotFoundException",
            "Requested resource not found",
            "ResourceNotFoundException",
        ),
        (
            {"TableName": "table", "Item": None},
            "AmazonDynamoDBException",
            "1 validation error detected: Value null at 'item' failed to satisfy constraint: "
            "Member must not be null",
            "ValidationException",
        ),
    ],
)
def test_an_error_of_dynamodb_is_worded_as_on_aws(whole, table, parameters, error, message, code):
    execution = whole.run(task("dynamodb:putItem", parameters))

    assert execution["error"] == f"DynamoDB.{error}"
    assert re.fullmatch(
        rf"{message} \(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: {code}; "
        rf"Request ID: {UUID}; Proxy: null\)",
        execution["cause"],
    )


# EventBridge


def rule_to_a_queue(whole: Whole) -> str:
    """A queue that gets every event of the source `mine`; its URL."""
    events = whole.client("events")
    url: str = whole.client("sqs").create_queue(QueueName="events")["QueueUrl"]
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["mine"]}))
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:000000000000:events"}
    events.put_targets(Rule="all", Targets=[target])
    return url


def entry(detail: Any, **more: Any) -> dict[str, Any]:
    return {"Detail": detail, "DetailType": "kind", "Source": "mine", **more}


def test_events_are_put_and_name_their_origin(whole):
    url = rule_to_a_queue(whole)

    execution = whole.run(
        task("events:putEvents", {"Entries": [entry({"a": 1}, Resources=["own"])]})
    )

    result = result_of(execution)
    assert set(result) == {"Entries", "FailedEntryCount"}
    assert re.fullmatch(UUID, result["Entries"][0]["EventId"])
    [message] = whole.client("sqs").receive_message(QueueUrl=url)["Messages"]
    event = json.loads(message["Body"])
    assert event["detail"] == {"a": 1}
    assert event["resources"] == ["own", execution["stateMachineArn"], execution["executionArn"]]


def test_an_entry_that_fails_fails_the_task(whole):
    malformed, sourceless = entry('"text"'), entry({"a": 1})
    del sourceless["Source"]

    execution = whole.run(
        task("events:putEvents", {"Entries": [malformed, entry({"b": 2}), sourceless]})
    )

    assert execution["error"] == "EventBridge.FailedEntry"
    cause = json.loads(execution["cause"])
    assert cause["FailedEntryCount"] == 2
    assert cause["Entries"][0] == {
        "ErrorCode": "MalformedDetail",
        "ErrorMessage": "Detail is malformed.",
    }
    assert list(cause["Entries"][1]) == ["EventId"]
    assert cause["Entries"][2] == {
        "ErrorCode": "InvalidArgument",
        "ErrorMessage": "Parameter Source is not valid. Reason: Source is a required argument.",
    }


def test_a_target_that_nothing_would_be_delivered_to_is_refused(whole):
    events = whole.client("events")
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["mine"]}))

    with pytest.raises(ClientError, match="The local engine does not have events:PutTargets"):
        events.put_targets(
            Rule="all",
            Targets=[{"Id": "1", "Arn": f"arn:aws:lambda:{REGION}:000000000000:function:f"}],
        )


# Nested executions

CHILD = {"Say": {"Type": "Pass", "Result": {"Arg1": "argument1"}, "End": True}}
FAILING = {"Stop": {"Type": "Fail", "Error": "SomeFailure", "Cause": "because"}}


def start_state(child: str, pattern: str = "", **more: Any) -> dict[str, Any]:
    parameters = {"StateMachineArn": child, "Name": "nested", "Input": None, **more}
    return task(f"states:startExecution{pattern}", parameters)


def test_an_execution_is_started_and_not_waited_for(whole):
    child = whole.machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}, "child")

    result = without_metadata(result_of(whole.run(start_state(child))), PLAIN)

    arn = child.replace("stateMachine", "execution") + ":nested"
    assert set(result) == {"ExecutionArn", "StartDate"}
    assert result["ExecutionArn"] == arn
    described = whole.client("stepfunctions").describe_execution(executionArn=arn)
    assert (described["status"], described["input"]) == ("RUNNING", "{}")


@pytest.mark.parametrize(
    ("pattern", "input", "output"),
    [
        (".sync", '{"a":1}', '{"Arg1":"argument1"}'),
        (".sync:2", {"a": 1}, {"Arg1": "argument1"}),
    ],
)
def test_an_execution_that_is_waited_for_is_described(whole, pattern, input, output):
    child = whole.machine(CHILD, "child")

    execution = whole.run(start_state(child, pattern, Input={"a": 1}))

    result = result_of(execution)
    assert result["StopDate"] >= result["StartDate"] > 1e12
    assert {k: v for k, v in result.items() if k not in ("StartDate", "StopDate")} == {
        "ExecutionArn": child.replace("stateMachine", "execution") + ":nested",
        "Input": input,
        "InputDetails": {"Included": True},
        "Name": "nested",
        "Output": output,
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "StateMachineArn": child,
        "Status": "SUCCEEDED",
    }
    types = [event["type"] for event in whole.events(execution["executionArn"])]
    assert types[3:6] == ["TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_an_execution_that_fails_fails_the_task_that_waits_for_it(whole):
    child = whole.machine(FAILING, "child")

    execution = whole.run(start_state(child, ".sync"))

    assert execution["error"] == "States.TaskFailed"
    cause = json.loads(execution["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == (
        *("FAILED", "SomeFailure", "because"),
    )
    assert (cause["RedriveCount"], cause["RedriveStatus"]) == (0, "REDRIVABLE")
    assert "Output" not in cause


def test_a_state_machine_that_is_not_there_is_step_functions_own_error(whole):
    arn = f"arn:aws:states:{REGION}:000000000000:stateMachine:none"

    execution = whole.run(start_state(arn))

    assert execution["error"] == "StepFunctions.StateMachineDoesNotExistException"
    assert re.fullmatch(
        rf"State Machine Does Not Exist: '{arn}' \(Service: AWSStepFunctions; Status Code: 400; "
        rf"Error Code: StateMachineDoesNotExist; Request ID: {UUID}; Proxy: null\)",
        execution["cause"],
    )


def test_an_execution_that_is_stopped_stops_the_one_it_waits_for(whole):
    child = whole.machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}, "child")
    arn = whole.start(whole.machine(start_state(child, ".sync")))
    nested = child.replace("stateMachine", "execution") + ":nested"
    eventually(lambda: "TaskSubmitted" in [event["type"] for event in whole.events(arn)])

    whole.client("stepfunctions").stop_execution(executionArn=arn)

    assert whole.ended(arn)["status"] == "ABORTED"
    stopped = whole.ended(nested)
    assert (stopped["status"], stopped["cause"]) == (
        "ABORTED",
        f"The Task state in AWS Step Functions execution [{arn}]"
        " which was managing this resource was aborted",
    )


# AWS SDK


def test_objects_are_written_listed_copied_and_deleted(whole):
    whole.client("s3").create_bucket(
        Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION}
    )

    def call(action: str, **parameters: Any) -> Any:
        states = task(f"aws-sdk:s3:{action}", {"Bucket": "bucket", **parameters})
        return result_of(whole.run(states, name=action))

    put = call("putObject", Key="a/b", Body={"Dict": "Value"})
    assert put == {
        "ChecksumCRC32": "hnEfWw==",
        "ChecksumType": "FULL_OBJECT",
        "ETag": '"49e31cee5aec8faf3345893addb14346"',
        "ServerSideEncryption": "AES256",
    }
    call("copyObject", Key="c", CopySource="bucket/a/b")
    listed = call("listObjectsV2", Delimiter="/")
    assert [each["Key"] for each in listed["Contents"]] == ["c"]
    assert listed["CommonPrefixes"] == [{"Prefix": "a/"}]
    assert listed["KeyCount"] == 2
    assert call("getObject", Key="c")["Body"] == '{"Dict":"Value"}'
    call("deleteObject", Key="c")
    assert call("headObject", Key="a/b")["ContentLength"] == 16


@pytest.mark.parametrize(
    ("resource", "parameters", "result"),
    [
        ("sts:getCallerIdentity", {}, {"Account": "000000000000"}),
        ("secretsmanager:listSecrets", {}, {"SecretList": []}),
        ("ssm:getParametersByPath", {"Path": "/"}, {"Parameters": []}),
        ("sfn:listStateMachines", {"MaxResults": 1}, {}),
        ("cloudwatchlogs:describeLogGroups", {}, {"LogGroups": []}),
        ("eventbridge:listRules", {}, {"Rules": []}),
        ("lambda:listFunctions", {}, {"Functions": []}),
        ("iam:listRoles", {}, {"IsTruncated": False, "Roles": []}),
    ],
)
def test_every_service_is_called_with_names_in_pascal_case(whole, resource, parameters, result):
    execution = whole.run(task(f"aws-sdk:{resource}", parameters))

    found = result_of(execution)
    assert {name: found[name] for name in result} == result


@pytest.mark.parametrize(
    ("resource", "parameters", "error", "cause"),
    [
        (
            "sfn:sendTaskSuccess",
            {"Output": "x", "TaskToken": "NoSuchTaskToken"},
            "Sfn.InvalidTokenException",
            "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: ",
        ),
        (
            "dynamodb:putItem",
            {"TableName": "none", "Item": {"id": {"S": "1"}}},
            "DynamoDb.ResourceNotFoundException",
            "Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: ",
        ),
        (
            "dynamodb:putItem",
            {"TableName": "none", "Item": None},
            "DynamoDb.DynamoDbException",
            "1 validation error detected: Value null at 'item' failed to satisfy constraint: "
            "Member must not be null (Service: DynamoDb, Status Code: 400, Request ID: ",
        ),
        (
            "s3:listObjectsV2",
            {"Bucket": "no-such-bucket"},
            "S3.NoSuchBucketException",
            "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: ",
        ),
        (
            "secretsmanager:getSecretValue",
            {"SecretId": "none"},
            "SecretsManager.ResourceNotFoundException",
            "Secrets Manager can't find the specified secret. (Service: SecretsManager, ",
        ),
    ],
)
def test_an_error_has_the_name_and_the_words_of_the_java_sdk(
    whole, resource, parameters, error, cause
):
    execution = whole.run(task(f"aws-sdk:{resource}", parameters))

    assert execution["error"] == error
    assert execution["cause"].startswith(cause)
    assert execution["cause"].endswith(" (SDK Attempt Count: 1)")


def test_an_execution_is_started_with_an_input_that_is_made_text(whole):
    child = whole.machine(CHILD, "child")

    result = result_of(
        whole.run(
            task("aws-sdk:sfn:startExecution", {"StateMachineArn": child, "Input": {"key": "v"}})
        )
    )

    assert set(result) == {"ExecutionArn", "StartDate"}
    assert result["StartDate"].endswith("Z")
    assert whole.ended(result["ExecutionArn"])["input"] == '{"key":"v"}'


def test_moto_tells_secrets_and_rules_the_same_after_a_restart(tmp_path):
    first = Whole(tmp_path / ".local")
    first.client("secretsmanager").create_secret(Name="s", SecretString="hush")
    rule_to_a_queue(first)
    before = first.client("secretsmanager").describe_secret(SecretId="s")
    first.close()

    second = Whole(tmp_path / ".local")

    after = second.client("secretsmanager").describe_secret(SecretId="s")
    ignored = "ResponseMetadata"
    assert {k: v for k, v in after.items() if k != ignored} == {
        k: v for k, v in before.items() if k != ignored
    }
    [rule] = second.client("events").list_rules()["Rules"]
    assert (rule["Name"], rule["State"]) == ("all", "ENABLED")
    second.close()


# Deployed together

TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "greet",
                "Runtime": "python3.11",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Timeout": "9",
                "Environment": {"Variables": {"WORD": "hello"}},
                "Code": {
                    "ZipFile": "import os\n"
                    "def handler(event, context): return os.environ['WORD'] + ' ' + event['who']"
                },
            },
        },
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DefinitionSubstitutions": {
                    "Function": {"Fn::GetAtt": ["Function", "Arn"]},
                    "Queue": {"Ref": "Queue"},
                    "Table": {"Ref": "Table"},
                },
                "Definition": {
                    "StartAt": "Greet",
                    "States": {
                        "Greet": {
                            "Type": "Task",
                            "Resource": "${Function}",
                            "ResultPath": "$.said",
                            "Next": "Keep",
                        },
                        "Keep": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::dynamodb:putItem",
                            "Parameters": {
                                "TableName": "${Table}",
                                "Item": {"id": {"S.$": "$.who"}, "said": {"S.$": "$.said"}},
                            },
                            "ResultPath": None,
                            "Next": "Tell",
                        },
                        "Tell": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::sqs:sendMessage",
                            "Parameters": {"QueueUrl": "${Queue}", "MessageBody.$": "$.said"},
                            "ResultPath": None,
                            "End": True,
                        },
                    },
                },
            },
        },
    },
    "Outputs": {
        "Machine": {"Value": {"Ref": "Machine"}},
        "Queue": {"Value": {"Ref": "Queue"}},
    },
}


def deployed(whole: Whole, body: Mapping[str, Any], *, update: bool = False) -> dict[str, str]:
    """Deploy a stack; its outputs."""
    client = whole.client("cloudformation")
    call = client.update_stack if update else client.create_stack
    call(StackName="st", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"])
    [stack] = client.describe_stacks(StackName="st")["Stacks"]
    assert stack["StackStatus"] == f"{'UPDATE' if update else 'CREATE'}_COMPLETE", stack
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def test_a_stack_of_a_machine_and_all_that_it_calls_is_deployed_changed_and_deleted(whole):
    outputs = deployed(whole, TEMPLATE)

    execution = whole.ended(whole.start(outputs["Machine"], {"who": "world"}))

    assert result_of(execution) == {"who": "world", "said": "hello world"}
    [message] = whole.client("sqs").receive_message(QueueUrl=outputs["Queue"])["Messages"]
    assert message["Body"] == "hello world"

    changed = json.loads(json.dumps(TEMPLATE))
    function = changed["Resources"]["Function"]["Properties"]
    function["Environment"]["Variables"]["WORD"] = "good bye"
    function["Code"]["ZipFile"] = function["Code"]["ZipFile"].replace("' '", "', '")
    deployed(whole, changed, update=True)

    execution = whole.ended(whole.start(outputs["Machine"], {"who": "world"}))
    assert result_of(execution)["said"] == "good bye, world"

    whole.client("cloudformation").delete_stack(StackName="st")
    assert whole.client("lambda").list_functions()["Functions"] == []
    assert whole.client("dynamodb").list_tables()["TableNames"] == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"Layers": ["arn"]}, "property Layers"),
        ({"Code": {"ImageUri": "x"}}, "S3Bucket, S3Key, ZipFile only"),
    ],
)
def test_a_function_that_would_not_be_what_the_template_says_is_refused(whole, change, named):
    body = json.loads(json.dumps(TEMPLATE))
    body["Resources"]["Function"]["Properties"] |= change

    with pytest.raises(ClientError, match=named):
        whole.client("cloudformation").create_stack(
            StackName="st", TemplateBody=json.dumps(body), Capabilities=["CAPABILITY_IAM"]
        )
