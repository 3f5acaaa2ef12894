"""What everything is called: stacks, state machines, roles, S3 keys. One place for each name."""

from __future__ import annotations

from pipelines.environment.model import Environment

PIPELINES = ("training", "inference")
STACKS = ("foundation", *PIPELINES)


def stack_name(environment: Environment, stack: str) -> str:
    """The CloudFormation stack: `<project>-<environment>-<foundation|training|inference>`."""
    return f"{environment.prefix}-{stack}"


def state_machine_name(environment: Environment, pipeline: str) -> str:
    """The state machine: `<project>-<environment>-<pipeline>`."""
    return f"{environment.prefix}-{pipeline}"


def model_package_group_name(environment: Environment) -> str:
    """The group that an environment's models are registered in."""
    return f"{environment.prefix}-models"


def s3_prefix(environment: Environment) -> str:
    """Where an environment's own objects lie in its bucket; no slash at either end."""
    return f"{environment.project}/{environment.name}"


def code_prefix(environment: Environment, digest: str) -> str:
    """Where the code bundle with this digest lies in the bucket."""
    return f"{s3_prefix(environment)}/code/{digest}"


def runs_prefix(environment: Environment, pipeline: str) -> str:
    """Below this lies `<execution name>/<job name>/…`."""
    return f"{s3_prefix(environment)}/runs/{pipeline}"


def captured_prefix(environment: Environment) -> str:
    """Below this lie the requests and answers that the endpoint captures."""
    return f"{s3_prefix(environment)}/captured"


def endpoint_name(environment: Environment) -> str:
    """The endpoint that serves an environment's approved model."""
    return environment.prefix


def endpoint_alarm_names(environment: Environment) -> dict[str, str]:
    """The alarms that are configured for the endpoint, by what they watch: errors, latency."""
    alarms = environment.endpoint.alarms if environment.endpoint is not None else None
    watched = {
        "errors": alarms is not None and alarms.max_error_share is not None,
        "latency": alarms is not None and alarms.max_latency_ms is not None,
    }
    return {
        what: f"{environment.prefix}-endpoint-{what}" for what, is_on in watched.items() if is_on
    }


def topic_name(environment: Environment) -> str:
    """The topic on which people hear of failures and of models that wait for approval."""
    return f"{environment.prefix}-notices"


def approvals_table_name(environment: Environment) -> str:
    """The table of questions to people, and of their answers."""
    return f"{environment.prefix}-approvals"


def reuse_table_name(environment: Environment) -> str:
    """The table of results that later executions may take over."""
    return f"{environment.prefix}-reuse"


def failed_state_machine_name(environment: Environment) -> str:
    """The state machine that tells of executions that failed."""
    return f"{environment.prefix}-failed"
