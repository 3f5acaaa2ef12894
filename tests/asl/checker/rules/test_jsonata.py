"""JSONata: syntax, what $states has where, functions."""

import pytest

from pipelines.asl.checker.rules.examples import END, jsonata, machine, task
from tests.asl.checker.rules.found import messages, rules


def output(text, **state):
    return jsonata(Only={"Type": "Pass", "Output": {"a": [text]}, "End": True, **state})


@pytest.mark.parametrize("text", ["{% 1 + %}", "{% 'abc %}", "{% )( %}", "{% [1,2 %}", "{% %}"])
def test_an_expression_that_cannot_be_read_is_found(text):
    assert rules(output(text)) == {"P161"}


@pytest.mark.parametrize(
    "state",
    [
        task(Arguments={"a": "{% 1 + %}"}),
        task(Assign={"a": "{% 1 + %}"}),
        task(TimeoutSeconds="{% 1 + %}"),
        task(Credentials={"RoleArn": "{% 1 + %}"}),
        task(Catch=[{"ErrorEquals": ["E"], "Next": "Only", "Output": "{% 1 + %}"}]),
        {"Type": "Fail", "Cause": "{% 1 + %}"},
        {"Type": "Wait", "Seconds": "{% 1 + %}", "End": True},
        {"Type": "Map", "Items": "{% 1 + %}", "ItemProcessor": machine(In=END), "End": True},
        {"Type": "Choice", "Choices": [{"Condition": "{% 1 + %}", "Next": "Only"}]},
    ],
)
def test_expressions_are_looked_at_wherever_they_are(state):
    assert "P161" in rules(jsonata(Only=state))


def test_an_expression_within_another_text_is_warned_of():
    assert rules(output("Hello {% $states.input.name %}")) == {"P162"}
    assert rules(output(" {% $states.input.name %}")) == {"P162"}
    assert rules(output("{% $states.input.name")) == {"P162"}


@pytest.mark.parametrize(
    ("state", "readable"),
    [
        (task(Output="{% $states.result %}"), True),
        (task(Assign={"a": "{% $states.result.b %}"}), True),
        (task(Arguments="{% $states.result %}"), False),
        (task(Output="{% $states.errorOutput %}"), False),
        ({"Type": "Pass", "Output": "{% $states.result %}", "End": True}, False),
        ({"Type": "Pass", "Output": "{% $states.contxt %}", "End": True}, False),
        ({"Type": "Pass", "Output": "{% $states.context.Execution.Id %}", "End": True}, True),
        ({"Type": "Pass", "Assign": {"a": "{% $states.result %}"}, "End": True}, False),
    ],
)
def test_the_states_variable_has_what_belongs_there(state, readable):
    assert rules(jsonata(Only=state)) == (set() if readable else {"P163"})


@pytest.mark.parametrize(("name", "broken"), [("errorOutput", set()), ("result", {"P163"})])
def test_a_catcher_reads_the_error_and_no_result(name, broken):
    text = f"{{% $states.{name} %}}"
    catcher = {"ErrorEquals": ["E"], "Next": "Done", "Output": text, "Assign": {"a": text}}

    assert rules(jsonata(Only=task(Catch=[catcher], Next="Done"), Done=END)) == broken


@pytest.mark.parametrize("text", ["{% name %}", "{% $ %}", "{% $$.a %}", "{% a.b + 1 %}"])
def test_what_only_a_document_could_give_is_found(text):
    assert rules(output(text)) == {"P164"}


def test_within_an_expression_there_is_a_context():
    assert rules(output("{% $states.input.rows[total > 10].{'n': $.name} %}")) == set()


@pytest.mark.parametrize("text", ["{% $eval('1') %}", "{% $nothing(1) %}", "{% $length %}"])
def test_a_function_that_is_not_there_is_found(text):
    assert rules(output(text)) == ({"P165"} if "(" in text else set())


def test_a_function_that_the_expression_or_a_state_defines_is_there():
    assert rules(output("{% ($double := function($n) {$n * 2}; $double(2)) %}")) == set()
    assert rules(output("{% $f(2) %}", Assign={"f": "{% function($n) {$n} %}"})) == set()


def test_a_jsonpath_state_has_no_expressions():
    assert messages(machine(A={"Type": "Pass", "Result": "{% 1 + %}", "End": True})) == []
