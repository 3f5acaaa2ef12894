"""The log group of a state machine, and what it takes to write there."""

from __future__ import annotations

from typing import Any

from pipelines.environment.model import Environment
from pipelines.steps.step import Statement
from pipelines.template.parts import tags

RETENTION_DAYS = 90

# Delivery of logs is set up through actions that take no resource.
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
DELIVER_LOGS = Statement(
    "DeliverLogs",
    (
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ),
    ("*",),
)


def log_group(state_machine: str, environment: Environment) -> dict[str, Any]:
    """The resource, for the state machine of that name."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            # This prefix keeps log delivery off the limit of the resource policy's size.
            "LogGroupName": f"/aws/vendedlogs/states/{state_machine}",
            "RetentionInDays": RETENTION_DAYS,
            **tags(environment),
        },
    }


def logging_to(log_group: str) -> dict[str, Any]:
    """A state machine's LoggingConfiguration: what fails, to the log group of that logical id."""
    arn = {"Fn::GetAtt": [log_group, "Arn"]}
    return {
        "Level": "ERROR",
        "IncludeExecutionData": True,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": arn}}],
    }
