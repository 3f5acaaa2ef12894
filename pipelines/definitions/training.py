"""Training: tested data in, an approved and proven endpoint out.

    Validate data → Preprocess → Train or Tune → Find champion → Evaluate → Explain → Good enough?
    → Register → Approve → Deploy endpoint → Test endpoint → Done

What the configuration switches off is absent. Not good enough, wrong data and a model that nobody
approves end in a Fail that says why.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines import naming
from pipelines.bundle import Bundle
from pipelines.definitions.definition import Definition, render
from pipelines.definitions.execution_input import Key, begin, data_key, input_schema
from pipelines.definitions.reuse import Reuse
from pipelines.environment.model import Environment
from pipelines.environment.parts import is_on
from pipelines.sdk import Expression, Pass, bind, origins
from pipelines.steps import (
    champion,
    documents,
    evaluate,
    explain,
    only_measured,
    preprocess,
    read_json,
    register,
    train,
    tune,
    validate_data,
)
from pipelines.steps.approve import approve
from pipelines.steps.champion import find_champion
from pipelines.steps.good_enough import good_enough
from pipelines.steps.known_model import only_new, unless_known
from pipelines.steps.only_measured import unless_reproduced
from pipelines.steps.second_chance import with_second_chances
from pipelines.steps.segment import Segment, joined
from pipelines.steps.serving_already import unless_serving
from pipelines.steps.step import Scope
from pipelines.steps.take_over import take_over

_RESULT = "Evaluation"
_METRICS = f"$.{_RESULT}.document"
_DOCUMENT = "evaluation.json"


def define(environment: Environment, bundle: Bundle) -> Definition:
    """The training pipeline of an environment, with its code bundle."""
    scope = Scope(environment, "training", bundle.digest, bundle.files)
    whole = joined([*_made(scope), unless_reproduced(_METRICS), *_decided(scope), *_served(scope)])
    whole.then(_done(scope))

    keys = [data_key("training_data", environment.data.training, "Labelled rows to train on")]
    if environment.data.test is not None:
        keys.append(data_key("test_data", environment.data.test, "Labelled rows to test on"))
    purpose, *_ = only_measured.PURPOSES
    keys.append(Key(only_measured.KEY, purpose, only_measured.PURPOSES, only_measured.DESCRIPTION))
    start = begin(keys, whole.start)
    return Definition(
        "training",
        bundle.digest,
        render(start, f"Train, test, register and serve the model of {environment.prefix}"),
        whole.steps,
        input_schema("training", keys),
        origins(start),
    )


def _made(scope: Scope) -> Iterator[Segment]:
    """From the data to a model that is measured and explained; nothing is decided yet."""
    environment, reuse = scope.environment, Reuse(scope)
    yield from map(Segment.of, reuse.listings())
    if is_on(environment.validation):
        yield reuse.of(
            with_second_chances(validate_data.validate_data(scope)),
            result="ValidateData",
            program="jobs/validate.py",
            documents=["features.json", "validation.json"],
            reads_data=True,
        )
    yield reuse.of(
        with_second_chances(preprocess.preprocess_training(scope)),
        result=preprocess.NAME,
        program="jobs/preprocess.py",
        documents=["features.json"],
        reads_data=True,
    )
    search = environment.model.tune
    fit = train.train(scope) if search is None or not search.enabled else tune.tune(scope, search)
    yield reuse.of(
        with_second_chances(fit),
        result=train.NAME,
        program=_program(environment),
        after=[preprocess.NAME],
    )
    yield find_champion(scope)
    measured = [
        reuse.of(
            with_second_chances(evaluate.evaluate(scope)),
            result=evaluate.NAME,
            program="jobs/evaluate.py",
            documents=[_DOCUMENT],
            reads_data=True,
            after=[preprocess.NAME, train.NAME],
            champion=True,
        )
    ]
    if is_on(environment.explanation):
        measured.append(
            reuse.of(
                with_second_chances(explain.explain(scope)),
                result=explain.NAME,
                program="jobs/explain.py",
                documents=[_DOCUMENT],
                reads_data=True,
                after=[preprocess.NAME, train.NAME, evaluate.NAME],
                champion=True,
            )
        )
    metrics = Segment.of(
        read_json.read_json(
            "Read metrics",
            scope,
            evaluate.metrics_uri(scope),
            document=documents.metrics(environment),
            result=_RESULT,
            comment="What Evaluate measured",
        )
    )
    if reuse.is_on:
        yield unless_known(environment, joined(measured), metrics)
    else:
        yield joined([*measured, metrics])


def _program(environment: Environment) -> str | None:
    """What trains, in the code bundle; None if it is inside an image of the user's own."""
    if environment.model.entrypoint is not None:
        return None
    return environment.model.script or "jobs/train.py"


def _decided(scope: Scope) -> Iterator[Segment]:
    """Whether the model is registered, and who says that it may be used."""
    environment = scope.environment
    deciding = [Segment.of(register.register(scope, _METRICS, report=explain.report_uri(scope)))]
    if is_on(environment.gate):
        deciding.insert(0, good_enough(_METRICS))
    if environment.approval != "automatic":
        deciding.append(approve(scope, _METRICS, report=explain.report_uri(scope)))
    decision = joined(deciding)
    yield only_new(decision) if environment.reuse else decision


def _served(scope: Scope) -> Iterator[Segment]:
    """The endpoint, where there is one: the new model keeps it only if it passes its test."""
    if is_on(scope.environment.endpoint):
        deployment = take_over(
            scope,
            model_sha256=Expression(f"{_METRICS}.model_sha256"),
            old_model_uri=champion.MODEL_URI,
        )
        reuse = scope.environment.reuse
        yield unless_serving(scope, deployment) if reuse else deployment


def _done(scope: Scope) -> Pass:
    """What the execution came to."""
    environment = scope.environment
    output: dict[str, str] = {
        "model_package_arn": Expression(register.ARN_PATH),
        "model": train.MODEL_URI,
        "report": explain.report_uri(scope),
        **{
            name: Expression(f"{_METRICS}.{name}")
            for name in ("metrics", "intervals", "rows", "rejected", "training")
        },
    }
    if is_on(environment.validation):
        output["validation_report"] = validate_data.report_uri(scope)
    if is_on(environment.gate):
        output["gate"] = Expression(f"{_METRICS}.gate.reason")
    if is_on(environment.endpoint):
        output["endpoint"] = naming.endpoint_name(environment)
    return Pass(
        "Done", comment="Where everything lies, and how good it is", parameters=bind(output)
    )
