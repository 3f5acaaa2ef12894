"""What tells of executions that did not succeed: a rule, and the state machine that it starts."""

from __future__ import annotations

from typing import Any

from pipelines import naming
from pipelines.definitions import failed
from pipelines.environment.model import Environment
from pipelines.steps.step import Statement
from pipelines.template.logs import DELIVER_LOGS, log_group, logging_to
from pipelines.template.parts import tags
from pipelines.template.roles import role

# What `${Name}` in the definition may stand for, in a stack with these parameters and resources.
SUBSTITUTIONS: dict[str, Any] = {"Bucket": {"Ref": "Bucket"}, "TopicArn": {"Ref": "Topic"}}

_HERE = "${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}"


def failure_resources(environment: Environment) -> dict[str, Any]:
    """Resources for the foundation stack, which has the parameter `Bucket` and the topic `Topic`.

    One rule hears of both pipelines: it names their state machines, which may come later.
    """
    name = naming.failed_state_machine_name(environment)
    definition = failed.define(environment)
    machine = f"arn:{_HERE % 'states'}:stateMachine:{name}"
    rule = f"arn:{_HERE % 'events'}:rule/{name}"
    account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    return {
        "FailedLogGroup": log_group(name, environment),
        "FailedRole": role(
            f"{name}-states",
            service="states.amazonaws.com",
            description=f"What the state machine that tells of failures of {environment.prefix} "
            "may do",
            trust={**account, "ArnLike": {"aws:SourceArn": {"Fn::Sub": machine}}},
            permissions=[
                *((step.name, need) for step in definition.steps for need in step.machine),
                ("State machine", DELIVER_LOGS),
            ],
            properties=tags(environment),
        ),
        "FailedStateMachine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": name,
                "StateMachineType": "EXPRESS",
                "RoleArn": {"Fn::GetAtt": ["FailedRole", "Arn"]},
                "Definition": definition.document,
                "DefinitionSubstitutions": SUBSTITUTIONS,
                "LoggingConfiguration": logging_to("FailedLogGroup"),
                **tags(environment),
            },
        },
        "FailedRuleRole": role(
            f"{name}-rule",
            service="events.amazonaws.com",
            description=f"Starts the state machine that tells of failures of {environment.prefix}",
            # https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
            trust={**account, "ArnEquals": {"aws:SourceArn": {"Fn::Sub": rule}}},
            permissions=[
                (
                    "Rule",
                    Statement("Start", ("states:StartExecution",), ("${FailedStateMachine}",)),
                )
            ],
            properties=tags(environment),
        ),
        "FailedRule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": name,
                "Description": f"An execution of {environment.prefix} did not succeed",
                "EventPattern": _pattern(environment),
                "Targets": [
                    {
                        "Id": "failed",
                        "Arn": {"Ref": "FailedStateMachine"},
                        "RoleArn": {"Fn::GetAtt": ["FailedRuleRole", "Arn"]},
                    }
                ],
            },
        },
    }


def _pattern(environment: Environment) -> dict[str, Any]:
    names = [naming.state_machine_name(environment, each) for each in naming.PIPELINES]
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            "stateMachineArn": [
                {"Fn::Sub": f"arn:{_HERE % 'states'}:stateMachine:{name}"} for name in names
            ],
        },
    }
