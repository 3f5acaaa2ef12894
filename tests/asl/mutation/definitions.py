"""Our two definitions, as they are checked before a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.definitions.catalogue import PIPELINES
from pipelines.environment.load import load_environment
from tests.asl.mutation.executions import Executions
from tests.definitions.executions import BUCKET
from tests.environments import BUNDLE

ROOT = Path(__file__).parent.parent.parent.parent
_ACCOUNT = "000000000000"


def own_definitions(name: str = "dev", *, is_thorough: bool = True) -> Iterator[Executions]:
    """The training's and the inference's definition in the environment `name`.

    Args:
        is_thorough: Whether the executions go through every state, or are a few plain ones.
    """
    environment = load_environment(ROOT, name)
    group = f"{environment.prefix}-models"
    region = environment.region
    substitutions = {
        "Bucket": BUCKET,
        "JobRoleArn": f"arn:aws:iam::{_ACCOUNT}:role/jobs",
        "ModelPackageGroupName": group,
        "ModelPackageArn": f"arn:aws:sagemaker:{region}:{_ACCOUNT}:model-package/{group}",
        "TopicArn": f"arn:aws:sns:{region}:{_ACCOUNT}:notices",
        "ApprovalsTable": "approvals",
        "GitCommit": "f" * 40,
    }
    for define in PIPELINES.values():
        yield Executions(define(environment, BUNDLE), name, substitutions, is_thorough)
