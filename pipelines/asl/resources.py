"""A Task's Resource, taken apart: which service, which action, which pattern of integration."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.asl.errors import AslSyntaxError

_ARN = re.compile(
    r"arn:aws[a-z-]*:states:[^:]*:[^:]*:"
    r"(?P<service>aws-sdk:[a-z0-9]+|[a-z0-9-]+):(?P<action>[A-Za-z0-9]+)"
    r"(?:\.(?P<pattern>sync(?::2)?|waitForTaskToken))?"
)
_ACTIVITY = re.compile(r"arn:[^:]+:states:[^:]*:[^:]*:activity:.+")


@dataclass(frozen=True)
class Resource:
    """A service integration.

    Attributes:
        service: `sagemaker`, or `aws-sdk:s3`; what the history calls resourceType.
        action: `createTrainingJob`.
        pattern: `sync`, `sync:2`, `waitForTaskToken`, or empty: request and response.
    """

    service: str
    action: str
    pattern: str

    @property
    def name(self) -> str:
        """What the history calls resource: the action with its pattern."""
        return f"{self.action}.{self.pattern}" if self.pattern else self.action


@lru_cache(maxsize=256)
def parse_resource(arn: str) -> Resource:
    """Take a Task's Resource apart.

    >>> parse_resource("arn:aws:states:::sagemaker:createTrainingJob.sync")
    Resource(service='sagemaker', action='createTrainingJob', pattern='sync')
    >>> parse_resource("arn:aws:states:::aws-sdk:s3:getObject").service
    'aws-sdk:s3'

    Raises:
        AslSyntaxError: not the ARN of a service integration (a Lambda function's, an activity's).
    """
    match = _ARN.fullmatch(arn)
    if not match or is_activity(arn):
        raise AslSyntaxError(f"{arn!r} is not a service integration (arn:aws:states:::…)")
    return Resource(match["service"], match["action"], match["pattern"] or "")


def is_activity(arn: str) -> bool:
    """Whether a Task's Resource is an activity.

    >>> is_activity("arn:aws:states:us-east-1:123456789012:activity:review")
    True
    """
    return _ACTIVITY.fullmatch(arn) is not None
