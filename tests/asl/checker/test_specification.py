"""Every MUST of the States Language's specification that a definition can break, and the rule that
holds it: https://states-language.net/spec.html, section by section.

What only an interpreter can break is not here.
"""

from __future__ import annotations

import pytest

from pipelines.asl.checker import check_all
from pipelines.asl.checker.rules.examples import END, choice, compare, jsonata, machine, task

PASS = {"Type": "Pass", "End": True}
LATER = {"Type": "Wait", "Seconds": 1, "End": True}
ITEMS = {
    "Type": "Pass",
    "Parameters": {"items": [1, 2], "text": "a", "n": -1, "two": 2},
    "Next": "Each",
}
LIST = "arn:aws:states:::s3:listObjectsV2"
PUT = "arn:aws:states:::s3:putObject"


def only(**fields):
    return machine(Only={**PASS, **fields})


def wait(**fields):
    return machine(Only={"Type": "Wait", **fields, "End": True})


def fail(**fields):
    return machine(Only={"Type": "Fail", **fields})


def retry(**fields):
    return machine(Only=task(Retry=[{"ErrorEquals": ["E"], **fields}]))


def catch(*catchers):
    return machine(Only=task(Catch=list(catchers)), Later=END)


def parallel(*branches, **fields):
    return machine(Both={"Type": "Parallel", "Branches": list(branches), "End": True, **fields})


def mapped(processor=None, **fields):
    """A Map over an array, inline unless a field needs it to be distributed."""
    inner = {"StartAt": "Inner", "States": {"Inner": END}} if processor is None else processor
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "End": True, **fields}
    return machine(Make=ITEMS, Each={name: it for name, it in each.items() if it is not None})


def distributed(**fields):
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    return mapped({**config, "StartAt": "Inner", "States": {"Inner": END}}, **fields)


def reader(**fields):
    read = {"Resource": LIST, "Parameters": {"Bucket": "${Bucket}"}, **fields}
    return distributed(ItemReader=read, ItemsPath=None)


def computed(expression):
    return machine(Make={**ITEMS, "Next": "Only"}, Only=task(Parameters={"value.$": expression}))


def assigned(**values):
    return only(Assign=values)


STRUCTURE = [
    ('an object field named "States"', {"StartAt": "A"}, "P103"),
    ('an object field named "States"', {"StartAt": "A", "States": []}, "P105"),
    ('a string field named "StartAt"', {"States": {"A": END}}, "P103"),
    ('a string field named "StartAt"', {"StartAt": 1, "States": {"A": END}}, "P105"),
    ("whose value MUST match exactly", {"StartAt": "a", "States": {"A": END}}, "P111"),
    ("unique within the scope of the entire state machine", parallel(machine(Both=END)), "P114"),
    ("less than or equal to 80 Unicode characters", machine(**{"n" * 81: END}), "P121"),
    ('All states MUST have a "Type" field', machine(Only={"End": True}), "P101"),
    ('"End" whose value MUST be a boolean', machine(Only={"Type": "Pass", "End": "yes"}), "P105"),
    ('All non-terminal states MUST have a "Next"', machine(Only={"Type": "Pass"}), "P103"),
    ("match the name of another state", machine(Only={"Type": "Pass", "Next": "B"}), "P111"),
    ('an uppercase "T" character', wait(Timestamp="2016-03-14t01:59:00Z"), "P105"),
    ('an uppercase "Z" character', wait(Timestamp="2016-03-14T01:59:00"), "P105"),
]
VARIABLES = [
    ("less than or equal to 80 Unicode characters", assigned(**{"n" * 81: 1}), "P171"),
    ("a Unicode ID_Start character", assigned(**{"1st": 1}), "P171"),
    ("MUST be Unicode ID_Continue characters", assigned(**{"a-b": 1}), "P171"),
    ('MUST NOT assign a value to "states"', assigned(states=1), "P171"),
    ('"ResultPath" field MUST NOT reference a variable', only(ResultPath="$name.a"), "P152"),
    ('"Assign" field MUST be a JSON object', only(Assign=[]), "P105"),
    (
        "MUST NOT reference any variable assigned in another branch",
        parallel(
            machine(A={**PASS, "Assign": {"a": 1}}),
            machine(B={**PASS, "Parameters": {"b.$": "$a"}}),
        ),
        "P304",
    ),
    (
        "the names of outer-scoped and inner-scoped variables MUST be unique",
        machine(
            First={"Type": "Pass", "Assign": {"a": 1}, "Next": "Both"},
            Both={
                "Type": "Parallel",
                "Branches": [machine(A={**PASS, "Assign": {"a": 2}})],
                "End": True,
            },
        ),
        "P172",
    ),
]
JSONATA = [
    (
        "MUST NOT reference $states.result",
        jsonata(Only=task(Arguments={"a": "{% $states.result %}"})),
        "P163",
    ),
    (
        "MUST NOT reference … $states.errorOutput",
        jsonata(Only=task(Arguments={"a": "{% $states.errorOutput %}"})),
        "P163",
    ),
    ('MUST NOT reference "$"', jsonata(Only={**END, "Output": "{% $ %}"}), "P164"),
    ("unqualified field names", jsonata(Only={**END, "Output": "{% a.b %}"}), "P164"),
    ('MUST NOT reference "$$"', jsonata(Only={**END, "Output": "{% $$ %}"}), "P164"),
]
DATA = [
    *(
        (f'the operator "{each}" is not supported', only(ResultPath=path), "P152")
        for each, path in ((",", "$.a[0,1]"), (":", "$.a[0:1]"), ("?", "$.a[?(@.b)]"))
    ),
    ("A Payload Template MUST be a JSON object", only(Parameters="text"), "P105"),
    ('one "$", the value MUST be a Path', computed("$.a["), "P153"),
    ("the remainder MUST be a Path", computed("$$.a["), "P153"),
    ("MUST be an Intrinsic Function", computed("text"), "P153"),
    ("duplicate field names", machine(Only=task(Parameters={"a": 1, "a.$": "$.b"})), "P156"),
    ("An Intrinsic Function MUST be a string", computed(5), "P153"),
    ("MUST begin with an Intrinsic Function name", computed("('a')"), "P153"),
    ("only the characters A through Z", computed("States.For-mat('a')"), "P153"),
    ('names MUST NOT begin with "States."', computed("States.MyOwn('a')"), "P153"),
    ("MUST be escaped", computed("States.Format('it's {}', $.text)"), "P153"),
    ("MUST be escaped with a backslash", computed("States.Format('{', $.text)"), "P153"),
    ('The value of "InputPath" MUST be a Path', only(InputPath="a"), "P151"),
    ('The value of "ResultSelector"', machine(Only=task(ResultSelector="$.a")), "P105"),
    ('"ResultPath" MUST be a Reference Path', only(ResultPath="$..a"), "P152"),
    ('"ResultPath" MUST NOT begin with "$$"', only(ResultPath="$$.a"), "P152"),
    ('The value of "OutputPath" MUST be a Path', only(OutputPath="a"), "P151"),
]
ERRORS = [
    ('MUST NOT begin with the prefix "States."', retry(ErrorEquals=["States.Mine"]), "P131"),
    ("an array of objects, called Retriers", machine(Only=task(Retry=["E"])), "P134"),
    ('MUST contain a field named "ErrorEquals"', machine(Only=task(Retry=[{}])), "P103"),
    ("a non-empty array of Strings", retry(ErrorEquals=[]), "P131"),
    ("a non-empty array of Strings", retry(ErrorEquals=[5]), "P131"),
    ("a non-empty array of Strings", retry(ErrorEquals="E"), "P105"),
    ('"IntervalSeconds", whose value MUST be a positive integer', retry(IntervalSeconds=0), "P105"),
    ('"MaxAttempts" … a non-negative integer', retry(MaxAttempts=-1), "P105"),
    ('"MaxDelaySeconds" … a positive integer', retry(MaxDelaySeconds=0), "P105"),
    ("greater than or equal to 1.0", retry(BackoffRate=0.9), "P105"),
    ("MUST appear alone", retry(ErrorEquals=["States.ALL", "E"]), "P132"),
    (
        "MUST appear in the last Retrier",
        machine(Only=task(Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}])),
        "P132",
    ),
    ('"Catch", whose value MUST be an array', catch("E"), "P134"),
    ('MUST contain a field named "ErrorEquals"', catch({"Next": "Later"}), "P103"),
    ('a field named "Next"', catch({"ErrorEquals": ["E"]}), "P103"),
    ("exactly matching a State Name", catch({"ErrorEquals": ["E"], "Next": "X"}), "P111"),
    (
        "MUST appear in the last Catcher",
        catch(
            {"ErrorEquals": ["States.ALL"], "Next": "Later"},
            {"ErrorEquals": ["E"], "Next": "Later"},
        ),
        "P132",
    ),
]
TASK = [
    ('MUST include a "Resource" field', machine(Only={"Type": "Task", "End": True}), "P103"),
    ("a URI that uniquely identifies the task", machine(Only=task(Resource="work")), "P154"),
    ("MUST be positive integers", machine(Only=task(TimeoutSeconds=0)), "P105"),
    ("MUST be positive integers", machine(Only=task(HeartbeatSeconds=1.5)), "P105"),
    (
        "when evaluated, MUST be positive integers",
        jsonata(Only={**task(), "TimeoutSeconds": "{% 'a' %}"}),
        "P306",
    ),
    (
        "MUST be Reference Paths",
        machine(Only={**task(), "HeartbeatSecondsPath": "$.a[*]"}),
        "P152",
    ),
    ("MUST NOT include both", machine(Only=task(TimeoutSecondsPath="$.a")), "P104"),
    ("MUST be smaller than", machine(Only=task(HeartbeatSeconds=60)), "P124"),
    ('"Credentials" … a JSON object', machine(Only=task(Credentials="role")), "P105"),
]
CHOICE = [
    ('MUST have a "Choices" field', machine(A={"Type": "Choice", "Default": "B"}, B=END), "P103"),
    ("a non-empty array", choice(), "P141"),
    ("MUST be a JSON object", choice("rule"), "P141"),
    ('MUST have a "Next" field', choice({"Variable": "$.x", "IsNull": True}), "P143"),
    ("whose value MUST match a state name", choice({**compare(IsNull=True), "Next": "X"}), "P111"),
    (
        'MUST have a "Condition" field',
        {**choice({"Next": "Done"}), "QueryLanguage": "JSONata"},
        "P142",
    ),
    ("a Boolean Expression or a Data-test Expression", choice({"Next": "Done"}), "P142"),
    ("a non-empty object array of Choice Rules", choice({"And": [], "Next": "Done"}), "P141"),
    (
        'MUST NOT contain "Next" fields',
        choice({"Or": [compare(IsNull=True)], "Next": "Done"}),
        "P143",
    ),
    ("a single Choice Rule", choice({"Not": [], "Next": "Done"}), "P141"),
    ('MUST NOT contain a "Next" field', choice({"Not": compare(IsNull=True), "Next": "Done"}),
     "P143"),
    ('a field named "Variable"', choice({"IsNull": True, "Next": "Done"}), "P142"),
    ("whose value MUST be a Path", choice({**compare(IsNull=True), "Variable": "x"}), "P151"),
    ("exactly one … comparison operator", choice(compare(IsNull=True, IsString=True)), "P142"),
    ("The value MUST be a String", choice(compare(StringMatches=5)), "P144"),
    ('that end with "Path", the value MUST be a Path', choice(compare(StringEqualsPath="y")),
     "P151"),
    ('"Default" … MUST match a State name', choice(compare(IsNull=True), Default="X"), "P111"),
    ("A Choice State MUST NOT be an End state", choice(compare(IsNull=True), End=True), "P102"),
]  # fmt: skip
WAIT_AND_FAIL = [
    ("an absolute expiry time", wait(Timestamp="tomorrow"), "P105"),
    ('"Seconds" … a non-negative integer', wait(Seconds=-1), "P105"),
    (
        "when evaluated, MUST be a non-negative integer",
        jsonata(Only={**LATER, "Seconds": "{% 'a' %}"}),
        "P306",
    ),
    (
        "a string containing a valid timestamp",
        jsonata(Only={"Type": "Wait", "Timestamp": "{% 5 %}", "End": True}),
        "P306",
    ),
    ("MUST contain exactly one", jsonata(Only={"Type": "Wait", "End": True}), "P103"),
    ("MUST contain exactly one", wait(Seconds=1, Timestamp="2016-03-14T01:59:00Z"), "P104"),
    ('"SecondsPath" … a Reference Path', wait(SecondsPath="$..a"), "P152"),
    (
        "whose value is a non-negative integer",
        machine(
            Make={**ITEMS, "Next": "Only"},
            Only={"Type": "Wait", "SecondsPath": "$.n", "End": True},
        ),
        "P306",
    ),
    (
        "whose value is a valid timestamp",
        machine(
            Make={**ITEMS, "Next": "Only"},
            Only={"Type": "Wait", "TimestampPath": "$.text", "End": True},
        ),
        "P306",
    ),
    ('"Error", whose value MUST be a string', fail(Error=5), "P105"),
    ('"Cause", whose value MUST be a string', fail(Cause={}), "P105"),
    (
        "when evaluated, MUST be string values",
        jsonata(Only={"Type": "Fail", "Error": "{% 5 %}"}),
        "P306",
    ),
    ("Reference Paths or Intrinsic Functions", fail(ErrorPath="$.a[*]"), "P152"),
    ('both "Error" and "ErrorPath"', fail(Error="E", ErrorPath="$.a"), "P104"),
    ('both "Cause" and "CausePath"', fail(Cause="E", CausePath="$.a"), "P104"),
]
PARALLEL = [
    ('a field named "Branches"', machine(Only={"Type": "Parallel", "End": True}), "P103"),
    ("whose elements MUST be objects", parallel("branch"), "P105"),
    ('fields named "States" and "StartAt"', parallel({"StartAt": "A"}), "P103"),
    ("targets a field outside", parallel(machine(A={"Type": "Pass", "Next": "Both"})), "P111"),
    (
        "a state name inside a Parallel State branch",
        machine(Both={"Type": "Parallel", "Branches": [machine(A=END)], "Next": "A"}),
        "P111",
    ),
]
MAP = [
    (
        '"Items" … MUST produce a JSON array',
        jsonata(Only={
            "Type": "Map", "Items": "{% 5 %}", "ItemProcessor": machine(A=END), "End": True,
        }),
        "P306",
    ),
    ('"ItemReader" … a JSON object', distributed(ItemReader=[], ItemsPath=None), "P105"),
    ('MUST have a "Resource" field',
     distributed(ItemReader={"Parameters": {"Bucket": "b"}}, ItemsPath=None), "P103"),
    ("a URI that uniquely identifies the task", reader(Resource="read"), "P109"),
    ('"MaxItems" … a positive integer', reader(ReaderConfig={"MaxItems": -1}), "P105"),
    ('"Parameters" … a Payload Template', reader(Parameters="text"), "P105"),
    ('"MaxItemsPath" … a Reference Path', reader(ReaderConfig={"MaxItemsPath": "$..a"}), "P152"),
    ('both "MaxItems" and "MaxItemsPath"',
     reader(ReaderConfig={"MaxItems": 1, "MaxItemsPath": "$.two"}), "P104"),
    ("the state input, which MUST be a JSON array",
     mapped(InputPath="$.text", ItemsPath=None), "P306"),
    ('"ItemsPath" … a Reference Path', mapped(ItemsPath="$..a"), "P152"),
    ("a field whose value is a JSON array", mapped(ItemsPath="$.text"), "P306"),
    ('"ItemSelector" … a Payload Template', mapped(ItemSelector="text"), "P105"),
    ('"ItemBatcher" … a JSON object', distributed(ItemBatcher=5), "P105"),
    ('"BatchInput" … a Payload Template',
     distributed(ItemBatcher={"BatchInput": "a", "MaxItemsPerBatch": 1}), "P105"),
    ('"MaxItemsPerBatch" … a positive integer',
     distributed(ItemBatcher={"MaxItemsPerBatch": 0}), "P105"),
    ('"MaxInputBytesPerBatch" … a positive integer',
     distributed(ItemBatcher={"MaxInputBytesPerBatch": 0}), "P105"),
    ('"MaxItemsPerBatchPath" … Reference Paths',
     distributed(ItemBatcher={"MaxItemsPerBatchPath": "$..a"}), "P152"),
    ('both "MaxItemsPerBatch" and "MaxItemsPerBatchPath"',
     distributed(ItemBatcher={"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.two"}), "P104"),
    ("MUST contain at least one of", distributed(ItemBatcher={"BatchInput": {}}), "P110"),
    ('"ResultWriter" … a JSON object', distributed(ResultWriter="s3"), "P105"),
    ('MUST have a "Resource" field',
     distributed(ResultWriter={"Parameters": {"Bucket": "b"}}), "P115"),
    ('"MaxConcurrencyPath" … a Reference Path', mapped(MaxConcurrencyPath="$..a"), "P152"),
    ("whose value is a non-negative integer", mapped(MaxConcurrencyPath="$.n"), "P306"),
    ('both "MaxConcurrency" and "MaxConcurrencyPath"',
     mapped(MaxConcurrency=1, MaxConcurrencyPath="$.two"), "P104"),
    ('an object field named "ItemProcessor"',
     machine(Only={"Type": "Map", "End": True}), "P103"),
    ('fields named "States" and "StartAt"', mapped({"StartAt": "A"}), "P103"),
    ('"ProcessorConfig" … a JSON object',
     mapped({**machine(A=END), "ProcessorConfig": "INLINE"}), "P105"),
    ("targets a field outside", mapped(machine(A={"Type": "Pass", "Next": "Each"})), "P111"),
    ("inside an “ItemProcessor” field’s “States”",
     machine(Each={"Type": "Map", "ItemProcessor": machine(A=END), "Next": "A"}), "P111"),
    ("a number between zero and 100", distributed(ToleratedFailurePercentage=101), "P105"),
    ('"ToleratedFailureCountPath" … Reference Paths',
     distributed(ToleratedFailureCountPath="$..a"), "P152"),
    ('both "ToleratedFailureCount" and "ToleratedFailureCountPath"',
     distributed(ToleratedFailureCount=1, ToleratedFailureCountPath="$.two"), "P104"),
]  # fmt: skip
INTRINSIC_FUNCTIONS = [
    (
        "MUST NOT be used in states that use any other query language",
        jsonata(Only={**END, "Output": "{% States.UUID() %}"}),
        "P164",
    ),
    ("The Value of the first MUST be a string", computed("States.Format(5)"), "P153"),
    ("as many remaining arguments", computed("States.Format('{} {}', $.text)"), "P153"),
    ("whose Value MUST be a string", computed("States.StringToJson(5)"), "P153"),
    ("The first argument MUST be an array",
     computed("States.ArrayContains($.text, 1)"), "P307"),
    ("a non-zero, positive integer", computed("States.ArrayPartition($.items, 0)"), "P153"),
    ("The third argument MUST NOT be zero", computed("States.ArrayRange(1, 9, 0)"), "P153"),
    ("MUST NOT contain more than 1000 items", computed("States.ArrayRange(1, 9999, 1)"), "P153"),
    ("All arguments MUST be integers", computed("States.MathAdd('a', 1)"), "P153"),
    ("The start number and end number", computed("States.MathRandom('a', 2)"), "P153"),
]  # fmt: skip
SECTIONS = {
    "structure": STRUCTURE, "variables": VARIABLES, "JSONata": JSONATA, "data": DATA,
    "errors": ERRORS, "Task": TASK, "Choice": CHOICE, "Wait and Fail": WAIT_AND_FAIL,
    "Parallel": PARALLEL, "Map": MAP, "intrinsic functions": INTRINSIC_FUNCTIONS,
}  # fmt: skip
MUSTS = [
    pytest.param(definition, rule, id=f"{section}: {words}"[:80].encode("ascii", "ignore").decode())
    for section, musts in SECTIONS.items()
    for words, definition, rule in musts
]


@pytest.mark.parametrize(("definition", "rule"), MUSTS)
def test_what_must_be_is_held_by_a_rule(definition, rule):
    found = {each.rule for each in check_all(definition) if each.severity == "error"}

    assert found == {rule}


@pytest.mark.parametrize(
    "definition",
    [
        only(), wait(Seconds=1), fail(Error="E"), retry(), parallel(machine(A=END)), mapped(),
        distributed(), reader(), computed("$.text"), assigned(a=1), choice(compare(IsNull=True)),
        catch({"ErrorEquals": ["E"], "Next": "Later"}),
    ],
)  # fmt: skip
def test_what_the_definitions_are_made_of_breaks_none(definition):
    assert [str(each) for each in check_all(definition) if each.severity == "error"] == []
