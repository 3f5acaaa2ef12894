"""The small machines that the rules of data flow show."""

from __future__ import annotations

from typing import Any

from pipelines.asl.checker.one_task import RETRIED

Machine = dict[str, Any]


def two(first: dict[str, Any], **second: Any) -> Machine:
    """A Pass state, and the one that follows it."""
    return {
        "StartAt": "Make",
        "States": {"Make": {"Type": "Pass", **first, "Next": "Use"}, "Use": second},
    }


def use(**fields: Any) -> Machine:
    """A state that gets an id."""
    return two({"Result": {"id": "a1"}}, Type="Pass", **fields, End=True)


def expression(text: str) -> Machine:
    """The same in JSONata."""
    made = two({"Output": {"id": "a1"}}, Type="Pass", Output={"job": text}, End=True)
    return {"QueryLanguage": "JSONata", **made}


def choice(first: Any, *rules: Any) -> Machine:
    """A Choice that gets a value; its rules lead to `Done`."""
    made = two({"Result": first}, Type="Choice", Choices=list(rules), Default="Other")
    made["States"] |= {"Done": {"Type": "Succeed"}, "Other": {"Type": "Pass", "End": True}}
    return made


def gate(first: Any) -> Machine:
    """A Choice that lets an execution on only if `n` is 1."""
    made = choice(first, {"Variable": "$.n", "NumericEquals": 1, "Next": "Done"})
    made["States"]["Other"] = {"Type": "Fail", "Error": "Wrong", "Cause": "n is not 1"}
    return made


def noting(**fields: Any) -> Machine:
    """A machine that makes a note on one of its two ways, and then reads what was there before."""
    few = {"Variable": "$.rows", "NumericLessThan": 10, "Next": "Note"}
    return {
        "StartAt": "Count",
        "States": {
            "Count": {"Type": "Pass", "Result": {"rows": 5}, "Next": "Few?"},
            "Few?": {"Type": "Choice", "Choices": [few], "Default": "Use"},
            "Note": {"Type": "Pass", "Result": {"note": "few rows"}, **fields, "Next": "Use"},
            "Use": {"Type": "Pass", "Parameters": {"rows.$": "$.rows"}, "End": True},
        },
    }


def assigning(**default: Any) -> Machine:
    """A machine that assigns a variable on one of its two ways; by default on the other as well."""
    few = {"Variable": "$.rows", "IsPresent": True, "Assign": {"rows.$": "$.rows"}, "Next": "Use"}
    return {
        "StartAt": "Any?",
        "States": {
            "Any?": {"Type": "Choice", "Choices": [few], "Default": "Use", **default},
            "Use": {"Type": "Pass", "Parameters": {"n.$": "$rows"}, "End": True},
        },
    }


def send(resource: str, **parameters: str) -> Machine:
    """A Task whose request has what paths find."""
    values = {"queue": "https://sqs.${Region}.amazonaws.com/${Account}/jobs", "body": "go"}
    return two(
        {"Result": {**values, "text": "5", "number": 5}},
        Type="Task",
        Resource=f"arn:aws:states:::{resource}",
        Parameters={f"{name}.$": path for name, path in parameters.items()},
        TimeoutSeconds=60,
        Retry=[RETRIED],
        End=True,
    )


def delay(path: str) -> Machine:
    """A message that is sent after a while."""
    return send("sqs:sendMessage", QueueUrl="$.queue", MessageBody="$.body", DelaySeconds=path)
