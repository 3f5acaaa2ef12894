"""The state machines of a serverless.yml."""

from __future__ import annotations

import pytest

from pipelines.asl.documents import read_file
from pipelines.asl.documents.source import Position
from pipelines.checks.files import check_files
from pipelines.errors import InputError

SERVICE = """\
service: churn
provider: {name: aws, region: eu-central-1}
functions: {ask: {handler: ask.run}}
stepFunctions:
  stateMachines:
    decide:
      type: EXPRESS
      name: decide-${self:custom.stage}
      definition:
        StartAt: Ask
        States:
          Ask:
            Type: Task
            Resource: !GetAtt ask.Arn
            TimeoutSeconds: 60
            Next: Good?
          Good?:
            Type: Choice
            Choices:
              - {Variable: $.answer, StringEquals: yes, Next: Yes}
            Default: No
          Yes: {Type: Succeed}
          No: {Type: Fail, Error: No}
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "serverless.yml"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_definition_is_found_with_its_positions(write):
    [found] = read_file(write(SERVICE)).machines

    assert (found.name, found.type, found.substitutions) == ("decide", "EXPRESS", None)
    assert found.definition["States"]["Ask"]["Resource"] == "${askArn}"
    assert found.position(("States", "Ask", "Resource")) == Position(14, 13)


def test_yes_and_no_are_texts(write):
    [found] = read_file(write(SERVICE)).machines
    choice = found.definition["States"]["Good?"]

    assert choice["Default"] == "No"
    assert choice["Choices"] == [{"Variable": "$.answer", "StringEquals": "yes", "Next": "Yes"}]
    assert found.definition["States"]["No"] == {"Type": "Fail", "Error": "No"}


def test_only_its_definitions_are_held_to_the_rules(write):
    checked = check_files([write(SERVICE)])

    assert checked.machines == 1
    assert checked.findings == []


def test_an_express_workflow_runs_no_job(write):
    text = SERVICE.replace("!GetAtt ask.Arn", "arn:aws:states:::states:startExecution.sync:2")
    found = check_files([write(text)]).findings

    assert [each.rule for each in found if each.severity == "error"] == ["P216"]


def test_a_file_that_it_names_is_read(write, tmp_path):
    text = "stepFunctions: {stateMachines: {decide: {definition: '${file(decide.yml)}'}}}\n"
    write("StartAt: A\nStates: {A: {Type: Succeed}}\n", "decide.yml")

    [found] = read_file(write(text)).machines

    assert found.file == tmp_path / "decide.yml"
    assert found.definition["StartAt"] == "A"


def test_a_file_that_is_not_there_is_refused(write):
    text = "stepFunctions: {stateMachines: {decide: {definition: '${file(decide.yml)}'}}}\n"

    [error] = read_file(write(text)).unreadable

    assert "the definition of decide" in str(error)
    assert "decide.yml is no file" in str(error)


def test_state_machines_may_be_a_list(write):
    text = """\
stepFunctions:
  stateMachines:
    - ${file(others.yml)}
    - decide: {definition: {StartAt: A, States: {A: {Type: Succeed}}}}
"""
    [found] = read_file(write(text)).machines

    assert found.position(("StartAt",)) == Position(4, 29)


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        ("{definition: '${file(all.yml):decide}'}", "only known when it is deployed"),
        ("{name: decide}", "it has no definition"),
        ("''", "it has no definition"),
    ],
)
def test_what_is_not_known_is_said(write, machine, why):
    contents = read_file(write(f"stepFunctions: {{stateMachines: {{decide: {machine}}}}}\n"))

    assert contents.machines == ()
    [note] = contents.notes
    assert "decide was not checked" in note
    assert why in note


def test_a_service_without_state_machines_is_refused(write):
    with pytest.raises(InputError, match="no state machine in this file") as refused:
        read_file(write("service: churn\nfunctions: {}\n"))

    assert "stepFunctions.stateMachines" in refused.value.hint
