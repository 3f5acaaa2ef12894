"""The fields of state machines, states, retriers and catchers.

https://states-language.net/spec.html#state-type-table-jsonpath and the pages of AWS's guide on
each type of state; bounds that only AWS has are from its answers.
"""

from __future__ import annotations

from pipelines.asl.checker.rules.map_tables import (
    ITEM_BATCHER,
    ITEM_PROCESSOR,
    ITEM_READER,
    RESULT_WRITER,
)
from pipelines.asl.checker.rules.shapes import Field, Shape

LONGEST_S = 99_999_999
"""The greatest TimeoutSeconds, IntervalSeconds and the like."""
LONGEST_DELAY_S = 31_622_399
"""The greatest MaxDelaySeconds, which has to be "less than 31622400"."""

LANGUAGES = ("JSONPath", "JSONata")

Fields = dict[str, Field]

_TEXT = Field("text")
_COMMENTED: Fields = {"Comment": Field("text or null")}
"""A comment without a text stands in published definitions, which YAML makes a null."""
_PATH = Field("path or null", language="JSONPath")
_PATH_TO_VALUE = Field("path", language="JSONPath")
_TEMPLATE = Field("template", language="JSONPath")
_OUTPUT = Field("anything", language="JSONata")
_ARGUMENTS = Field("anything", language="JSONata")
_ASSIGN = Field("object")
_SECONDS = Field("integer", least=1, most=LONGEST_S)

_ANY_STATE: Fields = {
    **_COMMENTED,
    "Type": Field("text", required=True),
    "QueryLanguage": Field("text", words=LANGUAGES),
}
_PASSING: Fields = {**_ANY_STATE, "InputPath": _PATH, "OutputPath": _PATH, "Output": _OUTPUT}
_GOING_ON: Fields = {**_PASSING, "Assign": _ASSIGN, "Next": _TEXT, "End": Field("boolean")}

RETRIER = Shape(
    "a retrier",
    {
        **_COMMENTED,
        "ErrorEquals": Field("list", required=True),
        "IntervalSeconds": _SECONDS,
        "MaxAttempts": Field("integer", least=0, most=LONGEST_S),
        "BackoffRate": Field("number", least=1.0),
        "MaxDelaySeconds": Field("integer", least=1, most=LONGEST_DELAY_S),
        "JitterStrategy": Field("text", words=("FULL", "NONE")),
    },
)
CATCHER = Shape(
    "a catcher",
    {
        **_COMMENTED,
        "ErrorEquals": Field("list", required=True),
        "Next": Field("text", required=True),
        "ResultPath": _PATH,
        "Assign": _ASSIGN,
        "Output": _OUTPUT,
    },
)
CREDENTIALS = Shape(
    "Credentials",
    {"RoleArn": Field("text"), "RoleArn.$": Field("path", language="JSONPath")},
    one_of=(("RoleArn", "RoleArn.$"),),
)
BRANCH = Shape(
    "a branch",
    {
        **_COMMENTED,
        "StartAt": Field("text", required=True),
        "States": Field("object", required=True),
    },
)

_RESULT: Fields = {
    "ResultSelector": _TEMPLATE,
    "ResultPath": _PATH,
    "Retry": Field("list", inner=RETRIER),
    "Catch": Field("list", inner=CATCHER),
}
_TIMEOUT = Field("integer", least=1, most=LONGEST_S, expression=True)
_TOLERATED_COUNT = Field("integer", least=0, expression=True)
_TOLERATED_PERCENTAGE = Field("number", least=0, most=100, expression=True)
_NEXT_OR_END = ("Next", "End")

MACHINE = Shape(
    "a state machine",
    {
        **_COMMENTED,
        "StartAt": Field("text", required=True),
        "States": Field("object", required=True),
        "Version": Field("text", words=("1.0",)),
        "TimeoutSeconds": _SECONDS,
        "QueryLanguage": Field("text", words=LANGUAGES),
    },
)
STATES: dict[str, Shape] = {
    "Choice": Shape(
        "a Choice",
        {
            **_PASSING,
            "Assign": _ASSIGN,
            "Choices": Field("list", required=True),
            "Default": _TEXT,
        },
    ),
    "Fail": Shape(
        "a Fail",
        {
            **_ANY_STATE,
            "Error": _TEXT,
            "ErrorPath": _PATH_TO_VALUE,
            "Cause": _TEXT,
            "CausePath": _PATH_TO_VALUE,
        },
        at_most_one_of=(("Error", "ErrorPath"), ("Cause", "CausePath")),
    ),
    "Map": Shape(
        "a Map",
        {
            **_GOING_ON,
            **_RESULT,
            "Parameters": _TEMPLATE,
            "ItemProcessor": Field("object", inner=ITEM_PROCESSOR),
            "Iterator": Field("object", inner=ITEM_PROCESSOR),
            "Items": Field("template", language="JSONata", expression=True),
            "ItemsPath": _PATH_TO_VALUE,
            "ItemSelector": Field("template", expression=True),
            "ItemReader": Field("object", inner=ITEM_READER),
            "ItemBatcher": Field("object", inner=ITEM_BATCHER),
            "ResultWriter": Field("object", inner=RESULT_WRITER),
            "MaxConcurrency": Field("integer", least=0, expression=True),
            "MaxConcurrencyPath": _PATH_TO_VALUE,
            "ToleratedFailureCount": _TOLERATED_COUNT,
            "ToleratedFailureCountPath": _PATH_TO_VALUE,
            "ToleratedFailurePercentage": _TOLERATED_PERCENTAGE,
            "ToleratedFailurePercentagePath": _PATH_TO_VALUE,
            "Label": _TEXT,
        },
        one_of=(_NEXT_OR_END, ("ItemProcessor", "Iterator")),
        at_most_one_of=(
            ("ItemSelector", "Parameters"),
            ("MaxConcurrency", "MaxConcurrencyPath"),
            ("ToleratedFailureCount", "ToleratedFailureCountPath"),
            ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
        ),
    ),
    "Parallel": Shape(
        "a Parallel",
        {
            **_GOING_ON,
            **_RESULT,
            "Parameters": _TEMPLATE,
            "Arguments": _ARGUMENTS,
            "Branches": Field("objects", required=True, inner=BRANCH),
        },
        one_of=(_NEXT_OR_END,),
    ),
    "Pass": Shape(
        "a Pass",
        {
            **_GOING_ON,
            "Parameters": _TEMPLATE,
            "Result": Field("anything", language="JSONPath"),
            "ResultPath": _PATH,
        },
        one_of=(_NEXT_OR_END,),
    ),
    "Succeed": Shape("a Succeed", _PASSING),
    "Task": Shape(
        "a Task",
        {
            **_GOING_ON,
            **_RESULT,
            "Resource": Field("text", required=True),
            "Parameters": _TEMPLATE,
            "Arguments": _ARGUMENTS,
            "TimeoutSeconds": _TIMEOUT,
            "TimeoutSecondsPath": _PATH_TO_VALUE,
            "HeartbeatSeconds": _TIMEOUT,
            "HeartbeatSecondsPath": _PATH_TO_VALUE,
            "Credentials": Field("object", inner=CREDENTIALS),
        },
        one_of=(_NEXT_OR_END,),
        at_most_one_of=(
            ("TimeoutSeconds", "TimeoutSecondsPath"),
            ("HeartbeatSeconds", "HeartbeatSecondsPath"),
        ),
    ),
    "Wait": Shape(
        "a Wait",
        {
            **_GOING_ON,
            "Seconds": Field("integer", least=0, most=LONGEST_S, expression=True),
            "SecondsPath": _PATH_TO_VALUE,
            "Timestamp": Field("timestamp", expression=True),
            "TimestampPath": _PATH_TO_VALUE,
        },
        one_of=(_NEXT_OR_END, ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")),
    ),
}
"""Every type of state."""
