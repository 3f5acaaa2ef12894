"""A Resource is a service integration, an activity or another ARN."""

import pytest

from pipelines.asl.errors import AslSyntaxError
from pipelines.asl.resources import is_activity, parse_resource

ACTIVITY = "arn:aws:states:eu-central-1:123456789012:activity:review"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:review"


@pytest.mark.parametrize("arn", [ACTIVITY, FUNCTION, "review"])
def test_what_is_called_by_its_own_arn_is_no_service_integration(arn):
    with pytest.raises(AslSyntaxError, match="is not a service integration"):
        parse_resource(arn)


def test_an_activity_is_told_from_a_service():
    assert is_activity(ACTIVITY)
    assert not is_activity("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
    assert parse_resource("arn:aws:states:::states:startExecution.sync:2").name == (
        "startExecution.sync:2"
    )
