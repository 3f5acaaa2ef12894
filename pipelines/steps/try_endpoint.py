"""Test endpoint: the new model keeps the endpoint only if it does what it did offline.

A job sends it golden rows, bad requests and an old client's payload, and measures it. What it finds
is in a document; if that says no, or there is none, the deployment is taken back.
"""

from __future__ import annotations

from pipelines import naming
from pipelines.environment.serving import EndpointTest
from pipelines.sdk import Choice, ChoiceRule, Expression, Pass, State, bind
from pipelines.steps import documents, evaluate, permissions
from pipelines.steps.deploy_endpoint import Deployment
from pipelines.steps.endpoint import FAILURE_PATH, invoke, section
from pipelines.steps.endpoint_calls import caught
from pipelines.steps.expressions import output_uri
from pipelines.steps.processing import INPUT, OUTPUT, processing_step
from pipelines.steps.read_json import read_json
from pipelines.steps.second_chance import with_second_chances
from pipelines.steps.segment import Segment, when
from pipelines.steps.step import Scope

NAME = "Test endpoint"
RESULT = "EndpointTest"
JOB_NAME_PATH = f"$.{RESULT}.ProcessingJobName"
_SUMMARY = "EndpointTestSummary"
_PASSED_PATH = f"$.{_SUMMARY}.document.passed"


def try_endpoint(
    scope: Scope, deployment: Deployment, *, old_model_uri: Expression | None = None
) -> Segment:
    """Test the endpoint; writes `endpoint-test/` with summary.json and report.json.

    Args:
        old_model_uri: the archive of the model before, whose clients are to be served as well.
    """
    back = deployment.taking_back.start
    endpoint = section(scope)
    compute = scope.environment.steps.test_endpoint
    if endpoint.test is None or compute is None:
        raise ValueError(f"{scope.environment.name} does not test its endpoint")
    inputs = {"evaluation": evaluate.golden_uri(scope)}
    if old_model_uri is not None:
        inputs["old"] = old_model_uri
    job = processing_step(
        NAME,
        scope,
        module="test_endpoint",
        word="test",
        compute=compute,
        arguments=_arguments(scope, endpoint.test, with_old=old_model_uri is not None),
        inputs=inputs,
        outputs=("endpoint-test",),
        reads=[permissions.read_runs(scope, scope.pipeline), invoke(scope.environment)],
        lists=permissions.list_objects(scope),
        comment="Golden rows, bad requests, an old client's payload, and how fast it answers",
        result=RESULT,
    )
    summary = read_json(
        "Read endpoint test",
        scope,
        output_uri(scope, JOB_NAME_PATH, "endpoint-test/summary.json"),
        document=documents.ENDPOINT_TEST,
        result=_SUMMARY,
        comment="Whether the new model keeps the endpoint",
    )
    passed = Choice("Endpoint passed?", comment="If not, what served before serves again")
    failed = Pass(
        "Endpoint failed its test",
        comment="With what the job found",
        parameters=bind(
            {
                "Error": "EndpointTestFailed",
                "Cause": Expression(f"$.{_SUMMARY}.document.reason"),
            }
        ),
        result_path=FAILURE_PATH,
    )
    failed.next(back)
    passed.default_choice(failed)
    with_second_chances(job, otherwise=lambda path: _not_tested(path, back))
    for step in (job, summary):
        caught(step, back)
    job.state.next(summary.state)
    summary.state.next(passed)
    return Segment(
        job.state,
        (when(passed, ChoiceRule.BooleanEquals(variable=_PASSED_PATH, value=True)),),
        (job, summary),
    )


def _not_tested(failure_path: str, then: State) -> State:
    """The job has failed, and would again."""
    state = Pass(
        "Endpoint not tested",
        comment="A model that is not tested does not keep the endpoint",
        input_path=failure_path,
        result_path=FAILURE_PATH,
    )
    state.next(then)
    return state


def _arguments(scope: Scope, test: EndpointTest, *, with_old: bool) -> list[str]:
    arguments = [
        *("--endpoint-name", naming.endpoint_name(scope.environment)),
        *("--golden", f"{INPUT}/evaluation"),
        *("--output", OUTPUT),
        *("--rows", str(test.rows)),
        *("--requests", str(test.requests)),
        *("--clients", str(test.clients)),
    ]
    if test.max_p99_ms is not None:
        arguments += ["--max-p99-ms", str(test.max_p99_ms)]
    if test.min_requests_per_s is not None:
        arguments += ["--min-requests-per-s", str(test.min_requests_per_s)]
    if with_old:
        arguments += ["--old-client", f"{INPUT}/old"]
    return arguments
