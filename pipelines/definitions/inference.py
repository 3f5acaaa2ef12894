"""Inference: Choose model → Preprocess → Predict → Done.

The model is the latest approved model package of this environment's group, unless the input names
one. No approved model ends in a Fail that says what to do.
"""

from __future__ import annotations

from pipelines import naming
from pipelines.bundle import Bundle
from pipelines.definitions.definition import Definition, render
from pipelines.definitions.execution_input import Key, begin, data_key, input_schema
from pipelines.environment.model import Environment
from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Fail, Pass, bind, origins
from pipelines.steps import choose_model, documents, predict, preprocess, read_json
from pipelines.steps.expressions import output_uri
from pipelines.steps.second_chance import with_second_chances
from pipelines.steps.step import Scope

LATEST = "latest approved"


def define(environment: Environment, bundle: Bundle) -> Definition:
    """The inference pipeline of an environment, with its code bundle."""
    scope = Scope(environment, "inference", bundle.digest, bundle.files)

    which = Choice("Which model?", comment="The latest approved one, unless the input names one")
    find = choose_model.find_latest("Choose model", scope)
    any_approved = Choice("Any approved?", comment="On this page, or is there another?")
    next_page = choose_model.find_latest("Next page", scope, choose_model.NEXT_TOKEN)
    latest = Pass(
        "Latest model",
        comment="Go on as if the input had named it",
        input_path=choose_model.LATEST_PATH,
        result_path="$.input.model_package",
    )
    describe = choose_model.describe("Describe model", scope, Expression("$.input.model_package"))
    approved = Choice("Approved?", comment="Approval may have been withdrawn")
    prepare = preprocess.preprocess_inference(
        scope, model_uri=choose_model.MODEL_URI, sha256=choose_model.SHA256
    )
    score = predict.predict(scope, model_uri=choose_model.MODEL_URI, sha256=choose_model.SHA256)
    summary = read_json.read_json(
        "Read summary",
        scope,
        output_uri(scope, predict.JOB_NAME_PATH, "predictions/summary.json"),
        document=documents.SUMMARY,
        result="Summary",
        comment="How many rows were scored",
    )
    done = Pass(
        "Done",
        comment="Where the predictions lie, and how many",
        parameters=bind(
            {
                "model_package_arn": Expression("$.input.model_package"),
                "predictions": output_uri(
                    scope, predict.JOB_NAME_PATH, "predictions/predictions.csv"
                ),
                "rows": Expression("$.Summary.document.rows"),
                "predicted": Expression("$.Summary.document.predicted"),
                "rejected": Expression("$.Summary.document.rejected"),
            }
        ),
    )

    which.add_choice(
        ChoiceRule.StringEquals(variable="$.input.model_package", value=LATEST),
        next_step=find.state,
    )
    which.default_choice(describe.state)
    Chain([find.state, any_approved])
    any_approved.add_choice(
        ChoiceRule.IsPresent(variable=choose_model.LATEST_PATH, value=True), next_step=latest
    )
    any_approved.add_choice(
        ChoiceRule.IsPresent(variable=str(choose_model.NEXT_TOKEN), value=True),
        next_step=next_page.state,
    )
    Chain([next_page.state, any_approved])
    any_approved.default_choice(_no_approved_model(environment))
    Chain([latest, describe.state, approved])
    approved.add_choice(_usable(), next_step=prepare.state)
    approved.default_choice(_not_approved())
    for job in (prepare, score):
        with_second_chances(job)
    Chain([prepare.state, score.state, summary.state, done])

    keys = [
        data_key("inference_data", environment.data.inference, "Rows to score; no label is needed"),
        Key(
            "model_package",
            LATEST,
            (LATEST, "${ModelPackageArn}/*"),
            f"ARN of an approved model package of this environment, or {LATEST!r}",
        ),
    ]
    start = begin(keys, which)
    return Definition(
        "inference",
        bundle.digest,
        render(start, f"Score rows with the latest approved model of {environment.prefix}"),
        (find, next_page, describe, prepare, score, summary),
        input_schema("inference", keys),
        origins(start),
    )


def _usable() -> ChoiceRule:
    return ChoiceRule.And(
        [
            ChoiceRule.StringEquals(variable=choose_model.STATUS_PATH, value="Approved"),
            ChoiceRule.IsPresent(variable=str(choose_model.SHA256), value=True),
            ChoiceRule.IsPresent(variable=str(choose_model.MODEL_URI), value=True),
        ]
    )


def _no_approved_model(environment: Environment) -> Fail:
    group = naming.model_package_group_name(environment)
    return Fail(
        "No approved model",
        comment="There is nothing to score with",
        error="NoApprovedModel",
        cause=(
            f"The model package group {group} has no approved version. Run the training pipeline "
            f"(python -m pipelines run training {environment.name}); where approval is manual, "
            "approve the version it registers; then start this execution again."
        ),
    )


def _not_approved() -> Fail:
    return Fail(
        "Not approved",
        comment="A model that was named, or was approved a moment ago",
        error="ModelNotApproved",
        cause_path=(
            "States.Format('The model package {} is {}, or was not registered by the training "
            "pipeline (which records where its archive lies and what its digest is). Approve it, "
            f"or leave model_package at {LATEST}.', $.input.model_package, "
            f"{choose_model.STATUS_PATH})"
        ),
    )
