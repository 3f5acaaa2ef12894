"""Sound definitions, which everything accepts, and one broken example for each rule."""

from __future__ import annotations

from typing import Any

from tests.asl.interpreter.executions import CREATE_JOB, GET_OBJECT, machine

LAMBDA = "arn:aws:lambda:eu-central-1:123456789012:function:check"


def job(**fields: Any) -> dict[str, Any]:
    """A Task state that breaks no rule."""
    end = {} if "Next" in fields else {"End": True}
    return {"Type": "Task", "Resource": CREATE_JOB, "TimeoutSeconds": 60, **fields, **end}


def choice(*rules: Any, **fields: Any) -> dict[str, Any]:
    """A machine that chooses by these rules; `Done` is its end."""
    state = {"Type": "Choice", "Choices": list(rules), "Default": "Done", **fields}
    return machine(Choose=state, Done={"Type": "Succeed"})


def compare(**fields: Any) -> dict[str, Any]:
    """A choice rule that leads to `Done`."""
    return {"Variable": "$.x", **fields, "Next": "Done"}


END = {"Type": "Succeed"}
ANY = ["States.ALL"]

SOUND: dict[str, dict[str, Any]] = {
    "one state": machine(Only={"Type": "Pass", "End": True}),
    "every type": {
        "Comment": "one of each",
        "Version": "1.0",
        "TimeoutSeconds": 7200,
        **machine(
            Prepare={"Type": "Pass", "Result": {"n": 1}, "ResultPath": "$.p", "Next": "Pause"},
            Pause={"Type": "Wait", "Seconds": 5, "Next": "Job"},
            Job=job(
                InputPath="$.p",
                Parameters={
                    "ProcessingJobName.$": "States.Format('{}-{}', $$.Execution.Name, $.n)",
                    "RoleArn": "${JobRoleArn}",
                },
                ResultSelector={"name.$": "$.ProcessingJobName"},
                ResultPath="$.Job",
                OutputPath="$",
                Retry=[
                    {
                        "ErrorEquals": ["SageMaker.AmazonSageMakerException", "States.Timeout"],
                        "IntervalSeconds": 5,
                        "BackoffRate": 2.0,
                        "MaxAttempts": 4,
                        "MaxDelaySeconds": 60,
                        "JitterStrategy": "FULL",
                    },
                    {"ErrorEquals": ANY, "MaxAttempts": 0},
                ],
                Catch=[{"ErrorEquals": ANY, "ResultPath": "$.error", "Next": "Failed"}],
                Next="Good?",
            ),
            **{
                "Good?": {
                    "Type": "Choice",
                    "Choices": [
                        {
                            "And": [
                                {"Variable": "$.auc", "IsPresent": True},
                                {"Variable": "$.auc", "IsNumeric": True},
                                {"Variable": "$.auc", "NumericGreaterThanEquals": 0.9},
                                {"Not": {"Variable": "$.auc", "NumericEqualsPath": "$.last"}},
                            ],
                            "Next": "Done",
                        },
                        {"Variable": "$.name", "StringMatches": "test-*", "Next": "Done"},
                    ],
                    "Default": "Failed",
                },
                "Done": END,
                "Failed": {
                    "Type": "Fail",
                    "Error": "NotGoodEnough",
                    "CausePath": "States.Format('auc is {}', States.JsonToString($.auc))",
                },
            },
        ),
    },
    "a call of the SDK": machine(Read=job(Resource=GET_OBJECT, Parameters={"Bucket": "b"})),
    "a Lambda function": machine(Check=job(Resource=LAMBDA)),
    "a loop with a way out": machine(
        Again={"Type": "Choice", "Default": "Work", "Choices": [compare(IsPresent=True)]},
        Work={"Type": "Pass", "Next": "Again"},
        Done=END,
    ),
    "null paths": machine(
        Drop={"Type": "Pass", "InputPath": None, "ResultPath": None, "Next": "Done"},
        Done={"Type": "Succeed", "OutputPath": None},
    ),
}  # fmt: skip

BROKEN: dict[str, dict[str, dict[str, Any]]] = {
    "P101": {
        "no states": {"StartAt": "A", "States": {}},
        "a state that is a text": machine(A="Pass"),  # type: ignore[arg-type]
        "a type that is not run here": machine(A={"Type": "Parallel", "End": True}),
        "no type": machine(A={"End": True}),
        "a type that is a number": machine(A={"Type": 1, "End": True}),
    },
    "P102": {
        "a machine's field": {**machine(A=END), "TimeoutSecs": 5},
        "a state's field": machine(A=job(ResultPaht="$.x")),
        "another type's field": machine(A={"Type": "Pass", "End": True, "Retry": []}),
        "a retrier's field": machine(A=job(Retry=[{"ErrorEquals": ANY, "Interval": 1}])),
        "a catcher's field": machine(A=job(Catch=[{"ErrorEquals": ANY, "Next": "A", "X": 1}])),
    },
    "P103": {
        "no StartAt": {"States": {"A": END}},
        "no States": {"StartAt": "A"},
        "no Resource": machine(A={"Type": "Task", "TimeoutSeconds": 5, "End": True}),
        "no ErrorEquals": machine(A=job(Retry=[{"MaxAttempts": 1}])),
        "no Next in a catcher": machine(A=job(Catch=[{"ErrorEquals": ANY}])),
        "no Choices": machine(A={"Type": "Choice", "Default": "B"}, B=END),
        "neither Next nor End": machine(A={"Type": "Pass"}),
        "a wait without a time": machine(A={"Type": "Wait", "End": True}),
    },
    "P104": {
        "Next and End": machine(A={"Type": "Pass", "Next": "B", "End": True}, B=END),
        "two times": machine(A={"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": True}),
        "two timeouts": machine(A=job(TimeoutSecondsPath="$.t")),
        "two causes": machine(A={"Type": "Fail", "Cause": "c", "CausePath": "$.c"}),
    },
    "P105": {
        "a timeout of 0": machine(A=job(TimeoutSeconds=0)),
        "a timeout that is a text": machine(A=job(TimeoutSeconds="60")),
        "a timeout of three years and more": machine(A=job(TimeoutSeconds=100_000_000)),
        "a rate below 1": machine(A=job(Retry=[{"ErrorEquals": ANY, "BackoffRate": 0.5}])),
        "attempts below 0": machine(A=job(Retry=[{"ErrorEquals": ANY, "MaxAttempts": -1}])),
        "an unknown jitter": machine(A=job(Retry=[{"ErrorEquals": ANY, "JitterStrategy": "X"}])),
        "a list that is an object": machine(A=job(Retry={"ErrorEquals": ANY})),
        "a path that is a number": machine(A={"Type": "Pass", "ResultPath": 5, "End": True}),
        "an end that is false": machine(A={"Type": "Pass", "End": False}),
        "JSONata": {**machine(A=END), "QueryLanguage": "JSONata"},
        "a time without an offset": machine(
            A={"Type": "Wait", "Timestamp": "2026-01-01T00:00:00", "End": True}
        ),
    },
    "P111": {
        "StartAt": {"StartAt": "B", "States": {"A": END}},
        "Next": machine(A={"Type": "Pass", "Next": "Dnoe"}),
        "Default": choice(compare(IsPresent=True), Default="Other"),
        "a rule's Next": choice(compare(IsPresent=True), {**compare(IsNull=True), "Next": "X"}),
        "a catcher's Next": machine(A=job(Catch=[{"ErrorEquals": ANY, "Next": "B"}])),
    },
    "P112": {
        "a state beside": machine(A=END, B=END),
        "two states in a ring": machine(
            A=END,
            B={"Type": "Choice", "Choices": [compare(IsPresent=True)], "Default": "C"},
            C={"Type": "Pass", "Next": "B"},
            Done=END,
        ),
    },
    "P113": {
        "a ring": machine(A={"Type": "Pass", "Next": "B"}, B={"Type": "Pass", "Next": "A"}),
        "a ring with an end beside it": machine(
            A={"Type": "Choice", "Choices": [compare(IsPresent=True)], "Default": "B"},
            B={"Type": "Pass", "Next": "B"},
            Done=END,
        ),
    },
    "P121": {"81 characters": machine(**{"a" * 81: END}), "none": machine(**{"": END})},
    "P122": {
        "more than a million characters": machine(
            A={"Type": "Pass", "Result": "x" * 1_048_576, "End": True}
        )
    },
    "P123": {
        "no timeout": machine(A={"Type": "Task", "Resource": CREATE_JOB, "End": True}),
    },
    "P124": {"a heartbeat as long as the timeout": machine(A=job(HeartbeatSeconds=60))},
    "P131": {
        "no name": machine(A=job(Retry=[{"ErrorEquals": []}])),
        "a number": machine(A=job(Retry=[{"ErrorEquals": [5]}])),
        "an error that AWS has not": machine(A=job(Retry=[{"ErrorEquals": ["States.Timout"]}])),
    },
    "P132": {
        "with another": machine(A=job(Retry=[{"ErrorEquals": ["A", "States.ALL"]}])),
        "before another": machine(A=job(Retry=[{"ErrorEquals": ANY}, {"ErrorEquals": ["A"]}])),
    },
    "P133": {
        "no room to grow": machine(
            A=job(Retry=[{"ErrorEquals": ANY, "IntervalSeconds": 60, "MaxDelaySeconds": 60}])
        )
    },
    "P134": {"a text": machine(A=job(Retry=["States.ALL"]))},
    "P141": {
        "no rules": choice(),
        "a text": choice("x"),
        "an empty And": choice({"And": [], "Next": "Done"}),
        "an Or that is an object": choice({"Or": {"Variable": "$.x"}, "Next": "Done"}),
        "a Not that is a list": choice({"Not": [], "Next": "Done"}),
    },
    "P142": {
        "an unknown comparison": choice(compare(StringEqual="a")),
        "two comparisons": choice(compare(StringEquals="a", IsPresent=True)),
        "no comparison": choice(compare()),
        "no variable": choice({"StringEquals": "a", "Next": "Done"}),
        "a connective with a variable": choice(
            {"Not": {"Variable": "$.x", "IsNull": True}, "Variable": "$.x", "Next": "Done"}
        ),
    },
    "P143": {
        "an outer rule without": choice(
            {"Variable": "$.x", "IsPresent": True}, compare(IsPresent=False)
        ),
        "an inner rule with": choice({"Not": compare(IsPresent=True), "Next": "Done"}),
    },
    "P144": {
        "a text for a number": choice(compare(NumericEquals="1")),
        "a number for a text": choice(compare(StringEquals=1)),
        "a number for a truth": choice(compare(BooleanEquals=1)),
        "true for a number": choice(compare(NumericLessThan=True)),
        "a date for a timestamp": choice(compare(TimestampEquals="2026-01-01")),
        "a text for a test": choice(compare(IsPresent="true")),
        "a number for a path": choice(compare(NumericEqualsPath=1)),
        "a variable that is a list": choice({**compare(IsNull=True), "Variable": ["$.x"]}),
    },
    "P151": {
        "InputPath": machine(A={"Type": "Pass", "InputPath": "x", "End": True}),
        "Variable": choice({**compare(IsPresent=True), "Variable": "$.["}),
        "a comparison's path": choice(compare(StringEqualsPath="other")),
        "CausePath": machine(A={"Type": "Fail", "CausePath": "cause"}),
    },
    "P152": {
        "ResultPath with a wildcard": machine(A=job(ResultPath="$.x[*]")),
        "ResultPath in the context": machine(A=job(ResultPath="$$.x")),
        "a catcher's ResultPath": machine(
            A=job(Catch=[{"ErrorEquals": ANY, "Next": "A", "ResultPath": "$..x"}])
        ),
        "a time with a filter": machine(
            A={"Type": "Wait", "SecondsPath": "$.x[?(@.y)]", "End": True}
        ),
    },
    "P153": {
        "a text": machine(A=job(Parameters={"Name.$": "name"})),
        "a number": machine(A=job(Parameters={"Name.$": 5})),
        "an unknown function": machine(A=job(Parameters={"a": [{"b.$": "States.Fromat('x')"}]})),
        "a missing argument": machine(A=job(ResultSelector={"n.$": "States.MathAdd(1)"})),
        "a function that Fail does not know": machine(
            A={"Type": "Fail", "CausePath": "States.Format('{}', States.MathAdd(1, 1))"}
        ),
    },
    "P154": {
        "no ARN": machine(A=job(Resource="createProcessingJob")),
        "an unknown pattern": machine(A=job(Resource=CREATE_JOB + "hronous")),
    },
    "P155": {
        "not closed": machine(A={"Type": "Pass", "Result": "${Bucket", "End": True}),
        "no name": machine(A={"Type": "Pass", "Result": "a ${} b", "End": True}),
        "a name with a dot": machine(A={"Type": "Pass", "Result": "${Job.Arn}", "End": True}),
    },
}
