"""Environments made for tests: whole, small, and changed by keyword."""

from __future__ import annotations

from typing import Any

from pipelines.bundle import Bundle
from pipelines.environment.model import Environment

_MACHINE = {"instance_type": "ml.m5.xlarge", "volume_gb": 30, "max_runtime_s": 1200}


def make_environment(**changes: Any) -> Environment:
    """An environment `dev` of a project `demo`; `changes` replace whole sections."""
    sections: dict[str, Any] = {
        "name": "dev",
        "project": "demo",
        "region": "eu-central-1",
        "approval": "automatic",
        "image": {"training": {"framework": "sklearn", "version": "1.4-2"}},
        "data": {
            "training": "s3://${bucket}/data/train.csv",
            "test": "s3://${bucket}/data/test.csv",
            "inference": "s3://${bucket}/data/people.csv",
        },
        "features": {"label": {"column": "income", "positive": "high"}},
        "model": {"algorithm": "hist_gradient_boosting", "hyperparameters": {"max_iter": 30}},
        "gate": {"metric": "roc_auc", "at_least": 0.9},
        "steps": {step: _MACHINE for step in ("preprocess", "train", "evaluate", "predict")},
        "tags": {"team": "data"},
    }
    return Environment.model_validate({**sections, **changes})


BUNDLE = Bundle(
    {
        **{f"jobs/{name}.py": b"" for name in ("validate", "preprocess", "train")},
        **{f"jobs/{name}.py": b"" for name in ("evaluate", "explain")},
        **{f"{name}.json": b"{}" for name in ("features", "validation", "evaluation")},
    }
)
"""A code bundle that does not change with the code; only its digests are looked at."""


def machine(**changes: Any) -> dict[str, Any]:
    """The machines of one step, changed by keyword."""
    return {**_MACHINE, **changes}
