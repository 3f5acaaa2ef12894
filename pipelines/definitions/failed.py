r"""Failed: what a rule of EventBridge starts when an execution of a pipeline did not succeed.

    Last events → Tell people → Store

It is of type Express, gets the event, and says why: in a notice to the topic, and in
`runs/<pipeline>/<execution>/failure.json`. People are told first: a bucket that cannot be written
may be what made the execution fail. In JSONata, for what it does is to make texts.
https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

from __future__ import annotations

from typing import Any

from pipelines import naming
from pipelines.definitions.definition import Definition, render
from pipelines.environment.model import Environment
from pipelines.regions import partition
from pipelines.sdk import Chain, JsonataTask, State, origins
from pipelines.steps import retry
from pipelines.steps.step import Statement, Step

# The event that ended the execution comes last. A cause has up to 32,768 characters.
_EVENTS = 1
_LONGEST_REASON = 2000
# What the event's details hold is error and cause, whatever its type; either may be absent.
_ENDING = (
    "$event := $states.result.Events[0]; "
    "$details := $merge([$event.ExecutionFailedEventDetails, "
    "$event.ExecutionTimedOutEventDetails, $event.ExecutionAbortedEventDetails]); "
    "$error := $exists($details.Error) ? $details.Error : $states.input.detail.status; "
    "$cause := $exists($details.Cause) ? $details.Cause : '';"
)
# Of a job that failed, the cause is a description in JSON: the sentence is its FailureReason.
_REASON = (
    # \x5c is a backslash: JSONata takes one before a bracket for an escape, even if it is escaped.
    r"$found := $match($cause, /\"FailureReason\":(\"(?:\\.|[^\x5c\"])*\")/, 1); "
    f"$substring($exists($found) ? $parse($found[0].groups[0]) : $cause, 0, {_LONGEST_REASON})"
)


def define(environment: Environment) -> Definition:
    """The state machine of an environment; `${Bucket}` and `${TopicArn}` are bound later."""
    steps = (_last_events(environment), _tell_people(environment), _store(environment))
    Chain([step.state for step in steps])
    start = steps[0].state
    return Definition(
        "failed",
        # It runs no job.
        code_digest="",
        document=render(start, f"Say why an execution of {environment.prefix} did not succeed"),
        steps=steps,
        input_schema={"type": "object", "required": ["detail", "time"]},
        origins=origins(start),
    )


def _last_events(environment: Environment) -> Step:
    state = _call(
        environment,
        "Last events",
        "sfn:getExecutionHistory",
        comment="How the execution ended; the event tells neither its error nor its cause",
        arguments={
            "ExecutionArn": "{% $states.input.detail.executionArn %}",
            "ReverseOrder": True,
            "MaxResults": _EVENTS,
        },
        output={
            "name": "{% $states.input.detail.name %}",
            "execution_arn": "{% $states.input.detail.executionArn %}",
            "pipeline": "{% $split($states.input.detail.stateMachineArn, '-')[-1] %}",
            "status": "{% $states.input.detail.status %}",
            "ended": "{% $states.input.time %}",
            "error": f"{{% ({_ENDING} $error) %}}",
            "cause": f"{{% ({_ENDING} $cause) %}}",
            "reason": f"{{% ({_ENDING} {_REASON}) %}}",
        },
    )
    names = [naming.state_machine_name(environment, name) for name in naming.PIPELINES]
    here = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
    return Step(
        state,
        machine=(
            Statement(
                "ReadHistory",
                ("states:GetExecutionHistory",),
                tuple(f"{here}:execution:{name}:*" for name in names),
            ),
        ),
    )


def _tell_people(environment: Environment) -> Step:
    folder = f"s3://${{Bucket}}/{naming.s3_prefix(environment)}/runs"
    lines = [
        f"'{environment.prefix} ' & pipeline & ' ' & status & ': ' & name",
        "''",
        "'error    ' & error",
        "'reason   ' & reason",
        f"'why      python -m pipelines why ' & name & ' {environment.name}'",
        f"'kept in  {folder}/' & pipeline & '/' & name & '/failure.json'",
    ]
    state = _call(
        environment,
        "Tell people",
        "sns:publish",
        comment="Which execution, why, and what to do",
        arguments={
            "TopicArn": "${TopicArn}",
            # A name has up to 80 characters, a subject 100.
            "Subject": "{% $states.input.status & ': ' & $states.input.name %}",
            "Message": "{% $states.input.($join([" + ", ".join(lines) + "], '\\n')) %}",
        },
        output="{% $states.input %}",
    )
    return Step(state, machine=(Statement("Publish", ("sns:Publish",), ("${Topic}",)),))


def _store(environment: Environment) -> Step:
    folder = f"{naming.s3_prefix(environment)}/runs"
    state = _call(
        environment,
        "Store",
        "s3:putObject",
        comment="For whoever asks later than the history is kept",
        arguments={
            "Bucket": "${Bucket}",
            "Key": f"{{% '{folder}/' & $states.input.pipeline & '/' & $states.input.name "
            "& '/failure.json' %}",
            "Body": "{% $string($states.input, true) %}",
            "ContentType": "application/json",
        },
        output="{% $states.input %}",
    )
    objects = f"arn:${{AWS::Partition}}:s3:::${{Bucket}}/{folder}/*/failure.json"
    return Step(state, machine=(Statement("Store", ("s3:PutObject",), (objects,)),))


def _call(environment: Environment, name: str, action: str, **fields: Any) -> State:
    service = {"sfn": "Sfn", "sns": "Sns", "s3": "S3"}[action.partition(":")[0]]
    return JsonataTask(
        name,
        resource=f"arn:{partition(environment.region)}:states:::aws-sdk:{action}",
        timeout_seconds=retry.CALL_TIMEOUT_S,
        retry=retry.calling(service),
        **fields,
    )
