"""What AWS's guide says beyond the specification, page by page, and the rule that holds it:
https://docs.aws.amazon.com/step-functions/latest/dg/.
"""

from __future__ import annotations

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.checker.one_task import one_task
from pipelines.asl.checker.rules.examples import END, choice, compare, jsonata, machine, task

DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
LIST = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "${Bucket}"}}
GET = {
    "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": {"Bucket": "${Bucket}", "Key": "rows"},
}
ASK = {
    "ApiEndpoint": "https://example.com/ask",
    "Method": "GET",
    "Authentication": {"ConnectionArn": "${Connection}"},
}

READS = {"Type": "Pass", "Parameters": {"b.$": "$a"}, "End": True}


def mapped(config=DISTRIBUTED, inner=END, **fields):
    processor = {"StartAt": "Inner", "States": {"Inner": inner}}
    if config is not None:
        processor = {"ProcessorConfig": config, **processor}
    each = {"Type": "Map", "ItemProcessor": processor, "MaxConcurrency": 40, **fields}
    return machine(Each={**each, "ResultPath": None, "End": True})


def read(**config):
    return mapped(ItemReader={**GET, "ReaderConfig": config})


def retry(**fields):
    return machine(Only=task(Retry=[{"ErrorEquals": ["E"], **fields}]))


def only(**fields):
    return machine(Only={"Type": "Pass", **fields, "End": True})


def assigned(states, **fields):
    """A machine that assigns a variable and goes on into a Map."""
    first = {"Type": "Pass", "Assign": {"a": 1}, "Next": "Each"}
    return {"StartAt": "First", "States": {"First": first, **states}, **fields}


QUOTAS = [
    ("State name: 80 characters", machine(**{"n" * 81: END}), "P121"),
    ("Maximum request size: 1 MB", only(Result="x" * 1_048_576), "P122"),
    ("TimeoutSeconds: 99999999", machine(Only=task(TimeoutSeconds=100_000_000)), "P105"),
    ("Wait: 99999999", machine(Only={"Type": "Wait", "Seconds": 100_000_000, "End": True}), "P105"),
    ("MaxAttempts: 99999999", retry(MaxAttempts=100_000_000), "P105"),
    ("MaxDelaySeconds is less than 31622400", retry(MaxDelaySeconds=31_622_400), "P105"),
]
DISTRIBUTED_MAP = [
    ("Mode is INLINE or DISTRIBUTED", mapped({**DISTRIBUTED, "Mode": "distributed"}), "P105"),
    ("ExecutionType is STANDARD or EXPRESS", mapped({"Mode": "DISTRIBUTED"}), "P108"),
    ("ItemReader: Distributed mode only", mapped(None, ItemReader=LIST), "P108"),
    ("ItemBatcher: Distributed mode only", mapped(None, ItemBatcher={"MaxItemsPerBatch": 1}),
     "P108"),
    ("Label: at most 40 characters", mapped(Label="l" * 41), "P116"),
    ("Label: no whitespace or wildcards", mapped(Label="a*"), "P116"),
    ("InputType", read(InputType="XML"), "P105"),
    ("InputType is said", read(MaxItems=5), "P109"),
    ("CSVHeaderLocation", read(InputType="CSV"), "P109"),
    ("CSVHeaders", read(InputType="CSV", CSVHeaderLocation="GIVEN"), "P109"),
    ("CSVDelimiter",
     read(InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVDelimiter=";"), "P105"),
    ("MaxItems: at most 100,000,000", read(InputType="JSON", MaxItems=100_000_001), "P105"),
    ("MaxInputBytesPerBatch: at most 256 KiB",
     mapped(ItemBatcher={"MaxInputBytesPerBatch": 262_145}), "P105"),
    ("ResultWriter cannot be empty", mapped(ResultWriter={}), "P115"),
    ("Transformation", mapped(ResultWriter={"WriterConfig": {"Transformation": "GZIP"}}), "P105"),
    ("ToleratedFailurePercentage: 0 to 100", mapped(ToleratedFailurePercentage=-1), "P105"),
]  # fmt: skip
JSONATA = [
    *(
        (f"{field} is for JSONPath", jsonata(Only={**task(), field: value}), "P106")
        for field, value in {
            "InputPath": "$", "Parameters": {}, "ResultSelector": {}, "ResultPath": "$",
            "OutputPath": "$", "HeartbeatSecondsPath": "$.a",
        }.items()
    ),
    *(
        (f"{field} is for JSONata", machine(Only={**task(), field: {}}), "P106")
        for field in ("Arguments", "Output")
    ),
    (
        "a JSONata machine has no JSONPath state",
        jsonata(Only={"Type": "Pass", "QueryLanguage": "JSONPath", "End": True}),
        "P107",
    ),
    ("$eval is not supported", jsonata(Only={**END, "Output": "{% $eval('1') %}"}), "P165"),
    ("a Condition is true or false", {
        "QueryLanguage": "JSONata",
        **choice({"Condition": "{% 'yes' %}", "Next": "Done"}),
    }, "P306"),
    ("Variable is for JSONPath", {"QueryLanguage": "JSONata", **choice(compare(IsNull=True))},
     "P142"),
]  # fmt: skip
VARIABLES = [
    ("80 characters", only(Assign={"n" * 81: 1}), "P171"),
    ("Reserved variable: $states", only(Assign={"states": 1}), "P171"),
    ("Succeed and Fail have no Assign", machine(Only={**END, "Assign": {"a": 1}}), "P102"),
    (
        "a distributed Map does not see outer variables",
        assigned(
            mapped(inner={"Type": "Pass", "Parameters": {"b.$": "$a"}, "End": True})["States"]
        ),
        "P304",
    ),
    (
        "inner scopes assign no variables of outer ones",
        assigned(mapped(None, {"Type": "Pass", "Assign": {"a": 2}, "End": True})["States"]),
        "P172",
    ),
    ("a variable is assigned before it is read", only(Parameters={"b.$": "$b"}), "P304"),
]
TASKS = [
    ("HTTP: Method", one_task("http:invoke", {**ASK, "Method": "FETCH"}), "P205"),
    ("HTTP: ApiEndpoint is required",
     one_task("http:invoke", {key: ASK[key] for key in ("Method", "Authentication")}), "P203"),
    ("the AWS SDK integrations have no .sync",
     one_task("aws-sdk:athena:startQueryExecution.sync", {"QueryString": "SELECT 1"}), "P201"),
    ("parameters in PascalCase",
     one_task("aws-sdk:sfn:startExecution", {"stateMachineArn": "${Machine}"}), "P202"),
    ("actions in camelCase", one_task("aws-sdk:s3:GetObject", {"Bucket": "b", "Key": "k"}), "P201"),
    ("the task token", one_task("sqs:sendMessage.waitForTaskToken", {
        "QueueUrl": "${Queue}", "MessageBody": "Hi"}, TimeoutSeconds=None), "P210"),
]  # fmt: skip
PAGES = {
    "service-quotas": QUOTAS, "state-map-distributed": DISTRIBUTED_MAP,
    "transforming-data": JSONATA, "workflow-variables": VARIABLES, "integrate-services": TASKS,
}  # fmt: skip


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        pytest.param(definition, rule, id=f"{page}: {words}")
        for page, statements in PAGES.items()
        for words, definition, rule in statements
    ],
)
def test_what_the_guide_says_is_held_by_a_rule(definition, rule):
    found = {each.rule for each in check_all(definition) if each.severity == "error"}

    assert found == {rule}


@pytest.mark.parametrize(
    ("definition", "rule"),
    [
        (mapped(None, MaxConcurrency=41), "P415"),
        (mapped(None, ToleratedFailureCount=1), "P120"),
        (retry(IntervalSeconds=9, MaxDelaySeconds=9), "P133"),
        (retry(ErrorEquals=["States.Runtime"]), "P136"),
        (jsonata(Only={**END, "Output": " {% 1 %}"}), "P162"),
        (machine(Only=task(Parameters={"a": "$.a"})), "P157"),
        (only(Result={"a.$": "$.a"}), "P158"),
    ],
)
def test_what_the_guide_advises_is_warned_of(definition, rule):
    assert {each.rule for each in check_all(definition)} == {rule}


@pytest.mark.parametrize(
    "definition",
    [
        mapped(), mapped(None), read(InputType="JSON"), mapped(ItemReader=LIST), retry(),
        assigned(mapped(None, READS)["States"]), one_task("http:invoke", ASK),
    ],
)  # fmt: skip
def test_what_the_definitions_are_made_of_breaks_none(definition):
    assert [str(each) for each in check_all(definition)] == []
