"""Finding what is deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.bundle import build_bundle
from pipelines.deployment.deployed import DeployedPipeline, find_pipeline, is_outdated
from pipelines.environment.digest import configuration_sha256
from pipelines.errors import InputError
from tests.deployment.fakes import Aws, environment


def test_the_state_machine_is_the_stacks_output() -> None:
    aws = Aws()
    stack = aws.cloudformation.with_stack("demo-dev-training", "UPDATE_COMPLETE")
    stack.outputs = {
        "StateMachineArn": "arn:training",
        "ConfigurationSha256": "ab",
        "CodeSha256": "cd",
    }

    found = find_pipeline(environment(), aws.connection, "training")

    assert found == DeployedPipeline("arn:training", "ab", "cd")


def test_what_is_not_deployed_comes_with_the_command_that_deploys_it() -> None:
    with pytest.raises(InputError, match="there is no stack demo-dev-inference") as caught:
        find_pipeline(environment(), Aws().connection, "inference")

    assert caught.value.hint == "Deploy it: python -m pipelines deploy dev BUCKET"


def test_a_stack_whose_creation_failed_has_no_state_machine() -> None:
    aws = Aws()
    aws.cloudformation.with_stack("demo-dev-training", "ROLLBACK_COMPLETE")

    with pytest.raises(InputError, match="has no state machine: ROLLBACK_COMPLETE"):
        find_pipeline(environment(), aws.connection, "training")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for package in ("jobs", "preprocessing"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    return tmp_path


def deployed_from(root: Path, **changes: str) -> DeployedPipeline:
    values = {
        "configuration_sha256": configuration_sha256(environment()),
        "code_sha256": build_bundle(root, environment()).digest,
    }
    return DeployedPipeline("arn", **{**values, **changes})


def test_what_was_deployed_from_here_is_not_outdated(root: Path) -> None:
    assert not is_outdated(deployed_from(root), environment(), root)


def test_another_configuration_is_noticed(root: Path) -> None:
    deployed = deployed_from(root, configuration_sha256="0" * 64)

    assert is_outdated(deployed, environment(), root)


def test_other_code_is_noticed(root: Path) -> None:
    deployed = deployed_from(root)
    (root / "jobs" / "train.py").write_text("print('new')")

    assert is_outdated(deployed, environment(), root)


def test_where_there_is_no_code_only_the_configuration_is_compared(tmp_path: Path) -> None:
    deployed = DeployedPipeline("arn", configuration_sha256(environment()), "0" * 64)

    assert not is_outdated(deployed, environment(), tmp_path)
