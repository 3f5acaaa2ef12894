"""Training: Preprocess → Train → Evaluate → Good enough? → Register → Done.

Not good enough ends in a Fail with the numbers in its cause.
"""

from __future__ import annotations

from pipelines.definitions.definition import Definition, render
from pipelines.definitions.execution_input import begin, data_key, input_schema
from pipelines.environment.gate import Gate
from pipelines.environment.model import Environment
from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Fail, Pass, bind, origins
from pipelines.steps import documents, evaluate, preprocess, read_json, register, train
from pipelines.steps.expressions import output_uri
from pipelines.steps.step import Scope

_EVALUATION = "$.Evaluation.document"


def define(environment: Environment, code_digest: str) -> Definition:
    """The training pipeline of an environment, with the code bundle of that digest."""
    scope = Scope(environment, "training", code_digest)

    prepare = preprocess.preprocess_training(scope)
    fit = train.train(scope)
    measure = evaluate.evaluate(scope)
    metrics = read_json.read_json(
        "Read metrics",
        scope,
        output_uri(scope, evaluate.JOB_NAME_PATH, "evaluation/metrics.json"),
        document=documents.METRICS,
        result="Evaluation",
        comment="What Evaluate measured",
    )
    good_enough = Choice("Good enough?", comment="Whether the model may be registered")
    registration = register.register(scope, _EVALUATION)
    done = Pass(
        "Done",
        comment="Where everything lies, and how good it is",
        parameters=bind(
            {
                "model_package_arn": Expression(register.ARN_PATH),
                "model": train.MODEL_URI,
                "report": output_uri(scope, evaluate.JOB_NAME_PATH, "evaluation/report.html"),
                "metrics": Expression(f"{_EVALUATION}.metrics"),
                "rows": Expression(f"{_EVALUATION}.rows"),
                "rejected": Expression(f"{_EVALUATION}.rejected"),
                "training": Expression(f"{_EVALUATION}.training"),
            }
        ),
    )

    Chain([prepare.state, fit.state, measure.state, metrics.state])
    if environment.gate is not None and environment.gate.enabled:
        Chain([metrics.state, good_enough])
        good_enough.add_choice(_reaches(environment.gate), next_step=registration.state)
        good_enough.default_choice(_not_good_enough(environment.gate))
    else:
        Chain([metrics.state, registration.state])
    Chain([registration.state, done])

    keys = [data_key("training_data", environment.data.training, "Labelled rows to train on")]
    if environment.data.test is not None:
        keys.append(data_key("test_data", environment.data.test, "Labelled rows to test on"))
    start = begin(keys, prepare.state)
    return Definition(
        "training",
        code_digest,
        render(start, f"Train, test and register the model of {environment.prefix}"),
        (prepare, fit, measure, metrics, registration),
        input_schema("training", keys),
        origins(start),
    )


def _reaches(gate: Gate) -> ChoiceRule:
    """Whether the metric is a number (it is null where it is undefined) within its bound."""
    path = f"{_EVALUATION}.metrics.{gate.metric}"
    bound = (
        ChoiceRule.NumericGreaterThanEquals(variable=path, value=gate.at_least)
        if gate.at_least is not None
        else ChoiceRule.NumericLessThanEquals(variable=path, value=gate.at_most)
    )
    return ChoiceRule.And([ChoiceRule.IsNumeric(variable=path, value=True), bound])


def _not_good_enough(gate: Gate) -> Fail:
    wanted = f"at least {gate.at_least}" if gate.at_least is not None else f"at most {gate.at_most}"
    return Fail(
        "Not good enough",
        comment="The model is not registered",
        error="NotGoodEnough",
        cause_path=(
            f"States.Format('The gate wants {gate.metric} {wanted}; the model has {{}} "
            "on {} test rows. All metrics: {}', "
            f"{_EVALUATION}.metrics.{gate.metric}, {_EVALUATION}.rows, "
            f"States.JsonToString({_EVALUATION}.metrics))"
        ),
    )
