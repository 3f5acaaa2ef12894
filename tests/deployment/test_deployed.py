"""Finding what is deployed."""

from __future__ import annotations

import pytest

from pipelines.deployment.deployed import state_machine_arn
from pipelines.errors import InputError
from tests.deployment.fakes import Aws, environment


def test_the_state_machine_is_the_stacks_output() -> None:
    aws = Aws()
    stack = aws.cloudformation.with_stack("demo-dev-training", "UPDATE_COMPLETE")
    stack.outputs = {"StateMachineArn": "arn:training"}

    assert state_machine_arn(environment(), aws.connection, "training") == "arn:training"


def test_what_is_not_deployed_comes_with_the_command_that_deploys_it() -> None:
    with pytest.raises(InputError, match="there is no stack demo-dev-inference") as caught:
        state_machine_arn(environment(), Aws().connection, "inference")

    assert caught.value.hint == "Deploy it: ./deploy.sh dev BUCKET"


def test_a_stack_whose_creation_failed_has_no_state_machine() -> None:
    aws = Aws()
    aws.cloudformation.with_stack("demo-dev-training", "ROLLBACK_COMPLETE")

    with pytest.raises(InputError, match="has no state machine: ROLLBACK_COMPLETE"):
        state_machine_arn(environment(), aws.connection, "training")
