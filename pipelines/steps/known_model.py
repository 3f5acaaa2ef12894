"""Known model: where reuse has led to the very model that is approved, nothing is decided again.

    Same as champion? ── yes → Known model → Known evaluation ─┐
          └─ no → Evaluate → …                     Read metrics → Registered already? ─ yes → Deploy
                                                                          └─ no → Good enough? → …

Its gate was passed and its approval given when it was registered. Any other model, even one of the
same bytes that was trained again, goes the whole way: no approval is ever taken over.
"""

from __future__ import annotations

from pipelines.environment.model import Environment
from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Pass, bind
from pipelines.steps import champion, evaluate, explain, register, train
from pipelines.steps.segment import Segment, when

_CHAMPION = f"$.{champion.RESULT}"


def unless_known(environment: Environment, decided: Segment, read: Segment) -> Segment:
    """The segment that evaluates a model and the one that reads what came of it.

    Between them the way of a known model joins: only its results are looked up.
    """
    same = Choice("Same as champion?", comment="Is the trained model the approved one?")
    known = Pass(
        "Known model",
        comment="It is registered and approved",
        parameters=bind({"ModelPackageArn": Expression(f"{_CHAMPION}.model_package_arn")}),
        result_path=f"$.{register.NAME}",
    )
    results = [evaluate.NAME]
    if environment.explanation is not None and environment.explanation.enabled:
        results.append(explain.NAME)
    passes = [known] + [
        Pass(
            f"Known {name.lower()} results",
            comment=f"What {name} wrote when it was registered",
            parameters=bind({"folder": Expression(_folder(name))}),
            result_path=f"$.{name}",
        )
        for name in results
    ]
    is_same = ChoiceRule.And(
        [
            ChoiceRule.Not(
                ChoiceRule.StringEquals(
                    variable=f"{_CHAMPION}.model_package_arn", value=champion.NONE
                )
            ),
            *(ChoiceRule.IsPresent(variable=_folder(name), value=True) for name in results),
            ChoiceRule.StringEqualsPath(variable=str(train.MODEL_URI), value=f"{_CHAMPION}.model"),
        ]
    )
    same.add_choice(is_same, next_step=known)
    same.default_choice(decided.start)
    decided.then(read.start)
    Chain([*passes, read.start])
    return Segment(same, read.ends, (*decided.steps, *read.steps))


def _folder(step: str) -> str:
    """Where Register recorded what a step of the champion's own execution wrote."""
    return f"{_CHAMPION}.metadata.{step.lower()}_folder"


def only_new(registration: Segment) -> Segment:
    """The segment that decides on a model and registers it, which a known one goes past."""
    registered = Choice("Registered already?", comment="A known model is not decided on again")
    registered.default_choice(registration.start)
    is_known = ChoiceRule.IsPresent(variable=register.ARN_PATH, value=True)
    return Segment(registered, (*registration.ends, when(registered, is_known)), registration.steps)
