"""Find champion: the approved model that a new one has to beat, if there is one.

It is looked for once the new model is there: what was approved meanwhile counts. Both models' jobs
mount something under its name, and SageMaker mounts nothing that does not exist; without a champion
that is the new model itself, and the digest `none` says that nobody reads it.
"""

from __future__ import annotations

from pipelines.environment.model import Environment
from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Pass, bind
from pipelines.steps import choose_model, train
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope

NAME = "Find champion"
RESULT = "Champion"
MODEL_URI = Expression(f"$.{RESULT}.model")
SHA256 = Expression(f"$.{RESULT}.sha256")
# Of `sha256` and `model_package_arn`: no model is approved; and of `sha256`: one is, whose registry
# entry does not say what its archive's digest is.
NONE, UNKNOWN = "none", "unknown"


def is_compared(environment: Environment) -> bool:
    """Whether the gate compares a new model with the champion."""
    gate = environment.gate
    if gate is None or not gate.enabled:
        return False
    return gate.champion is not None and gate.champion.enabled


def find_champion(scope: Scope) -> Segment:
    """Find the newest approved version of the environment's group; runs after Train.

    The result, at `$.Champion`, is `{"model_package_arn": …, "model": <S3 URI>, "sha256": …}`, and
    of one that this pipeline registered also `metadata`, what Register recorded of it.
    """
    found = choose_model.Found(RESULT)
    find = choose_model.find_latest(NAME, scope, found=found)
    next_page = choose_model.find_latest(
        "Next page of champions", scope, found.next_token, found=found
    )
    any_approved = Choice("Any champion?", comment="On this page, or is there another?")
    describe = choose_model.describe(
        "Describe champion", scope, Expression(found.latest_path), result=RESULT
    )
    known = Choice("Champion known?", comment="Where its archive lies, and with which digest")
    metadata = f"$.{RESULT}.CustomerMetadataProperties"
    sha256 = f"{metadata}.model_sha256"
    model = f"$.{RESULT}.InferenceSpecification.Containers[0].ModelDataUrl"
    arn = f"$.{RESULT}.ModelPackageArn"
    champion = _result(
        "Champion",
        "What the new model has to beat",
        Expression(arn),
        Expression(model),
        sha256,
        metadata=Expression(metadata),
    )
    unknown = _result(
        "Champion unknown",
        "It was not registered by this pipeline: it cannot be compared with, and the gate says so",
        Expression(arn),
        train.MODEL_URI,
        UNKNOWN,
    )
    none = _result("No champion", "No model is approved yet", NONE, train.MODEL_URI, NONE)

    Chain([find.state, any_approved])
    Chain([next_page.state, any_approved])
    any_approved.add_choice(
        ChoiceRule.IsPresent(variable=found.latest_path, value=True), next_step=describe.state
    )
    any_approved.add_choice(
        ChoiceRule.IsPresent(variable=str(found.next_token), value=True),
        next_step=next_page.state,
    )
    any_approved.default_choice(none)
    Chain([describe.state, known])
    known.add_choice(
        ChoiceRule.And(
            [
                ChoiceRule.IsPresent(variable=sha256, value=True),
                ChoiceRule.IsPresent(variable=model, value=True),
            ]
        ),
        next_step=champion,
    )
    known.default_choice(unknown)
    return Segment(find.state, (champion, unknown, none), (find, next_page, describe))


def _result(
    name: str,
    comment: str,
    arn: str | Expression,
    model: Expression,
    sha256: str,
    **more: Expression,
) -> Pass:
    return Pass(
        name,
        comment=comment,
        parameters=bind(
            {
                "model_package_arn": arn,
                "model": model,
                "sha256": Expression(sha256) if sha256.startswith("$") else sha256,
                **more,
            }
        ),
        result_path=f"$.{RESULT}",
    )
