"""Every state, transition, retrier and catcher of our two definitions is exercised.

For each environment of the project, since what a configuration turns off is absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipelines.asl.simulation import Fault, fail, hang
from pipelines.definitions.catalogue import PIPELINES
from pipelines.environment.load import load_environment
from pipelines.environment.model import Environment
from pipelines.environment.project import environment_names
from pipelines.testing.assertions import assert_attempts, assert_failed, assert_succeeded
from pipelines.testing.coverage import Coverage, report
from tests.conftest import ROOT
from tests.definitions.executions import FakeAws, execute, model_package, substituted

JOBS = {"training": ("Preprocess", "Train", "Evaluate"), "inference": ("Preprocess", "Predict")}
CALLS = {
    "training": ("Read metrics", "Register"),
    "inference": ("Choose model", "Next page", "Describe model", "Read summary"),
}


@dataclass(frozen=True)
class Scenario:
    """One execution: what is asked, what goes wrong, and the error that it ends with (None: none).

    Attributes:
        attempts: of each of these states.
    """

    error: str | None = None
    aws: FakeAws = field(default_factory=FakeAws)
    input: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    attempts: dict[str, int] = field(default_factory=dict)


def scenarios(pipeline: str, environment: Environment) -> Iterator[Scenario]:
    """Executions of a pipeline that exercise all of it."""
    yield Scenario()
    yield Scenario(error="InputWrong", input={"no such": "member"})
    yield from (without_capacity(job) for job in JOBS[pipeline])
    yield from (refused_once(job, "SageMaker.AmazonSageMakerException") for job in JOBS[pipeline])
    yield from (unanswered_once(call) for call in CALLS[pipeline])
    yield from (bad_model if pipeline == "training" else models)(environment)


def without_capacity(job: str) -> Scenario:
    error = "SageMaker.ResourceLimitExceededException"
    return Scenario(faults=(fail(job, error, times=1),), attempts={job: 2})


def refused_once(job: str, error: str) -> Scenario:
    return Scenario(faults=(fail(job, error, times=1),), attempts={job: 2})


def unanswered_once(call: str) -> Scenario:
    pages = FakeAws(empty_pages=1)
    return Scenario(aws=pages, faults=(hang(call, times=1),), attempts={call: 2})


def bad_model(environment: Environment) -> Iterator[Scenario]:
    """What ends a training."""
    aws = FakeAws()
    worst = 0.0 if environment.gate.at_least is not None else 1.0
    aws.documents["evaluation/metrics.json"]["metrics"] = {environment.gate.metric: worst}
    yield Scenario(error="NotGoodEnough", aws=aws)


def models(environment: Environment) -> Iterator[Scenario]:
    """What an inference finds, or does not find."""
    yield Scenario(error="NoApprovedModel", aws=FakeAws(packages=[]))
    rejected = model_package(ModelApprovalStatus="Rejected")
    yield Scenario(error="ModelNotApproved", aws=FakeAws(packages=[rejected]))
    group = f"model-package/{environment.prefix}-models"
    named = f"arn:aws:sagemaker:eu-central-1:000000000000:{group}/7"
    yield Scenario(input={"model_package": named})


@pytest.mark.parametrize("pipeline", PIPELINES)
@pytest.mark.parametrize("name", environment_names(ROOT))
def test_every_state_transition_retrier_and_catcher_is_exercised(name, pipeline):
    environment = load_environment(ROOT, name)
    coverage = Coverage()
    coverage.declare(pipeline, substituted(environment, pipeline))

    for each in scenarios(pipeline, environment):
        run = execute(environment, pipeline, each.aws, each.input, each.faults)
        coverage.add(pipeline, run)
        assert run.unfired_faults == ()
        for state, times in each.attempts.items():
            assert_attempts(run, state, times)
        if each.error is None:
            assert_succeeded(run)
        else:
            assert_failed(run, each.error)

    assert coverage.percent == 100.0, report(coverage)
