"""The metrics that a training job prints, as SageMaker finds them in its log."""

from __future__ import annotations

import re

from pipelines.environment.gate import CLASSIFICATION, REGRESSION
from pipelines.environment.model import Environment

_NUMBER = r"([-+]?[0-9][0-9.eE+-]*)"


def validation(metric: str) -> str:
    """What a metric on held-out training rows is called."""
    return f"validation:{metric}"


def definitions(environment: Environment) -> dict[str, str]:
    """A regular expression for each metric, by its name.

    It finds the number in `validation:roc_auc=0.9512;`, or in `train:roc_auc=0.9731;`.
    https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
    """
    metrics = list(REGRESSION if environment.is_regression else CLASSIFICATION)
    tune = environment.model.tune
    if tune is not None and tune.metric not in metrics:
        metrics.append(tune.metric)
    names = [*map(validation, metrics), *(f"train:{metric}" for metric in metrics)]
    return {name: f"{re.escape(name)}={_NUMBER};" for name in names}
