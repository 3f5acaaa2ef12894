"""The environment's endpoint: what the states that deploy, test and take back a model share.

$.Endpoint.EndpointName         `<project>-<environment>`
$.Endpoint.EndpointConfigName   what this execution deploys; its model has the same name
$.Endpoint.previous             the configuration that served before, or "none"
$.Endpoint.begun                whether the endpoint has been asked to be created or updated
$.Endpoint.found                how a look at the endpoint found it, while it is deployed
$.Endpoint.now                  the same, while the deployment is taken back
$.Failure                       why it is taken back: {"Error": …, "Cause": …}
"""

from __future__ import annotations

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.environment.serving import Endpoint
from pipelines.sdk import Expression
from pipelines.steps import permissions
from pipelines.steps.expressions import ID_LENGTH, JOB_NAME_LIMIT, REDRIVE_LENGTH
from pipelines.steps.step import Scope, Statement

NAME = "Endpoint"
ENDPOINT = Expression("$.Endpoint.EndpointName")
CONFIGURATION = Expression("$.Endpoint.EndpointConfigName")
PREVIOUS = Expression("$.Endpoint.previous")
BEGUN_PATH = "$.Endpoint.begun"
FAILURE_PATH = "$.Failure"
NONE = "none"
# The one production variant; blue/green updates want the same name before and after.
VARIANT = "AllTraffic"
_SERVE = "serve"


def section(scope: Scope) -> Endpoint:
    """The configuration of the endpoint.

    Raises:
        ValueError: there is none.
    """
    if scope.environment.endpoint is None:
        raise ValueError(f"{scope.environment.name} has no endpoint")
    return scope.environment.endpoint


def new_name(environment: Environment) -> Expression:
    """`<project>-<environment>-serve-<id>-<redrive>`, of a configuration and its model."""
    base = f"{environment.prefix}-{_SERVE}"
    longest = len(base) + sum(1 + n for n in (ID_LENGTH, REDRIVE_LENGTH))
    # The names of jobs are longer, and proven.
    assert longest <= JOB_NAME_LIMIT, base
    return Expression(f"States.Format('{base}-{{}}-{{}}', $.id, $$.Execution.RedriveCount)")


def own_names(environment: Environment) -> str:
    """A pattern of the names of all configurations and models that these states make."""
    return f"{environment.prefix}-{_SERVE}-*"


def hosting(environment: Environment) -> Statement:
    """What the state machine may do with the endpoint, and with configurations and models."""
    here = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
    own = own_names(environment)
    return Statement(
        "HostModel",
        (
            *(["sagemaker:AddTags"] if environment.tags else []),
            "sagemaker:CreateEndpoint",
            "sagemaker:CreateEndpointConfig",
            "sagemaker:CreateModel",
            "sagemaker:DeleteEndpoint",
            "sagemaker:DeleteEndpointConfig",
            "sagemaker:DeleteModel",
            "sagemaker:DescribeEndpoint",
            "sagemaker:UpdateEndpoint",
        ),
        (
            f"{here}:endpoint/{naming.endpoint_name(environment)}",
            f"{here}:endpoint-config/{own}",
            f"{here}:model/{own}",
        ),
    )


def tags(environment: Environment) -> dict[str, list[dict[str, str]]]:
    """The member `Tags` of a request, to be spread into it; absent without tags."""
    if not environment.tags:
        return {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in environment.tags.items()]}


def watch_alarms(environment: Environment) -> Statement:
    """What SageMaker needs to hear of the endpoint's alarms: it asks as who updates, and as the
    model's role.

    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    """
    here = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm"
    return Statement(
        "WatchAlarms",
        ("cloudwatch:DescribeAlarms",),
        tuple(f"{here}:{name}" for name in naming.endpoint_alarm_names(environment).values()),
    )


def invoke(environment: Environment) -> Statement:
    """What a job's role needs to send requests to the endpoint."""
    here = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
    return Statement(
        "InvokeEndpoint",
        ("sagemaker:InvokeEndpoint",),
        (f"{here}:endpoint/{naming.endpoint_name(environment)}",),
    )


def serve_model(scope: Scope) -> tuple[Statement, ...]:
    """What the role that a model is hosted with needs to log, to publish metrics, to capture."""
    environment = scope.environment
    group = f"/aws/sagemaker/Endpoints/{naming.endpoint_name(environment)}"
    arn = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{group}"
    statements = [
        Statement(
            "LogRequests",
            (
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ),
            (arn, f"{arn}:log-stream:*"),
        ),
        permissions.read_code(scope),
        permissions.read_runs(scope, scope.pipeline),
        *permissions.list_objects(scope),
    ]
    if section(scope).data_capture is not None:
        captured = f"arn:${{AWS::Partition}}:s3:::${{Bucket}}/{naming.captured_prefix(environment)}"
        statements.append(Statement("CaptureData", ("s3:PutObject",), (f"{captured}/*",)))
    if section(scope).alarms is not None:
        statements.append(watch_alarms(environment))
    return tuple(statements)
