"""Paths, payload templates, intrinsic functions, resources, substitutions, variables."""

import pytest

from pipelines.asl.checker.rules.examples import END, choice, compare, jsonata, machine, task
from tests.asl.checker.rules.found import messages, rules


def only(**state):
    return machine(Only={"Type": "Pass", "End": True, **state})


def mapped(**fields):
    return machine(Each={"Type": "Map", "ItemProcessor": machine(In=END), **fields, "End": True})


def evaluated(text, **fields):
    return machine(Only=task(Parameters={"value.$": text}, **fields))


@pytest.mark.parametrize(
    "definition",
    [
        only(InputPath="x"),
        only(InputPath=""),
        only(OutputPath="$.a["),
        only(InputPath="$.list.length()"),
        only(ResultPath="foo"),
        only(InputPath="States.Array(1)"),
        choice({**compare(IsPresent=True), "Variable": "$.["}),
        choice(compare(StringEqualsPath="other")),
        machine(A={"Type": "Fail", "CausePath": "cause"}),
        machine(A=task(Catch=[{"ErrorEquals": ["E"], "Next": "A", "ResultPath": ""}])),
        machine(A={"Type": "Wait", "SecondsPath": "s", "End": True}),
    ],
)
def test_what_is_no_path_is_found(definition):
    assert "P151" in rules(definition)


@pytest.mark.parametrize(
    "definition",
    [
        only(ResultPath="$.x[*]"),
        only(ResultPath="$$.x"),
        only(ResultPath="$.x[-1]"),
        only(ResultPath="$variable"),
        machine(A={"Type": "Wait", "SecondsPath": "$.x[?(@.y)]", "End": True}),
        choice({**compare(IsPresent=True), "Variable": "$.x[*]"}),
        choice(compare(NumericEqualsPath="$..x")),
        choice({**compare(IsPresent=True), "Variable": "$.x[-1]"}),
        choice({**compare(IsPresent=True), "Variable": "$.a:b"}),
        mapped(ItemsPath="$.a[*].b"),
        mapped(ItemsPath="$..b"),
        mapped(MaxConcurrencyPath="$$.Execution.Input.n"),
    ],
)
def test_a_path_to_several_places_is_found_where_one_is_wanted(definition):
    assert rules(definition) == {"P152"}


@pytest.mark.parametrize("path", ["$.a[?(@.b > 5)]", "$$.Execution.Input.a", "$v", "$['a:b'].c"])
def test_items_can_be_filtered_and_come_from_anywhere(path):
    assert rules(mapped(ItemsPath=path)) == set()


def test_several_places_can_be_read_where_a_list_is_wanted():
    assert (
        rules(only(InputPath="$.x[*]", OutputPath="$..y", Parameters={"a.$": "$.z[0,1]"})) == set()
    )


@pytest.mark.parametrize(
    "value",
    [
        "name",
        "",
        5,
        None,
        {},
        ["$.x"],
        "$.a[",
        "States.Fromat('x')",
        "states.format('x')",
        "Format('x')",
        "States.UUID",
        "States.UUID(1)",
        "States.MathAdd(1)",
        "States.Array($.a",
        "States.Array(States.Nope())",
        "States.Format('{}' $.a)",
        "States.Format('{}', $.a, $.b)",
        "States.Format('{} and {}', $.a)",
        "States.Format(5, $.a)",
        "States.Array(States.Format('{}'))",
        "States.Format('{a}')",
        "States.Format('}')",
        "States.ArrayRange(1, 10, 0)",
        "States.ArrayRange(0, 5000, 1)",
        "States.ArrayPartition($.a, 0)",
        "States.ArrayGetItem($.a, -1)",
        "States.ArrayLength('text')",
        "States.Hash($.a, 'CRC32')",
        "States.JsonMerge($.a, $.b, 'false')",
        "States.MathAdd($.a, 'one')",
        "States.StringToJson(5)",
        "s3://${Bucket}/data",
        "run-{{ name }}",
        "States.Fromat('{}', ${Path})",
    ],
)
def test_an_expression_that_cannot_be_evaluated_is_found(value):
    assert rules(evaluated(value)) == {"P153"}


@pytest.mark.parametrize(
    "value",
    [
        "$",
        "$$",
        "$.a.b[0]",
        "$$.Execution.Id",
        "$variable.a",
        "{{ path }}",
        "$.${Name}",
        "States.${Function}($.a)",
        "States.Format('${Text}', ${Path})",
        "States.UUID()",
        r"States.Format('it\'s \{\} of {}', $.a)",
        "States.Format($.template, $.a, $.b)",
        "States.ArrayRange(10, 1, -1)",
        "States.MathRandom(1, 9)",
        "States.JsonMerge($.a, States.StringToJson($.b), false)",
        "States.Array('a', 1, -2.5, true, null, $.x[*], $v)",
    ],
)
def test_an_expression_that_can_be_evaluated_is_sound(value):
    assert rules(evaluated(value)) == set()


def test_templates_are_looked_at_wherever_they_are():
    broken = {"a": [{"b.$": "x"}]}
    each = {"Type": "Map", "ItemProcessor": machine(In=END), "End": True}
    catcher = {"ErrorEquals": ["E"], "Next": "A", "Assign": {"a.$": "x"}}

    for definition in (
        only(Parameters=broken),
        only(Assign=broken),
        machine(A=task(ResultSelector=broken)),
        machine(A=task(Catch=[catcher])),
        machine(A=task(Credentials={"RoleArn.$": "x"})),
        machine(A={**each, "ItemSelector": broken}),
        choice(compare(IsNull=True, Assign=broken)),
    ):
        assert rules(definition) == {"P153"}


@pytest.mark.parametrize("text", ["States.MathAdd(1, 1)", "States.Format('{}')"])
def test_a_fail_can_call_only_functions_that_make_texts(text):
    assert rules(machine(A={"Type": "Fail", "CausePath": text})) == {"P153"}


@pytest.mark.parametrize("text", ["States.UUID()", "States.Format('{}', States.MathAdd(1, 1))"])
def test_what_a_fail_calls_may_call_others(text):
    assert rules(machine(A={"Type": "Fail", "CausePath": text})) == set()


def test_a_field_is_given_once():
    assert rules(only(Parameters={"a": 1, "a.$": "$.a"})) == {"P156"}
    assert rules(only(Parameters=[{"b": {"a": 1, "a.$": "$.a"}}])) == {"P156"}


@pytest.mark.parametrize("text", ["$.name", "$$.Execution.Id", "$.a[0]['b']", "States.UUID()"])
def test_what_seems_to_be_evaluated_is_warned_of(text):
    assert rules(only(Parameters={"name": text})) == {"P157"}
    assert rules(only(Result={"name": text})) == {"P158"}


def test_a_substitution_alone_behind_the_sign_is_warned_of():
    assert rules(only(Parameters={"a.$": "${Role}"})) == {"P159"}
    assert rules(only(Parameters={"a.$": "$.${Name}", "b": "${Role}"})) == set()


@pytest.mark.parametrize("text", ["$5", "$", "cost: $.50", "States.of.America", "$name"])
def test_a_text_with_a_dollar_is_a_text(text):
    assert rules(only(Parameters={"name": text})) == set()


@pytest.mark.parametrize(
    "resource",
    [
        "createProcessingJob",
        "",
        "not an arn",
        "arn:aws:lambda",
        "arn:awss:states:::sns:publish",
        "arn:aws:States:::sns:publish",
        "arn:aws:sns:eu-central-1:123456789012:done",
        "arn:aws:sagemaker:eu-central-1:123456789012:training-job/churn",
        "$.FunctionArn",
        "arn:aws:states:::sagemaker:createTrainingJob.synchronous",
        "arn:aws:states:::states:startExecution.sync:3",
        "arn:aws:states:::aws-sdk:s3:getObject.",
    ],
)
def test_what_can_be_no_resource_is_found(resource):
    assert rules(machine(A=task(Resource=resource))) == {"P154"}


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws-us-gov:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:eu-central-1:123456789012:activity:a.b",
        "arn:aws:states:us-east-1:123456789012:task:HelloWorld",
        "arn:aws:swf:us-east-1:123456789012:task:Add",
        "arn:PARTITION:SERVICE:REGION:ACCOUNT:function:f",
        "arn:aws:lambda:us-east-1:123456789012:function:HelloWorld:$LATEST",
        "${LambdaFunction.Arn}",
        "arn:${AWS::Partition}:states:::lambda:invoke",
        "REPLACE_WITH_ARN",
        "MY_FUNCTION_ARN",
        "functionARN",
        "{Function.Arn}",
        "$LAMBDA_ARN",
        "<your function's ARN>",
        "%FUNCTION%",
        "{{ function }}",
        "__tbc__",
        "...",
    ],
)
def test_a_resource_or_what_stands_for_one_is_sound(resource):
    assert rules(machine(A=task(Resource=resource))) == set()


def test_substitutions_are_held_to_those_that_are_declared():
    definition = only(Result="s3://${Buckt}/x")

    assert messages(definition) == []
    assert messages(definition, substitutions=["Buckt"]) == []
    assert messages(definition, substitutions=["Bucket"]) == [
        "States.Only.Result: the substitution ${Buckt} is not declared; did you mean Bucket? (P155)"
    ]


@pytest.mark.parametrize("text", ["${Bucket", "a ${} b", "${Job.Arn}"])
def test_what_cannot_be_a_substitution_is_warned_of(text):
    assert rules(only(Result=text), substitutions=["Bucket"]) == {"P155"}
    assert rules(only(Result=text)) == set()


@pytest.mark.parametrize("name", ["1a", "a-b", "a b", "", "x" * 81, "states"])
def test_a_name_that_no_variable_can_have_is_found(name):
    assert rules(only(Assign={name: 1})) == {"P171"}
    assert rules(jsonata(A={"Type": "Pass", "Assign": {name: 1}, "End": True})) == {"P171"}


def test_variables_are_named_in_any_script():
    assert rules(only(Assign={"größe": 1, "数.$": "$.n", "_a1": None})) == set()
    assert rules(jsonata(A={"Type": "Pass", "Assign": {"a.$": 1}, "End": True})) == {"P171"}


def test_an_inner_scope_does_not_assign_an_outer_variable():
    inner = machine(In={"Type": "Pass", "Assign": {"rows.$": "$.n"}, "End": True})
    each = {"Type": "Map", "ItemProcessor": inner, "Assign": {"rows": 1}, "End": True}
    distributed = {**inner, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}

    assert rules(machine(Each=each)) == {"P172"}
    assert rules(machine(Each={**each, "ItemProcessor": distributed})) == set()


def test_two_branches_can_assign_the_same_variable():
    branches = [
        machine(**{name: {"Type": "Pass", "Assign": {"rows": 1}, "End": True}}) for name in "AB"
    ]

    assert rules(machine(Both={"Type": "Parallel", "Branches": branches, "End": True})) == set()
