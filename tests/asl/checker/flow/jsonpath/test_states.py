"""How data pass through the states of the JSONPath language, field by field."""

import pytest

from pipelines.asl.checker.flow.values.types import TEXT, object_of
from tests.asl.checker.flow.machines import (
    DONE,
    STOP,
    chain,
    make,
    message,
    read,
    rules,
    task,
    use,
)

ANSWER = object_of({"name": TEXT, "state": object_of({"code": TEXT})})


@pytest.mark.parametrize(
    ("first", "path"),
    [
        (make({"id": 1}), "$.id"),
        (make({"id": 1}, ResultPath="$.job"), "$.job.id"),
        (use({"id": "a", "deep": {"x.$": "$$.Execution.Name"}}), "$.deep.x"),
        (use({"list.$": "States.Array(1, 'a')"}), "$.list[1]"),
        (make({"a": {"b": 1}}, OutputPath="$.a"), "$.b"),
        ({"Type": "Pass", "InputPath": "$.deep"}, "$.x"),
        ({"Type": "Pass", "InputPath": "$.deep", "ResultPath": "$.copy"}, "$.copy.x"),
        ({"Type": "Pass"}, "$.deep.x"),
        ({"Type": "Wait", "Seconds": 1}, "$.deep.x"),
        ({"Type": "Wait", "Seconds": 1, "OutputPath": "$.deep"}, "$.x"),
        (task(), "$.state.code"),
        (task(ResultPath="$.job"), "$.job.name"),
        (task(ResultPath="$.job"), "$.deep.x"),
        (task(ResultPath=None), "$.deep.x"),
        (task(ResultSelector={"code.$": "$.state.code"}), "$.code"),
        (task(ResultSelector={"code.$": "$.state.code"}, ResultPath="$.job"), "$.job.code"),
    ],
)
def test_what_a_state_gives_the_next_one_finds(first, path):
    machine = chain(first, read(path))

    assert rules(machine, {"const": {"deep": {"x": 1}}}, ANSWER) == []


@pytest.mark.parametrize(
    ("first", "path"),
    [
        (make({"id": 1}), "$.ID"),
        (make({"id": 1}), "$.deep.x"),
        (make({"id": 1}, ResultPath="$.job"), "$.id"),
        (make({"id": 1}, ResultPath=None), "$.id"),
        (use({"id": "a"}), "$.deep.x"),
        (make({"a": {"b": 1}}, OutputPath="$.a"), "$.a"),
        (make({"a": 1}, OutputPath=None), "$.a"),
        ({"Type": "Pass", "InputPath": None}, "$.deep"),
        (task(), "$.deep.x"),
        (task(ResultPath="$.job"), "$.job.nam"),
        (task(ResultSelector={"code.$": "$.state.code"}), "$.name"),
        (task(ResultPath=None), "$.name"),
    ],
)
def test_what_is_not_there_is_an_error(first, path):
    machine = chain(first, read(path))

    assert rules(machine, {"const": {"deep": {"x": 1}}}, ANSWER) == [
        "P301 States.Two.Parameters.it.$"
    ]


@pytest.mark.parametrize("path", ["$.anything", "$.a.b[0].c", "$[0]", "$..x"])
def test_of_an_unknown_input_nothing_is_said(path):
    assert rules(chain(read(path))) == []


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ({"Type": "Pass", "InputPath": "$.no"}, "InputPath"),
        ({"Type": "Pass", "OutputPath": "$.no"}, "OutputPath"),
        ({"Type": "Succeed", "InputPath": "$.no"}, "InputPath"),
        ({"Type": "Wait", "SecondsPath": "$.no"}, "SecondsPath"),
        ({"Type": "Wait", "TimestampPath": "$.no"}, "TimestampPath"),
        (task(TimeoutSecondsPath="$.no"), "TimeoutSecondsPath"),
        (task(HeartbeatSecondsPath="$.no"), "HeartbeatSecondsPath"),
        (task(Parameters={"a": [{"b.$": "$.no"}]}), "Parameters.a[0].b.$"),
        (task(Credentials={"RoleArn.$": "$.no"}), "Credentials.RoleArn.$"),
        ({"Type": "Fail", "ErrorPath": "$.no"}, "ErrorPath"),
        ({"Type": "Fail", "CausePath": "States.Format('{}', $.no)"}, "CausePath"),
        (use({"a": 1}, Assign={"x.$": "$.no"}), "Assign.x.$"),
    ],
)
def test_every_field_that_holds_a_path_is_followed(state, field):
    assert rules(chain(state), {"const": {"id": 1}}) == [f"P301 States.One.{field}"]


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ({"Type": "Wait", "SecondsPath": "$.x"}, "5"),
        ({"Type": "Wait", "SecondsPath": "$.x"}, -1),
        ({"Type": "Wait", "SecondsPath": "$.x"}, 1.5),
        ({"Type": "Wait", "TimestampPath": "$.x"}, 5),
        ({"Type": "Wait", "TimestampPath": "$.x"}, "tomorrow"),
        (task(TimeoutSecondsPath="$.x"), 0),
        ({"Type": "Fail", "ErrorPath": "$.x"}, {"a": 1}),
        ({"Type": "Fail", "CausePath": "$.x"}, 5),
    ],
)
def test_a_field_that_gets_another_type_is_an_error(state, value):
    (found,) = rules(chain(state), {"const": {"x": value}})

    assert found.startswith("P306")


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ({"Type": "Wait", "SecondsPath": "$.x"}, 0),
        ({"Type": "Wait", "TimestampPath": "$.x"}, "2026-01-31T12:00:00Z"),
        (task(TimeoutSecondsPath="$.x"), 60),
        ({"Type": "Fail", "ErrorPath": "$.x"}, "Broken"),
    ],
)
def test_a_field_that_gets_its_type_is_none(state, value):
    assert rules(chain(state), {"const": {"x": value}}) == []


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (make("a text"), make(1, ResultPath="$.x")),
        (make([1]), task(ResultPath="$.x")),
        (make({"a": 5}), task(ResultPath="$.a.b")),
    ],
)
def test_a_result_needs_an_object_to_be_put_into(first, then):
    assert rules(chain(first, then)) == ["P310 States.Two.ResultPath"]


def test_after_an_error_the_input_is_there_with_the_error_where_result_path_says():
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Clean"}]
    machine = chain(
        make({"id": 1}),
        task(Catch=catch),
        Clean=use({"id.$": "$.id", "why.$": "$.error.Cause", "what.$": "$.error.Error"}, End=True),
    )

    assert rules(machine) == []


def test_without_a_result_path_the_error_takes_the_input_s_place():
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Clean"}]
    machine = chain(make({"id": 1}), task(Catch=catch), Clean={**read("$.id"), "End": True})

    assert message(machine) == (
        "$.id leads nowhere: $ (the state's input) has only Error, Cause;"
        " 'Two' loses it after an error (on the way 'Two' → 'Clean')"
    )


def test_an_error_needs_an_object_to_be_put_into():
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Done"}]
    machine = chain(make("a text"), task(ResultPath=None, Catch=catch), Done=DONE)

    assert rules(machine) == ["P310 States.Two.Catch[0].ResultPath"]


def test_branches_get_the_input_and_give_an_array():
    machine = chain(
        make({"id": 1}),
        {
            "Type": "Parallel",
            "Branches": [chain(use({"left.$": "$.id"})), chain(make({"right": 2}))],
        },
        use({"left.$": "$[0].left", "right.$": "$[1].right"}),
    )

    assert rules(machine) == []


@pytest.mark.parametrize("path", ["$[2].right", "$[0].right", "$.id"])
def test_what_no_branch_gives_is_missing(path):
    machine = chain(
        make({"id": 1}),
        {"Type": "Parallel", "Branches": [chain(make({"left": 1})), chain(make({"right": 2}))]},
        read(path),
    )

    assert rules(machine) == ["P301 States.Three.Parameters.it.$"]


def test_branches_get_what_parameters_make():
    machine = chain(
        make({"id": 1}),
        {
            "Type": "Parallel",
            "Parameters": {"only.$": "$.id"},
            "Branches": [chain(read("$.only")), chain(read("$.id"))],
        },
    )

    assert rules(machine) == ["P301 States.Two.Branches[1].States.One.Parameters.it.$"]


def test_a_state_that_nothing_reaches_is_not_looked_at():
    machine = chain(make({"id": 1}), Alone={**read("$.no"), "End": True})

    assert rules(machine) == []


def test_a_message_names_what_may_be_meant():
    machine = chain(make({"model": {"ProcessingJobName": "a"}}), read("$.model.processingJobName"))

    assert message(machine) == (
        "$.model.processingJobName leads nowhere: $.model has only ProcessingJobName"
    )


def test_a_loop_that_counts_comes_to_an_end():
    machine = chain(
        make({"n": 0}),
        use({"n.$": "States.MathAdd($.n, 1)", "before.$": "$"}),
        {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": 100, "Next": "Two"}],
            "Default": "Done",
        },
        Done=DONE,
    )

    assert rules(machine) == []


@pytest.mark.parametrize(
    "text", ["$.${Field}", "${Path}", "States.Format('{}', ${Path})", "no path", "$.x.length()"]
)
def test_what_cannot_be_read_is_left_to_other_rules(text):
    assert rules(chain(make({"id": 1}), read(text))) == []


def test_a_substitution_may_become_any_value():
    assert rules(chain(make({"list": "${List}"}), read("$.list[0].x"))) == []


def test_states_that_are_no_states_are_passed_over():
    assert rules({"StartAt": "One", "States": {"One": {"Type": "Fly", "Next": "Two"}}}) == []
    assert rules({"StartAt": "One", "States": {"One": STOP}}) == []
