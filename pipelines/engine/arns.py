"""Names of resources, as AWS writes them."""

from __future__ import annotations


def partition(region: str) -> str:
    """The partition of ARNs in a region.

    >>> partition("eu-central-1"), partition("cn-north-1")
    ('aws', 'aws-cn')
    """
    prefix = region.split("-", 1)[0]
    if region.startswith("us-gov-"):
        return "aws-us-gov"
    return "aws-cn" if prefix == "cn" else "aws"


def arn_parts(execution_arn: str) -> tuple[str, str, str]:
    """Region, state machine and name.

    >>> arn_parts("arn:aws:states:eu-central-1:000000000000:execution:training:monday")
    ('eu-central-1', 'training', 'monday')
    """
    _, _, _, region, _, _, machine, name = execution_arn.split(":", 7)
    return region, machine, name
