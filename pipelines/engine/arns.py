"""Names of resources, as AWS writes them."""

from __future__ import annotations


def arn_parts(execution_arn: str) -> tuple[str, str, str]:
    """Region, state machine and name.

    >>> arn_parts("arn:aws:states:eu-central-1:000000000000:execution:training:monday")
    ('eu-central-1', 'training', 'monday')
    """
    _, _, _, region, _, _, machine, name = execution_arn.split(":", 7)
    return region, machine, name


def region_of(arn: str) -> str:
    """
    >>> region_of("arn:aws:lambda:eu-central-1:000000000000:function:f")
    'eu-central-1'
    """
    return arn.split(":")[3]
