"""Only measured: an execution that reproduces a model ends when the model is measured.

It is to say whether the same model comes of the same code, configuration and data, and must not
register it, ask anybody or touch an endpoint.
"""

from __future__ import annotations

from typing import Any

from pipelines.sdk import Choice, ChoiceRule, Expression, Pass, bind
from pipelines.steps import train
from pipelines.steps.segment import Segment

# The key of the execution's input, and what it may say; the first is the default.
KEY = "purpose"
REPRODUCE = "reproduce"
PURPOSES = ("register", REPRODUCE)
DESCRIPTION = "register, or reproduce: train and measure again, and end there"


def unless_reproduced(metrics_path: str) -> Segment:
    """Goes on, unless the model is only to be reproduced; then the execution ends with its digest.

    Args:
        metrics_path: of the document that Evaluate wrote.
    """
    measured: dict[str, Any] = {"model": train.MODEL_URI}
    for name in ("model_sha256", "preprocessor_sha256", "data", "packages", "metrics"):
        measured[name] = Expression(f"{metrics_path}.{name}")
    choice = Choice("Only to reproduce?", comment="Then nothing is decided, registered or served")
    choice.add_choice(
        ChoiceRule.StringEquals(variable=f"$.input.{KEY}", value=REPRODUCE),
        Pass("Reproduced", comment="What came of it this time", parameters=bind(measured)),
    )
    return Segment(choice, (choice,), ())
