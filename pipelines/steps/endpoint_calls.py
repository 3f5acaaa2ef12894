"""Calls of SageMaker's hosting, whose failure leads to what takes the deployment back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.sdk import Catch, Retry, State
from pipelines.steps.api_call import api_call
from pipelines.steps.endpoint import FAILURE_PATH, NAME, hosting
from pipelines.steps.step import Scope, Statement, Step


def call(
    name: str,
    scope: Scope,
    operation: str,
    request: Mapping[str, Any],
    *,
    result: str,
    comment: str,
    also: tuple[Statement, ...] = (),
    soon: bool = False,
) -> Step:
    """One call of SageMaker's hosting; its answer is at `$.Endpoint.<result>`.

    Args:
        soon: what it is about may well not be there (see `retry_soon`).
    """
    state = api_call(
        name,
        scope,
        "SageMaker",
        operation,
        request,
        result=f"{NAME}.{result}",
        comment=comment,
        retriers=retry_soon() if soon else None,
    )
    return Step(state, machine=(hosting(scope.environment), *also))


def caught(step: Step, then: State, path: str = FAILURE_PATH) -> None:
    """Lead every error of a step to `then`, with what failed at `path`."""
    step.state.add_catch(Catch(error_equals=["States.ALL"], next_step=then, result_path=path))


def retry_soon() -> list[Retry]:
    """As any call, but soon: what is not there has the same error as a call too many."""
    return [
        Retry(
            error_equals=[
                "SageMaker.SageMakerException",
                "SageMaker.SdkClientException",
                "States.Timeout",
            ],
            interval_seconds=1,
            backoff_rate=2.0,
            max_attempts=2,
            max_delay_seconds=10,
            jitter_strategy="FULL",
        )
    ]
