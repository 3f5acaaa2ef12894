"""The rules of data flow.  One analysis serves them all; each tells its part of what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.checker.flow.analysis import Analysis, Answers
from pipelines.asl.checker.flow.answers import answer_of
from pipelines.asl.checker.flow.endings import dead_ends
from pipelines.asl.checker.flow.examples import (
    assigning,
    choice,
    delay,
    expression,
    gate,
    noting,
    send,
    two,
    use,
)
from pipelines.asl.checker.flow.problems import Problem
from pipelines.asl.checker.flow.values.schemas import from_json_schema
from pipelines.asl.checker.flow.values.types import UNKNOWN, Type
from pipelines.asl.findings import RULES, Broken, Finding, Rule, rule
from pipelines.asl.model import Machine

_SPECIFICATION = "https://states-language.net/spec.html"
_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"


def check_flow(
    machine: Machine,
    *,
    input_schema: Any = None,
    answers: Mapping[str, Any] | None = None,
    result_type: Answers = answer_of,
) -> Iterator[Finding]:
    """What breaks the rules of data flow.

    Args:
        machine: Any definition.
        input_schema: The JSON Schema of the execution's input; None: it can be anything.
        answers: By the name of a Task's state, the JSON Schema of what it answers, where that is
            more than its resource tells.
        result_type: What a Task's resource answers, as a type.
    """
    execution_input = UNKNOWN if input_schema is None else from_json_schema(input_schema)
    declared = {name: from_json_schema(schema) for name, schema in (answers or {}).items()}
    machine.kept[_problems] = _analyse(machine, execution_input, result_type, declared)
    for each in FLOW:
        yield from each.findings(machine)


def _analyse(
    machine: Machine, execution_input: Type, result_type: Answers, answers: Mapping[str, Type]
) -> list[Problem]:
    analysis = Analysis(machine, execution_input, result_type, answers)
    return [*analysis.problems, *dead_ends(analysis)]


def _problems(machine: Machine, rule: str) -> Iterator[Broken]:
    """What the one analysis of the machine found that breaks a rule."""
    found: list[Problem] | None = machine.kept.get(_problems)
    if found is None:
        found = machine.kept[_problems] = _analyse(machine, UNKNOWN, answer_of, {})
    for problem in found:
        if problem.rule == rule:
            yield Broken(problem.place, problem.message, problem.remedy)


@rule(
    "P301",
    source=_SPECIFICATION + "#payload-template",
    quote="If the path is legal but cannot be applied successfully, the interpreter fails the "
    'machine execution with an Error Name of "States.ParameterPathFailure".',
    bad=use(Parameters={"job.$": "$.ID"}),
    good=use(Parameters={"job.$": "$.id"}),
)
def a_path_leads_somewhere(machine: Machine) -> Iterator[Broken]:
    """A path finds something: what it names has been put there by a state before, by what
    SageMaker answers, or by the execution's input, as far as its schema is known."""
    return _problems(machine, "P301")


@rule(
    "P302",
    "warning",
    source=_SPECIFICATION + "#using-inputpath-parameters-resultselector-resultpath-and-outputpath",
    quote='The default value of ResultPath is "$", so by default a state\'s result overwrites and '
    "replaces the input.",
    bad=noting(),
    good=noting(ResultPath="$.note"),
)
def a_path_leads_somewhere_on_every_way(machine: Machine) -> Iterator[Broken]:
    """What a path names is there on every way that leads to its state: after each branch of a
    Choice, after a Catch, and whatever the execution's input leaves out.  So is what it reads of a
    service's answer, as far as the service's model tells, which may be older than the service."""
    return _problems(machine, "P302")


@rule(
    "P303",
    source=_GUIDE + "input-output-contextobject.html",
    quote="The Context object is an internal JSON structure that is available during an "
    "execution, and contains information about your state machine and execution.",
    bad=use(Parameters={"run.$": "$$.Execution.ID"}),
    good=use(Parameters={"run.$": "$$.Execution.Id"}),
)
def the_context_object_has_what_is_read(machine: Machine) -> Iterator[Broken]:
    """A path into the context object names a field that it has: Execution, State and
    StateMachine everywhere, Task in Task states, Map within a Map."""
    return _problems(machine, "P303")


@rule(
    "P304",
    source=_GUIDE + "workflow-variables.html",
    quote="If $x had not been previously assigned, the example would fail because $x would be "
    "undefined.",
    bad=two({"Assign": {"rows": 5}}, Type="Pass", Parameters={"n.$": "$row"}, End=True),
    good=two({"Assign": {"rows": 5}}, Type="Pass", Parameters={"n.$": "$rows"}, End=True),
)
def a_variable_is_assigned_before_it_is_read(machine: Machine) -> Iterator[Broken]:
    """A variable has been assigned by a state before, in the same scope or in one around it;
    within a distributed Map there are no variables of the scopes around it."""
    return _problems(machine, "P304")


@rule(
    "P305",
    "warning",
    source=_GUIDE + "workflow-variables.html",
    quote="If $x had not been previously assigned, the example would fail because $x would be "
    "undefined.",
    bad=assigning(),
    good=assigning(Assign={"rows": 0}),
)
def a_variable_is_assigned_on_every_way(machine: Machine) -> Iterator[Broken]:
    """A variable that is read has been assigned on every way that leads to its state."""
    return _problems(machine, "P305")


@rule(
    "P306",
    source=_GUIDE + "state-wait.html",
    quote="SecondsPath: A path in the states input data to an integer value that specifies the time"
    " to wait, in seconds, before proceeding to the next state.",
    bad=two({"Result": {"pause": "5"}}, Type="Wait", SecondsPath="$.pause", End=True),
    good=two({"Result": {"pause": 5}}, Type="Wait", SecondsPath="$.pause", End=True),
)
def a_field_gets_a_value_of_its_type(machine: Machine) -> Iterator[Broken]:
    """What a path or an expression gives to a field of a state is of the type that the field
    needs: ItemsPath an array, or in a distributed Map an object, SecondsPath an integer that is not
    negative, TimestampPath a timestamp, ErrorPath a text."""
    return _problems(machine, "P306")


@rule(
    "P307",
    source=_SPECIFICATION + "#payload-template",
    quote="If the Intrinsic Function fails during evaluation, the interpreter fails the machine "
    'execution with an Error Name of "States.IntrinsicFailure".',
    bad=use(Parameters={"n.$": "States.ArrayLength($.id)"}),
    good=use(Parameters={"n.$": "States.StringSplit($.id, '-')"}),
)
def an_intrinsic_function_can_answer(machine: Machine) -> Iterator[Broken]:
    """The arguments of an intrinsic function are of the types that it needs, an index lies
    within its array, and a text that is parsed as JSON is JSON."""
    return _problems(machine, "P307")


@rule(
    "P308",
    source="https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html",
    quote="ValidationError: The input fails to satisfy the constraints specified by an AWS "
    "service.",
    bad=send("aws-sdk:sagemaker:listModels", MaxResults="$.text"),
    good=send("aws-sdk:sagemaker:listModels", MaxResults="$.number"),
)
def a_request_gets_values_that_fit(machine: Machine) -> Iterator[Broken]:
    """What a path or an expression gives to a member of a Task's request is of the member's
    type, and as far as it is known within its bounds, its pattern and its enumeration."""
    return _problems(machine, "P308")


@rule(
    "P309",
    "warning",
    source=_GUIDE + "integrate-services.html",
    quote="AWS SDK integrations work exactly like an API call using the AWS SDK.",
    bad=delay("$.text"),
    good=delay("$.number"),
)
def a_request_gets_values_as_the_service_describes_them(machine: Machine) -> Iterator[Broken]:
    """What a path or an expression gives to a member of a Task's request is as the service's
    model describes it, also where the service or Step Functions may take something else."""
    return _problems(machine, "P309")


@rule(
    "P310",
    source=_SPECIFICATION + "#jsonpath-runtime-errors",
    quote='Suppose a state\'s input is the string "foo", and its "ResultPath" field has the value '
    '"$.x". Then ResultPath cannot apply and the interpreter fails the machine with an Error '
    'Name of "States.ResultPathMatchFailure".',
    bad=two({"Result": "a1"}, Type="Pass", ResultPath="$.more", End=True),
    good=two({"Result": {"id": "a1"}}, Type="Pass", ResultPath="$.more", End=True),
)
def a_result_has_a_place(machine: Machine) -> Iterator[Broken]:
    """ResultPath puts a result into an object: the state's input, and all that lies on the way,
    is one."""
    return _problems(machine, "P310")


@rule(
    "P311",
    source=_SPECIFICATION + "#appendix-a",
    quote="States.QueryEvaluationError: Query evaluation failed in a JSONata state, such as a "
    "JSONata type error, an incorrectly typed result, or an undefined result.",
    bad=expression("{% $states.input.ID %}"),
    good=expression("{% $states.input.id %}"),
)
def an_expression_gives_something(machine: Machine) -> Iterator[Broken]:
    """A JSONata expression gives a value: what it reads has been put there by a state before, by
    what SageMaker answers, or by the execution's input, and its operators get values of their
    types."""
    return _problems(machine, "P311")


@rule(
    "P312",
    "warning",
    source=_GUIDE + "state-choice.html",
    quote="For each of these operators, the corresponding value must be of the appropriate type: "
    "string, number, Boolean, or timestamp. Step Functions doesn't attempt to match a numeric"
    " field to a string value.",
    bad=choice({"n": 1}, {"Variable": "$.n", "StringEquals": "one", "Next": "Done"}),
    good=choice({"n": 1}, {"Variable": "$.n", "NumericEquals": 1, "Next": "Done"}),
)
def a_choice_rule_can_be_true(machine: Machine) -> Iterator[Broken]:
    """A rule of a Choice compares a value with one of its own type, and asks only for what may
    be there."""
    return _problems(machine, "P312")


@rule(
    "P313",
    source=_GUIDE + "state-choice.html",
    quote="For each of these operators, the corresponding value must be of the appropriate type: "
    "string, number, Boolean, or timestamp. Step Functions doesn't attempt to match a numeric"
    " field to a string value.",
    bad=gate({"n": "1"}),
    good=gate({"n": 1}),
)
def an_execution_can_end_well(machine: Machine) -> Iterator[Broken]:
    """From every state that is reached, an execution can reach a good end if the definition
    shows a way to one: no comparison of wrong types bars all of them."""
    return _problems(machine, "P313")


FLOW: tuple[Rule, ...] = tuple(
    RULES[id] for id in sorted(RULES) if RULES[id].check.__module__ == __name__
)
"""The rules of data flow, by id."""
