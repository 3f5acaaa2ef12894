"""What a region's name says."""

from __future__ import annotations


def partition(region: str) -> str:
    """The partition of a region, as ARNs have it.

    >>> partition("eu-central-1"), partition("cn-north-1"), partition("us-gov-west-1")
    ('aws', 'aws-cn', 'aws-us-gov')
    """
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
