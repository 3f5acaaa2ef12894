"""Every state, transition, retrier and catcher of our definitions is exercised.

Of all environments of the project together, since what a configuration turns off is absent. The
scenarios begin with what the definitions are for; then whatever is left is made to fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelines.asl.simulation import (
    Fault,
    Simulation,
    after,
    fail,
    never,
    redrive,
    simulate,
    time_out,
)
from pipelines.definitions.catalogue import PIPELINES
from pipelines.environment.load import load_environment
from pipelines.environment.project import environment_names
from pipelines.testing.coverage import Coverage, report
from pipelines.testing.coverage.items import items
from tests.conftest import ROOT
from tests.definitions.executions import (
    ANSWER,
    EXECUTION,
    FakeAws,
    metrics_document,
    model_package,
    substituted,
)
from tests.steps.hosting import FakeHosting

OLD = "serve-before000000-0"
CAPACITY = '{"FailureReason":"CapacityError: no machines"}'
OURS = '{"FailureReason":"AlgorithmError: no such column: age, exit code: 2"}'


class Rehearsal:
    """One definition of one environment, and what of it has been exercised."""

    def __init__(self, name: str, pipeline: str, coverage: Coverage) -> None:
        self.environment = load_environment(ROOT, name)
        self.pipeline = pipeline
        self.definition = substituted(self.environment, pipeline)
        self.states: dict[str, Any] = dict(_states(self.definition))
        self.coverage = coverage
        self.coverage.declare(pipeline, self.definition)

    def run(self, aws: FakeAws, *faults: Fault, input: Any = None) -> Simulation:
        """One execution; the checker has passed the definition elsewhere."""
        done = simulate(
            self.definition,
            input or {},
            tasks=aws.tasks,
            faults=faults,
            context={"Execution": EXECUTION},
            check=False,
        )
        self.coverage.add(self.pipeline, done)
        return done

    def again(self, run: Simulation, aws: FakeAws, *faults: Fault) -> Simulation:
        """The execution, redriven."""
        done = redrive(run, tasks=aws.tasks, faults=faults)
        self.coverage.add(self.pipeline, done)
        return done

    def has(self, state: str) -> bool:
        return state in self.states

    def missing(self, *kinds: str) -> list[str]:
        """What this definition has of these kinds, or of all, that was not exercised, by place."""
        own = set(items(self.definition))
        missing = self.coverage.machines[self.pipeline].missing
        return [i.place for i in missing if i in own and (not kinds or i.kind in kinds)]

    def serving(self, **more: Any) -> FakeHosting:
        """An endpoint that an earlier execution has made."""
        return FakeHosting.serving(f"{self.environment.prefix}-{OLD}", **more)


def _states(scope: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, state in scope["States"].items():
        yield name, state
        for branch in state.get("Branches", ()):
            yield from _states(branch)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_state_transition_retrier_and_catcher_is_exercised(pipeline):
    coverage = Coverage()
    for name in environment_names(ROOT):
        it = Rehearsal(name, pipeline, coverage)
        packages = [] if pipeline == "training" else [model_package()]
        assert it.run(FakeAws(packages=packages)).status == "SUCCEEDED"
        if it.missing():
            (training if pipeline == "training" else inference)(it)
            retriers(it)
            catchers(it)

    assert coverage.percent == 100.0, report(coverage)


def training(it: Rehearsal) -> None:
    """What a training execution may meet, and how it ends then."""
    endings(it)
    if it.has("Approve") and it.missing("state", "transition"):
        ask_and_answer(it)
    if it.has("Deploy endpoint") and it.missing("state", "transition"):
        endpoints(it)
    if it.environment.reuse:
        again(it)


def endings(it: Rehearsal) -> None:
    assert it.run(FakeAws(), input={"purpose": "reproduce"}).states[-1] == "Reproduced"
    assert it.run(FakeAws(), input={"no such": "member"}).error == "InputWrong"
    assert it.run(FakeAws(empty_pages=1)).status == "SUCCEEDED"
    foreign = model_package(CustomerMetadataProperties={})
    assert it.run(FakeAws(packages=[foreign])).status == "SUCCEEDED"
    bad = FakeAws()
    bad.documents["evaluation/metrics.json"] = metrics_document(
        gate={"passed": False, "close": True, "reason": "0.8", "recorded": "0.8"}
    )
    assert it.run(bad).error == "NotGoodEnough"
    if it.has("Validate data"):
        wrong = FakeAws()
        wrong.documents["validation/summary.json"] = {
            "passed": False,
            "errors": 1,
            "warnings": 0,
            "reason": "income has one value",
        }
        assert it.run(wrong).error == "DataWrong"
    jobs_of(it)


def jobs_of(it: Rehearsal) -> None:
    """Each job that no other environment has shown to stop and go on."""
    for job in jobs(it):
        if any(job in place for place in it.missing()):
            stops_and_goes_on(it, job)


def jobs(it: Rehearsal) -> list[str]:
    return [
        name
        for name, state in it.states.items()
        if it.has(f"Stop at {name}") and str(state.get("Resource")).endswith(".sync")
    ]


def stops_and_goes_on(it: Rehearsal, job: str) -> None:
    """A failure that passes has more chances; any other ends the execution, until a redrive."""
    once, twice, thrice = (fail(job, "States.TaskFailed", CAPACITY, times=n) for n in (1, 2, 3))
    assert it.run(FakeAws(), once).status == "SUCCEEDED"
    assert it.run(FakeAws(), twice).status == "SUCCEEDED"
    assert it.run(FakeAws(), thrice).error == "States.TaskFailed"
    failed = it.run(FakeAws(), fail(job, "States.TaskFailed", OURS))
    assert (failed.error, failed.cause) == ("States.TaskFailed", OURS)
    assert it.again(failed, FakeAws()).status == "SUCCEEDED"


def close_call() -> FakeAws:
    aws = FakeAws()
    aws.documents["evaluation/metrics.json"] = metrics_document(
        gate={"passed": True, "close": True, "reason": "0.9001", "recorded": "0.9001"}
    )
    return aws


def ask_and_answer(it: Rehearsal) -> None:
    assert it.run(close_call()).status == "SUCCEEDED"
    aws = close_call()
    aws.answers = [after(60, {"decision": "perhaps"}), after(60, ANSWER)]
    assert it.run(aws).status == "SUCCEEDED"
    aws = close_call()
    aws.answers = [after(60, {**ANSWER, "decision": "rejected"})]
    assert it.run(aws).error == "Rejected"
    aws = close_call()
    aws.answers = [never()]
    assert it.run(aws).error == "NotApprovedInTime"
    untold = it.run(close_call(), fail("Tell people", "Sns.AuthorizationErrorException", "no"))
    assert untold.error == "Sns.AuthorizationErrorException"
    assert it.again(untold, close_call()).status == "SUCCEEDED"


def endpoints(it: Rehearsal) -> None:
    serving = it.serving
    assert it.run(FakeAws(hosting=serving())).status == "SUCCEEDED"
    hosting = serving()
    hosting.status = "Failed"
    assert it.run(FakeAws(hosting=hosting)).status == "SUCCEEDED"
    for hosting in (FakeHosting(), serving()):
        aws = FakeAws(hosting=hosting)
        aws.documents["endpoint-test/summary.json"] = {"passed": False, "reason": "row 3"}
        failed = it.run(aws)
        assert failed.error == "EndpointTestFailed"
        aws.documents["endpoint-test/summary.json"] = {"passed": True, "reason": ""}
        assert it.again(failed, aws).status == "SUCCEEDED"
    for hosting in (FakeHosting(), serving()):
        hosting.breaks = lambda name: OLD not in name
        assert it.run(FakeAws(hosting=hosting)).status == "FAILED"
    denied = fail("Create model", "SageMaker.SageMakerException", "denied")
    assert it.run(FakeAws(), denied).status == "FAILED"
    foreign = FakeHosting.serving("made-by-hand")
    assert it.run(FakeAws(hosting=foreign)).status == "SUCCEEDED"
    if any("Taken back?" in place for place in it.missing("transition")):
        cannot_be_taken_back(it)
        stuck = serving(looks=100_000)
        assert it.run(FakeAws(hosting=stuck)).status == "FAILED"
    if it.has("Wait for Test endpoint"):
        no_machine_for_the_test(it)
    if it.environment.reuse:
        aws = FakeAws(hosting=serving())
        aws.containers[aws.hosting.serves] = {"ModelDataUrl": "s3://another", "Environment": {}}
        assert it.run(aws).status == "SUCCEEDED"


def cannot_be_taken_back(it: Rehearsal) -> None:
    """A deployment that fails, and what undoes it fails too, or has nothing left to undo."""
    denied = ("SageMaker.SageMakerException", "denied")
    for state in (
        *("Remove model", "Remove endpoint configuration", "Remove endpoint"),
        "Look what is left",
    ):
        aws = FakeAws(hosting=FakeHosting(breaks=lambda name: True))
        assert it.run(aws, fail(state, *denied)).status == "FAILED"
    aws = FailsWhileTested(hosting=it.serving())
    assert it.run(aws).status == "FAILED"


class FailsWhileTested(FakeAws):
    """An endpoint that takes the new model, and fails as it is tested."""

    def _getObject(self, request: dict[str, Any]) -> Any:
        if request["Key"].endswith("endpoint-test/summary.json"):
            self.hosting.status, self.hosting.reason = "Failed", "out of memory"
            return {"Body": '{"passed": false, "reason": "no answer"}'}
        return super()._getObject(request)


def no_machine_for_the_test(it: Rehearsal) -> None:
    """The job that tests the endpoint may fail by no fault of the endpoint's."""
    job = "Test endpoint"
    for times in (1, 2):
        found = it.run(FakeAws(), fail(job, "States.TaskFailed", CAPACITY, times=times))
        assert found.status == "SUCCEEDED"
    assert it.run(FakeAws(), fail(job, "States.TaskFailed", CAPACITY)).status == "FAILED"
    assert it.run(FakeAws(), fail(job, "States.TaskFailed", OURS)).status == "FAILED"
    assert it.run(FakeAws(), time_out(job)).status == "FAILED"


def again(it: Rehearsal) -> None:
    """Executions after one that succeeded: nothing is run again, unless something has changed."""
    aws = FakeAws(packages=[])
    it.run(aws)
    first = {job: aws.model_uri for job in jobs(it)}
    known = model_package()
    known["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] = aws.model_uri
    aws.packages = [known]
    second = it.run(aws)
    assert second.status == "SUCCEEDED"
    assert not set(first) & set(second.states)
    aws.packages = []
    assert it.run(aws).status == "SUCCEEDED"


def inference(it: Rehearsal) -> None:
    assert it.run(FakeAws(packages=[])).error == "NoApprovedModel"
    assert it.run(FakeAws(), input={"no such": "member"}).error == "InputWrong"
    rejected = model_package(ModelApprovalStatus="Rejected")
    assert it.run(FakeAws(packages=[rejected])).error == "ModelNotApproved"
    assert it.run(FakeAws(empty_pages=1)).status == "SUCCEEDED"
    group = f"model-package/{it.environment.prefix}-models"
    named = f"arn:aws:sagemaker:eu-central-1:000000000000:{group}/7"
    assert it.run(FakeAws(), input={"model_package": named}).status == "SUCCEEDED"
    jobs_of(it)


def worlds(it: Rehearsal) -> list[Callable[[], FakeAws]]:
    """Where what is left may be met: in the plainest world first."""

    def test_fails(hosting: FakeHosting) -> FakeAws:
        aws = FakeAws(hosting=hosting)
        aws.documents["endpoint-test/summary.json"] = {"passed": False, "reason": "row 3"}
        return aws

    def rejecting() -> FakeAws:
        aws = close_call()
        aws.answers = [after(60, {**ANSWER, "decision": "rejected"})]
        return aws

    def failed_before() -> FakeAws:
        hosting = it.serving()
        hosting.status = "Failed"
        return FakeAws(hosting=hosting)

    return [
        FakeAws,
        lambda: FakeAws(hosting=it.serving()),
        lambda: FakeAws(empty_pages=1),
        close_call,
        rejecting,
        lambda: test_fails(FakeHosting()),
        lambda: test_fails(it.serving()),
        failed_before,
    ]


def retriers(it: Rehearsal) -> None:
    """Each error that is worth another attempt, once."""
    tried(it, "retrier", lambda state, error: _once(state, error))


def catchers(it: Rehearsal) -> None:
    """Each error that is caught, for as long as it takes."""
    tried(it, "catcher", _always)


def _once(state: str, error: str) -> Fault:
    return time_out(state, times=1) if error == "States.Timeout" else fail(state, error, times=1)


def _always(state: str, error: str) -> Fault:
    if error == "States.Timeout":
        return time_out(state)
    # Not an error that is tried again first.
    return fail(state, "Nothing.Expected" if error == "States.ALL" else error, "so it is")


def tried(it: Rehearsal, kind: str, fault: Callable[[str, str], Fault]) -> None:
    field = {"retrier": "Retry", "catcher": "Catch"}[kind]
    for world in worlds(it):
        if not it.missing(kind):
            return
        met = set(it.run(world()).states)
        for place in it.missing(kind):
            names = re.findall(r"States(?:\.(\w+)|\['([^']+)'\])", place)
            name = next(filter(None, reversed([a or b for a, b in names])))
            if it.states[name]["Type"] != "Task" or name not in met:
                continue
            number = int(re.findall(rf"{field}\[(\d+)\]", place)[-1])
            policy = it.states[name][field][number]
            it.run(world(), fault(name, policy["ErrorEquals"][0]))
