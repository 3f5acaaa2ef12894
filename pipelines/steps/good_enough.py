"""Good enough?: what Evaluate decided. If not, the execution ends with the reason."""

from __future__ import annotations

from pipelines.sdk import Choice, ChoiceRule, Fail
from pipelines.steps.segment import Segment

NAME = "Good enough?"
ERROR = "NotGoodEnough"


def good_enough(metrics_path: str) -> Segment:
    """Go on only with a model that passed the gate.

    Args:
        metrics_path: of the document that Evaluate wrote.
    """
    choice = Choice(NAME, comment="Whether the model may be registered")
    passed = ChoiceRule.BooleanEquals(variable=f"{metrics_path}.gate.passed", value=True)
    choice.add_choice(
        ChoiceRule.Not(passed),
        next_step=Fail(
            "Not good enough",
            comment="The model is not registered",
            error=ERROR,
            cause_path=f"{metrics_path}.gate.reason",
        ),
    )
    return Segment(choice, (choice,), ())
