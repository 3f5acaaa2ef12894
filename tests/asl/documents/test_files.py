"""Files with state machines: definitions and templates, and what of them cannot be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.asl.documents import read_file
from pipelines.asl.documents.source import Position
from pipelines.errors import InputError

MACHINE = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${F}", "End": True}}}


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "template.yaml"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def only(contents):
    assert contents.notes == ()
    [machine] = contents.machines
    return machine


@pytest.mark.parametrize("name", ["m.json", "m.asl", "m.asl.json", "m"])
def test_a_definition_in_json(write, name):
    found = only(read_file(write("\ufeff" + json.dumps(MACHINE, indent=1), name)))

    assert found.definition == MACHINE
    assert (found.name, found.substitutions, found.type) == (None, None, None)
    assert found.position(("States", "A", "Resource")) == Position(6, 4)


def test_a_definition_in_yaml(write):
    found = only(read_file(write("StartAt: A\nStates:\n  A: {Type: Succeed}\n")))

    assert found.definition == {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


TEMPLATE = """\
Resources:
  Other: {Type: AWS::SNS::Topic}
  Machine:
    Type: %s
    Properties:
      %s: EXPRESS
      DefinitionSubstitutions: {F: !GetAtt Function.Arn}
      Definition:
        StartAt: A
        States:
          A: {Type: Task, Resource: !Sub "${AWS::Partition}", End: true}
"""


@pytest.mark.parametrize(
    ("kind", "type_property"),
    [
        ("AWS::StepFunctions::StateMachine", "StateMachineType"),
        ("AWS::Serverless::StateMachine", "Type"),
    ],
)
def test_a_template_with_a_definition_object(write, kind, type_property):
    found = only(read_file(write(TEMPLATE % (kind, type_property))))

    assert found.name == "Machine"
    assert found.type == "EXPRESS"
    assert found.definition["States"]["A"]["Resource"] == "${AWSPartition}"
    assert found.substitutions == {"F", "AWSPartition"}
    assert found.position(("States", "A", "Resource")).line == 11


STRING = """\
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionString: %s|
        {
          "StartAt": "A",
          "States": {"A": {"Type": "Wait", "Seconds": %s, "End": true}}
        }
"""


@pytest.mark.parametrize(
    ("function", "seconds", "expected"),
    [("", "5", 5), ("!Sub ", "${Seconds}", "${Seconds}"), ("\n        Fn::Sub: ", "5", 5)],
)
def test_a_definition_string_in_a_block_has_the_lines_of_the_file(
    write, function, seconds, expected
):
    text = STRING % (function, seconds)
    if function.startswith("\n"):
        text = text.replace("\n        {", "\n          {").replace("\n        }", "\n          }")
    found = only(read_file(write(text)))

    assert found.definition["States"]["A"]["Seconds"] == expected
    line = found.position(("States", "A", "Seconds")).line
    assert '"Seconds"' in text.splitlines()[line - 1]


def test_a_definition_string_in_json_stands_where_its_key_does(write):
    template = {
        "Resources": {
            "M": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "DefinitionString": {"Fn::Join": ["", [json.dumps(MACHINE)[:-1], "}"]]}
                },
            }
        }
    }
    found = only(read_file(write(json.dumps(template, indent=1), "t.json")))

    assert found.definition == MACHINE
    assert found.position(("States", "A")).line == 6


def test_a_definition_beside_the_template(write):
    write(json.dumps(MACHINE), "m.asl.json")
    found = only(
        read_file(
            write(
                "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n"
                "    Properties: {DefinitionUri: m.asl.json, DefinitionSubstitutions: {F: x}}\n"
            )
        )
    )

    assert found.file.name == "m.asl.json"
    assert found.definition == MACHINE
    assert found.substitutions == {"F"}


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ("DefinitionUri: s3://bucket/m.json", "not a file beside the template"),
        ("DefinitionUri: {Bucket: b, Key: k}", "not a file beside the template"),
        ("Definition: !Transform {Name: AWS::Include}", "only known when it is deployed"),
        ("DefinitionString: !If [A, {Ref: AWS::NoValue}, !Ref B]", "only known when it is"),
        ("DefinitionString: !ImportValue x", "only known when it is deployed"),
        ("DefinitionString: 7", "no text"),
        ("Role: x", "neither Definition, DefinitionString nor DefinitionUri"),
    ],
)
def test_what_of_a_template_is_not_checked_is_said(write, properties, why):
    contents = read_file(
        write(
            "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n"
            f"    Properties: {{{properties}}}\n"
        )
    )

    assert contents.machines == ()
    [note] = contents.notes
    assert "M was not checked" in note
    assert why in note


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.json", b"{", "a.json:1:2: it is not JSON"),
        ("a.yaml", b"a: [", "it is not YAML"),
        ("a.json", b"\xff\xfe{", "byte 0 is not UTF-8"),
        ("a.json", b" \n", "a.json: it is empty"),
        ("a.json", b"[" + b"9" * 5000 + b"]", "a number in it has thousands of digits"),
        ("a.yaml", b"Resources: {T: {Type: x}}", "no state machine in this file"),
        ("a.yaml", b"AWSTemplateFormatVersion: 2010-09-09", "no state machine in this file"),
        ("a.yaml", b"just a text", "no state machine in this file"),
        ("a.json", b'{"name": "churn", "stages": []}', "no state machine in this file"),
        ("a.json", b"[]", "no state machine in this file"),
        ("a.json", b"{}", "no state machine in this file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(tmp_path, name, content, problem):
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(InputError) as refused:
        read_file(file)

    assert problem in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        ("DefinitionString: '{x'", "the DefinitionString of M: it is not JSON"),
        ("DefinitionUri: missing.json", "missing.json is no file"),
        ("DefinitionUri: .", "is no file"),
    ],
)
def test_a_state_machine_that_cannot_be_read_holds_up_no_other(write, properties, problem):
    kind = "Type: AWS::Serverless::StateMachine"
    contents = read_file(
        write(
            f"Resources:\n  M: {{{kind}, Properties: {{{properties}}}}}\n"
            f"  N: {{{kind}, Properties: {{Definition: {{StartAt: A}}}}}}\n"
        )
    )

    assert [found.name for found in contents.machines] == ["N"]
    [error] = contents.unreadable
    assert problem in str(error)


def test_each_way_of_a_condition_is_a_definition_of_its_own(write):
    contents = read_file(
        write(
            """Resources:
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: !If
        - IsProduction
        - StartAt: A
        - !If
          - IsTest
          - StartAt: B
          - !Ref AWS::NoValue
"""
        )
    )

    starts = [
        (found.definition["StartAt"], found.position(("StartAt",)).line)
        for found in contents.machines
    ]
    assert starts == [("A", 7), ("B", 10)]


def test_a_definition_that_the_template_makes_a_text_is_an_object(write):
    found = only(
        read_file(
            write(
                """Resources:
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionString:
        Fn::ToJsonString:
          StartAt: A
          States: {}
"""
            )
        )
    )

    assert found.definition == {"StartAt": "A", "States": {}}
    assert found.position(("States",)).line == 8


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '{"StartAt": "A"}'),
        ("a.json", '{"States": 5}'),
        ("a.json", '{"startAt": "A"}'),
        ("a.json", '{"State": {"A": {"Type": "Succeed"}}}'),
        ("a.asl.json", '{"Comment": "yet to be written"}'),
        ("a.asl", "[]"),
    ],
)
def test_what_is_meant_as_a_definition_is_one(write, name, content):
    assert only(read_file(write(content, name))).definition == json.loads(content)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_file(tmp_path / "nowhere.json")


def test_a_placeholder_for_a_whole_value_is_read_as_a_text(write):
    text = (
        '{"StartAt": "A",\n "States": {"A": {"Type": "Wait", "Seconds": ${seconds}, "End": true}}}'
    )
    found = only(read_file(write(text, "wait.asl.json")))

    assert found.definition["States"]["A"]["Seconds"] == "${seconds}"
    assert found.position(("States", "A", "Seconds")).line == 2


def test_a_definition_that_was_cut_out_of_a_template_is_read_as_it_was_there(write):
    text = "StartAt: A\nStates: {A: {Type: Task, Resource: !GetAtt F.Arn, End: true}}\n"

    assert only(read_file(write(text))).definition["States"]["A"]["Resource"] == "${FArn}"


def test_a_text_that_is_no_json_is_refused_where_that_shows(write):
    with pytest.raises(InputError, match=r"wait\.json:1:7: it is not JSON"):
        read_file(write('{"a": ,"b": "${c}"}', "wait.json"))


@given(
    st.text(alphabet='{}[]:,"\\ \n-!&*a1$<|', max_size=40), st.sampled_from(["m.json", "m.yaml"])
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(tmp_path, text, name):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    try:
        contents = read_file(file)
    except InputError:
        return
    for machine in contents.machines:
        json.dumps(machine.definition)
        assert machine.position(("States", "A", 0)) >= Position(1, 1)
