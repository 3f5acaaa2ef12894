"""Validate data: the rows are held to what is expected of them before anything else is spent.

    Validate data → Read validation → Data as expected? → …
                                              └→ Data wrong (which expectations, and the report)

The job succeeds either way, since SageMaker keeps no outputs of a failed one. What is wrong with
the data a redrive cannot make good: it would run into `Data wrong` again. Data are mended, and then
it is a new execution that reads them.
"""

from __future__ import annotations

from pipelines.bundle import EXPECTATIONS
from pipelines.environment.compute import Compute
from pipelines.environment.validation import Validation
from pipelines.sdk import Chain, Choice, ChoiceRule, Expression, Fail
from pipelines.steps import documents, permissions, read_json
from pipelines.steps.expressions import output_uri
from pipelines.steps.processing import CODE, INPUT, OUTPUT, processing_step
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope, Step

NAME = "Validate data"
WRONG = "Data wrong"
ERROR = "DataWrong"
_JOB, _SUMMARY = "ValidateData", "Validation"
JOB_NAME_PATH = f"$.{_JOB}.ProcessingJobName"
SUMMARY_PATH = f"$.{_SUMMARY}.document"


def validate_data(scope: Scope) -> Segment:
    """Test the data as the configuration's `validation` says; go on only if they pass.

    Leaves `$.ValidateData`, as every job, and `$.Validation.document`: `{"passed", "errors",
    "warnings", "reason"}`.

    Raises:
        ValueError: the step is switched off, or has no machines.
    """
    environment = scope.environment
    expected, compute = environment.validation, environment.steps.validate_data
    if expected is None or not expected.enabled or compute is None:
        raise ValueError(f"{environment.name} has no step {NAME!r}")
    job = _job(scope, expected, compute)
    read = read_json.read_json(
        "Read validation",
        scope,
        output_uri(scope, JOB_NAME_PATH, "validation/summary.json"),
        document=documents.VALIDATION,
        result=_SUMMARY,
        comment="What Validate data found",
    )
    choice = Choice("Data as expected?", comment="Whether training may begin")
    passed = ChoiceRule.BooleanEquals(variable=f"{SUMMARY_PATH}.passed", value=True)
    choice.add_choice(ChoiceRule.Not(passed), next_step=_wrong(scope))
    Chain([job.state, read.state, choice])
    return Segment(job.state, (choice,), (job, read))


def report_uri(scope: Scope) -> Expression:
    """Of the page for people."""
    return output_uri(scope, JOB_NAME_PATH, "validation/report.html")


def _job(scope: Scope, expected: Validation, compute: Compute) -> Step:
    data = scope.environment.data
    inputs = {"training": Expression("$.input.training_data")}
    arguments = ["--features", f"{CODE}/features.json"]
    arguments += ["--validation", f"{CODE}/validation.json"]
    arguments += [f"--slice={column}" for column in scope.environment.evaluation.slices]
    if expected.python is not None:
        arguments += ["--schema", f"{CODE}/{EXPECTATIONS}"]
    arguments += ["--training", f"{INPUT}/training"]
    uris = [data.training]
    if data.test is not None:
        inputs["test"] = Expression("$.input.test_data")
        arguments += ["--test", f"{INPUT}/test"]
        uris.append(data.test)
    else:
        arguments += ["--test-fraction", str(data.test_fraction)]
    return processing_step(
        NAME,
        scope,
        module="validate",
        compute=compute,
        arguments=[*arguments, "--output", OUTPUT],
        inputs=inputs,
        outputs=("validation",),
        reads=[permissions.read_data(uris)],
        lists=permissions.list_objects(scope, uris),
        comment="Hold the training and the test rows to what is expected of them",
        result=_JOB,
    )


def _wrong(scope: Scope) -> Fail:
    return Fail(
        WRONG,
        comment="Nothing was spent on training",
        error=ERROR,
        cause_path=(
            "States.Format('The data are not as expected: {}. The report: {}. Mend the data, or "
            "the expectations, and start a new execution.', "
            f"{SUMMARY_PATH}.reason, {report_uri(scope)})"
        ),
    )
