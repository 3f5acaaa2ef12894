"""What is long or nested is checked by anyone, however full Python's stack is already."""

import itertools
import json

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.documents.files import read_file
from tests.asl.stack import deep_in_the_stack

LONG = {
    "names": "$" + ".a" * 5_000,
    "indexes": "$" + "[0]" * 5_000,
    "of a variable": "$x" + ".a" * 5_000,
    "of the context object": "$$" + ".a" * 5_000,
    "stars": "$" + "[*]" * 5_000,
    "descents": "$" + "..a" * 5_000,
    "calls": "States.Array(" * 3_000,
}
MANY = 1_100
"""States that follow one another."""


def checked(definition):
    """The rules that are broken, as someone finds who asks from deep in the stack."""
    schema = {"type": "object"}
    return [
        each.rule for each in deep_in_the_stack(lambda: check_all(definition, input_schema=schema))
    ]


def nested(wrap, depth, value):
    for _ in range(depth):
        value = wrap(value)
    return value


@pytest.mark.parametrize("path", LONG.values(), ids=LONG)
@pytest.mark.parametrize("field", ["InputPath", "ResultPath", "OutputPath"])
def test_a_path_may_be_as_long_as_it_likes(path, field):
    make = {"Type": "Pass", "Result": {"a": [1]}, field: path, "Next": "Ask"}
    tests = [{"IsPresent": True}, {"IsPresent": False}, {"IsNull": True}, {"StringEquals": "x"}]
    ask = {
        "Type": "Choice",
        "Choices": [{"Variable": path, **test, "Next": "Use"} for test in tests],
        "Default": "Use",
    }
    use = {"Type": "Pass", "Parameters": {"it.$": path}, "End": True}

    checked({"StartAt": "Make", "States": {"Make": make, "Ask": ask, "Use": use}})


def test_a_result_far_below_is_there_and_nothing_is_known_of_it():
    far = "$" + ".a" * 5_000
    make = {"Type": "Pass", "Result": 1, "ResultPath": far, "Next": "Use"}
    use = {"Type": "Pass", "Parameters": {"it.$": far, "no.$": "$.b"}, "End": True}
    machine = {"StartAt": "Make", "States": {"Make": make, "Use": use}}

    assert [each.rule for each in check_all(machine, input_schema={"const": {}})] == ["P301"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda value: [value],
        lambda value: {"a": value},
        lambda value: {"Not": value},
        lambda value: {"And": [value]},
    ],
    ids=["lists", "objects", "Not", "And"],
)
@pytest.mark.parametrize("field", ["Result", "Parameters", "Arguments", "Choices", "Assign"])
@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_a_value_may_be_nested_as_deep_as_the_rule_allows(wrap, field, language):
    deep = nested(wrap, 140, {"Variable": "$.a", "IsPresent": True})
    state = {"Type": "Choice" if field == "Choices" else "Task", field: [deep], "End": True}
    state["Resource"] = "arn:aws:states:::sqs:sendMessage"

    assert "P118" not in checked(
        {"QueryLanguage": language, "StartAt": "A", "States": {"A": state}}
    )


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {
            "Type": "Parallel",
            "Branches": [{"StartAt": "A", "States": {"A": state}}],
            "End": True,
        },
        lambda state: {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "A", "States": {"A": state}},
            "End": True,
        },
    ],
    ids=["Parallel", "Map"],
)
def test_so_may_be_states(wrap):
    state = nested(wrap, 70, {"Type": "Succeed"})

    assert "P118" not in checked({"StartAt": "A", "States": {"A": state}})


@pytest.mark.parametrize(
    ("language", "fields"),
    [
        ("JSONPath", {"Parameters": {"a.$": "$"}}),
        ("JSONPath", {"Parameters": {"a.$": "States.Array($)"}}),
        ("JSONPath", {"ResultPath": "$.a"}),
        ("JSONPath", {"Assign": {"v": {"a.$": "$v"}}}),
        ("JSONata", {"Output": {"a": "{% $states.input %}"}}),
        ("JSONata", {"Assign": {"v": {"a": "{% $v %}"}}}),
    ],
)
def test_states_may_wrap_what_they_get_again_and_again(language, fields):
    names = [f"State {number}" for number in range(MANY)]
    states = {
        name: {"Type": "Pass", **fields, "Next": following}
        for name, following in itertools.pairwise(names)
    }
    start = {"Type": "Pass", "Assign": {"v": 1}, "Next": names[0]}
    last = {"Type": "Pass", "Next": names[5]}

    checked(
        {
            "QueryLanguage": language,
            "StartAt": "Go",
            "States": {"Go": start, **states, names[-1]: last},
        }
    )


@pytest.mark.parametrize(
    "repeated", ["1 & ", "$states.input.a and ", "$not(", "1 ? 2 : ", "[", "-"]
)
@pytest.mark.parametrize("times", [150, 3_000])
def test_an_expression_may_be_nested(repeated, times):
    closed = {"(": ")", "[": "]"}.get(repeated[-1], "")
    condition = "{% " + repeated * times + "1" + closed * times + " %}"
    ask = {"Type": "Choice", "Choices": [{"Condition": condition, "Next": "A"}], "Default": "A"}
    state = {"Type": "Pass", "Output": condition, "Next": "Ask"}

    checked({"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state, "Ask": ask}})


@pytest.mark.parametrize("depth", [200, 400, 450])
def test_a_file_is_read_whatever_is_nested_in_it(tmp_path, depth):
    value = nested(lambda value: [value], depth, {"Ref": "Topic"})
    state = {"Type": "Pass", "Result": value, "End": True}
    file = tmp_path / "machine.json"
    file.write_text(json.dumps({"StartAt": "A", "States": {"A": state}}))

    (found,) = deep_in_the_stack(lambda: read_file(file)).machines

    assert list(found.definition["States"]) == ["A"]
