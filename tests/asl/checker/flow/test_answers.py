"""What services answer: known to the last member of SageMaker, and in part of all others."""

import pytest

from pipelines.asl.checker.flow import check_flow
from pipelines.asl.checker.flow.answers import answer_of
from pipelines.asl.model import Machine
from tests.asl.checker.flow.machines import chain, use

TRAINING = "arn:aws:states:::sagemaker:createTrainingJob.sync"
BUILD = "arn:aws:states:::codebuild:startBuild.sync"
INVOKE = "arn:aws:states:::lambda:invoke"


def call(resource, **fields):
    return {"Type": "Task", "Resource": resource, **fields}


def found(*states, **fields):
    """The findings in a machine of these states, with their severity."""
    definition = {**fields, **chain(*states)}
    return [f"{each.severity} {each.rule} {each.path}" for each in check_flow(Machine(definition))]


def test_a_member_of_the_answer_is_found():
    paths = {"a.$": "$.Build.Arn", "b.$": "$.Build.Phases[0].PhaseType"}

    assert found(call(BUILD), use(paths)) == []


def test_what_a_job_of_sagemaker_does_not_answer_leads_nowhere():
    paths = {"a.$": "$.ModelArtifact.S3ModelArtifacts", "b.$": "$.modelArtifacts"}

    assert found(call(TRAINING), use(paths)) == [
        "error P301 States.Two.Parameters.a.$",
        "error P301 States.Two.Parameters.b.$",
    ]


@pytest.mark.parametrize("path", ["$.Bild.Arn", "$.build", "$.Build.Phases[0].Newer.Than.Botocore"])
def test_of_another_service_the_model_may_be_older_than_the_service(path):
    assert found(call(BUILD), use({"a.$": path})) == ["warning P302 States.Two.Parameters.a.$"]


def test_and_its_message_says_what_the_model_has():
    definition = chain(call(BUILD), use({"a.$": "$.build.Arn"}))

    (warning,) = check_flow(Machine(definition))

    assert warning.message == (
        "$.build.Arn may lead nowhere: $ has only Build, as the service's model describes it"
    )
    assert warning.remedy == "Use $.Build, if that is meant."


def test_so_it_is_in_jsonata():
    state = call(BUILD, Output="{% $states.result.build.Arn %}")

    assert found(state, QueryLanguage="JSONata") == ["warning P302 States.One.Output"]


def test_and_in_each_element_of_an_array():
    output = {
        "a": "{% $states.result.Build.Phases.PhaseType %}",
        "b": "{% $states.result.Build.Phases.Newer.Id %}",
    }

    assert found(call(BUILD, Output=output), QueryLanguage="JSONata") == [
        "warning P302 States.One.Output.b"
    ]


def test_what_it_answers_beyond_its_model_can_be_asked_for():
    is_there = {"Variable": "$.Newer", "IsPresent": True, "Next": "Three"}
    asks = {"Type": "Choice", "Choices": [is_there], "Default": "Done"}

    assert found(call(BUILD), asks, use({"a.$": "$.Newer.Id"})) == []


def test_what_its_members_are_is_certain():
    assert found(call(BUILD), use({"a.$": "$.Build.Arn.Region"})) == [
        "error P301 States.Two.Parameters.a.$"
    ]


def test_what_was_made_of_an_answer_is_certain():
    selector = {"arn.$": "$.Build.Arn"}

    assert found(call(BUILD, ResultSelector=selector), use({"a.$": "$.id"})) == [
        "error P301 States.Two.Parameters.a.$"
    ]


def test_what_a_function_answers_is_not_known():
    paths = {"a.$": "$.Payload.rows", "b.$": "$.Payload[0].rows"}

    assert found(call(INVOKE), use(paths)) == []


def test_where_both_come_together_there_may_be_either():
    made = {"Type": "Pass", "Result": {"Newer": 1}, "Next": "Two"}
    definition = chain(
        call(BUILD, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Made"}]),
        use({"a.$": "$.Newer", "b.$": "$.Build.Arn"}),
        Made=made,
    )

    assert [f"{each.rule} {each.path}" for each in check_flow(Machine(definition))] == [
        "P302 States.Two.Parameters.a.$",
        "P302 States.Two.Parameters.b.$",
    ]


def test_nothing_is_known_of_a_service_that_there_is_not():
    assert answer_of("arn:aws:states:::nowhere:toBeFound").unknown


READ = "arn:aws:states:::aws-sdk:s3:getObject"
DOCUMENT = {
    "type": "object",
    "properties": {"rows": {"type": "integer"}},
    "required": ["rows"],
    "additionalProperties": False,
}
JSON_TEXT = {
    "type": "string",
    "contentMediaType": "application/json",
    "contentSchema": DOCUMENT,
}
BODY = {"type": "object", "properties": {"Body": JSON_TEXT}, "required": ["Body"]}


def declared(answer, *states, **fields):
    """What is found if somebody has said what state One answers."""
    definition = Machine({**fields, **chain(*states)})
    return [f"{each.rule} {each.path}" for each in check_flow(definition, answers={"One": answer})]


def test_an_answer_can_be_declared():
    function = call("arn:aws:lambda:eu-central-1:123456789012:function:score")

    assert declared(DOCUMENT, function, use({"a.$": "$.rows", "b.$": "$.row"})) == [
        "P301 States.Two.Parameters.b.$"
    ]


def test_and_so_can_the_json_in_a_text():
    reads = call(READ, ResultSelector={"document.$": "States.StringToJson($.Body)"})
    paths = {"a.$": "$.document.rows", "b.$": "$.document.row"}

    assert declared(BODY, reads, use(paths)) == ["P301 States.Two.Parameters.b.$"]


def test_what_is_not_declared_is_as_the_service_has_it():
    paths = {"a.$": "$.ETag", "b.$": "$.ETagg", "c.$": "$.Body.rows"}

    assert declared(BODY, call(READ), use(paths)) == [
        "P301 States.Two.Parameters.c.$",
        "P302 States.Two.Parameters.b.$",
    ]


def test_jsonata_reads_the_same_document():
    output = {
        "a": "{% $parse($states.result.Body).rows %}",
        "b": "{% $parse($states.result.Body).row %}",
    }

    assert declared(BODY, call(READ, Output=output), QueryLanguage="JSONata") == [
        "P311 States.One.Output.b"
    ]
