"""The section `steps`: the machines of each step that runs a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.forms import InstanceType, Seconds
from pipelines.environment.parts import Disagreement, Part


class Spot(Part):
    """Train on spare capacity, and wait for it at most this long (the job's own time included)."""

    max_wait_s: Annotated[int, Field(ge=1, le=2_592_000)]


class Compute(Part):
    """The machines of one step. Bounds are SageMaker's for processing jobs."""

    instance_type: InstanceType
    instance_count: Literal[1] = 1
    volume_gb: Annotated[int, Field(ge=1, le=16_384)]
    max_runtime_s: Seconds


class TrainingCompute(Compute):
    """The machines of a training job, which may be spare capacity."""

    spot: Spot | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """The wait includes the run."""
        spot, runtime = given.get("spot"), given.get("max_runtime_s")
        wait = spot.get("max_wait_s") if isinstance(spot, Mapping) else None
        if type(wait) is int and type(runtime) is int and wait < runtime:
            yield Disagreement(
                ("spot", "max_wait_s"),
                f"must be at least max_runtime_s, {runtime}, which it includes; is {wait}",
            )


class Steps(Part):
    """The machines of each step that runs a job."""

    validate_data: Compute | None = None
    preprocess: Compute
    train: TrainingCompute  # or each trial of a search
    evaluate: Compute
    explain: Compute | None = None
    test_endpoint: Compute | None = None
    predict: Compute
