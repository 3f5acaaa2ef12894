"""The question to a person: put into a table with the task's token, told of, and closed.

The table has one item an execution. Who answers finds there what is asked and the token that the
answer is sent with; the state machine writes the answer beside it.
"""

from __future__ import annotations

from typing import Any

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.regions import partition
from pipelines.sdk import ChoiceRule, Expression, Task, bind
from pipelines.steps import register, retry
from pipelines.steps.api_call import api_call
from pipelines.steps.expressions import quote
from pipelines.steps.step import Scope, Statement, Step

# Where the answer is, as it was sent.
ANSWER = "$.answer"
# What an answer says: what was decided, by whom, when and why.
PARTS = ("decision", "by", "at", "reason")
# Where it is from then on.
RESULT = "Approval"
DECISION, BY, AT, REASON = (Expression(f"$.{RESULT}.{part}") for part in PARTS)
# Where the question is, as it was read back.
_QUESTION = "Question"
_ITEM = f"$.{_QUESTION}.found.Item"
TOKEN_PATH = f"{_ITEM}.task_token.S"
_HERE = "${AWS::Region}:${AWS::AccountId}"
_SUBJECT_LIMIT = 100  # of SNS


def ask(scope: Scope, metrics_path: str, report: Expression) -> Step:
    """The Task that hands the token out and waits, for as long as the environment says."""
    environment = scope.environment
    state = Task(
        "Ask",
        resource=(
            f"arn:{partition(environment.region)}:states:::aws-sdk:dynamodb:putItem.waitForTaskToken"
        ),
        parameters=bind(
            {
                "TableName": "${ApprovalsTable}",
                "Item": {
                    "execution_arn": _text("$$.Execution.Id"),
                    # A question from before a redrive may still lie there.
                    "redrives": _text("States.Format('{}', $$.Execution.RedriveCount)"),
                    "status": {"S": "pending"},
                    "asked_at": _text("$$.State.EnteredTime"),
                    "within_s": {"N": str(environment.approval_within_s)},
                    "model_package_arn": _text(register.ARN_PATH),
                    "gate": _text(_gate_reason(environment, metrics_path)),
                    "metrics": _text(f"States.JsonToString({metrics_path}.metrics)"),
                    "report": {"S": report},
                    "task_token": _text("$$.Task.Token"),
                },
            }
        ),
        comment="Put the question where the answerer finds it, and wait for the answer",
        timeout_seconds=environment.approval_within_s,
        retry=retry.handing_out("DynamoDb"),
        result_path=ANSWER,
    )
    return Step(
        state,
        machine=(Statement("AskPeople", ("dynamodb:PutItem",), _table(environment)),),
        answer={"type": "object"},
    )


def read_question(scope: Scope) -> Step:
    """The question with its token, or nothing if it has not been put yet."""
    state = api_call(
        "Read question",
        scope,
        "DynamoDb",
        "getItem",
        {
            "TableName": "${ApprovalsTable}",
            "Key": {"execution_arn": _text("$$.Execution.Id")},
            "ConsistentRead": True,
        },
        result=_QUESTION,
        comment="Is it there, of this redrive?",
        result_selector={
            "found.$": "$",
            "redrives.$": "States.Format('{}', $$.Execution.RedriveCount)",
        },
    )
    item = {
        "type": "object",
        "properties": {
            name: {"type": "object", "properties": {"S": {"type": "string"}}, "required": ["S"]}
            for name in ("redrives", "task_token")
        },
    }
    return Step(
        state,
        machine=(Statement("ReadQuestion", ("dynamodb:GetItem",), _table(scope.environment)),),
        answer={"type": "object", "properties": {"Item": item}},
    )


def is_asked() -> ChoiceRule:
    """Whether what was read back is the question of this redrive: Ask may take a moment."""
    return ChoiceRule.And(
        [
            ChoiceRule.IsPresent(variable=TOKEN_PATH, value=True),
            ChoiceRule.IsPresent(variable=f"{_ITEM}.redrives.S", value=True),
            ChoiceRule.StringEqualsPath(
                variable=f"{_ITEM}.redrives.S", value=f"$.{_QUESTION}.redrives"
            ),
        ]
    )


def tell_people(scope: Scope, metrics_path: str, report: Expression) -> Step:
    """Publish the question, with the commands that answer it."""
    environment = scope.environment
    subject = f"{environment.prefix}: a model waits for approval"
    assert len(subject) <= _SUBJECT_LIMIT
    command = "python -m pipelines {} {{}} " + environment.name + ' --reason "…"'
    lines = [
        "The model package {} waits for a person to approve it.",
        "",
        "Gate: {}",
        "Metrics: {}",
        "Report: {}",
        "",
        "Approve: " + command.format("approve"),
        "Reject: " + command.format("reject"),
        "",
        "Token of the waiting task: {}",
    ]
    values = [
        register.ARN_PATH,
        _gate_reason(environment, metrics_path),
        f"States.JsonToString({metrics_path}.metrics)",
        report,
        "$$.Execution.Name",
        "$$.Execution.Name",
        TOKEN_PATH,
    ]
    text = quote("\n".join(lines))
    state = api_call(
        "Tell people",
        scope,
        "Sns",
        "publish",
        {
            "TopicArn": "${TopicArn}",
            "Subject": subject,
            "Message": Expression(f"States.Format({text}, {', '.join(values)})"),
            # For programs: a chat's bot need not read prose.
            "MessageAttributes": {
                "event": _attribute("approval"),
                "environment": _attribute(environment.name),
                "execution_arn": _attribute(Expression("$$.Execution.Id")),
                "model_package_arn": _attribute(Expression(register.ARN_PATH)),
                "task_token": _attribute(Expression(TOKEN_PATH)),
            },
        },
        result="Told",
        comment="Through the topic: mail, chat, whoever has subscribed",
    )
    topic = f"arn:${{AWS::Partition}}:sns:{_HERE}:{naming.topic_name(environment)}"
    return Step(state, machine=(Statement("TellPeople", ("sns:Publish",), (topic,)),))


def close_question(scope: Scope) -> Step:
    """What was decided, beside the question; the token is of no more use."""
    names = {"#status": "status", "#by": "answered_by", "#at": "answered_at", "#why": "reason"}
    state = api_call(
        "Close question",
        scope,
        "DynamoDb",
        "updateItem",
        {
            "TableName": "${ApprovalsTable}",
            "Key": {"execution_arn": _text("$$.Execution.Id")},
            "UpdateExpression": (
                "SET #status = :status, #by = :by, #at = :at, #why = :why REMOVE task_token"
            ),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {
                ":status": _text(DECISION),
                ":by": _text(BY),
                ":at": _text(AT),
                ":why": _text(REASON),
            },
        },
        result=f"{RESULT}.closed",
        comment="Write the answer beside the question",
    )
    return Step(
        state,
        machine=(Statement("CloseQuestion", ("dynamodb:UpdateItem",), _table(scope.environment)),),
    )


def _gate_reason(environment: Environment, metrics_path: str) -> str:
    """What the gate said, as an expression."""
    if environment.gate is not None and environment.gate.enabled:
        return f"{metrics_path}.gate.reason"
    return "States.Format('none is configured')"


def _text(expression: str) -> dict[str, Any]:
    """An attribute value of DynamoDB's, computed."""
    return {"S": Expression(expression)}


def _attribute(value: str) -> dict[str, Any]:
    """An attribute of a message."""
    return {"DataType": "String", "StringValue": value}


def _table(environment: Environment) -> tuple[str, ...]:
    name = naming.approvals_table_name(environment)
    return (f"arn:${{AWS::Partition}}:dynamodb:{_HERE}:table/{name}",)
