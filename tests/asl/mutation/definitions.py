"""Our two definitions, as they are checked before a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.definitions.catalogue import PIPELINES
from pipelines.environment.load import load_environment
from tests.asl.mutation.executions import Executions
from tests.definitions.executions import BUCKET

ROOT = Path(__file__).parent.parent.parent.parent
_ACCOUNT = "000000000000"
_DIGEST = "c" * 64


def own_definitions(name: str = "dev") -> Iterator[Executions]:
    """The training's and the inference's definition in the environment `name`."""
    environment = load_environment(ROOT, name)
    group = f"{environment.prefix}-models"
    region = environment.region
    substitutions = {
        "Bucket": BUCKET,
        "JobRoleArn": f"arn:aws:iam::{_ACCOUNT}:role/jobs",
        "ModelPackageGroupName": group,
        "ModelPackageArn": f"arn:aws:sagemaker:{region}:{_ACCOUNT}:model-package/{group}",
    }
    for define in PIPELINES.values():
        yield Executions(define(environment, _DIGEST), substitutions)
