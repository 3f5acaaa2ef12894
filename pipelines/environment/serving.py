"""The section `endpoint`: where predictions are served, and how a new model takes over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.forms import InstanceType
from pipelines.environment.parts import Disagreement, Part, Switchable, exactly_one


class Autoscaling(Part):
    """As many instances as the invocations need, between two bounds."""

    min_count: Annotated[int, Field(ge=1, le=1000)]
    max_count: Annotated[int, Field(ge=1, le=1000)]
    invocations_per_minute: Annotated[int, Field(ge=1)]  # of one instance

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """The bounds are in their order."""
        least, most = given.get("min_count"), given.get("max_count")
        if type(least) is int and type(most) is int and most < least:
            yield Disagreement(("max_count",), f"must be at least min_count, {least}; is {most}")


class RealTime(Part):
    """Machines that wait for requests."""

    instance_type: InstanceType
    instance_count: Annotated[int, Field(ge=1, le=1000)] = 1
    autoscaling: Autoscaling | None = None


class Serverless(Part):
    """Paid by request; the first one after a pause waits. Bounds are SageMaker's."""

    memory_mb: Literal[1024, 2048, 3072, 4096, 5120, 6144]
    max_concurrency: Annotated[int, Field(ge=1, le=200)]


class BlueGreen(Part):
    """How traffic moves to the new machines; the old ones are there until it has all moved.

    Attributes:
        first: the share that the new machines get first; without it all at once.
        bake_s: how long each move is watched.
    """

    first: Annotated[float, Field(gt=0, le=0.5)] | None = None
    bake_s: Annotated[int, Field(ge=0, le=3600)] = 300
    max_s: Annotated[int, Field(ge=600, le=14400)] = 3600


class Alarms(Part):
    """What rolls an update back while traffic moves: bounds on what CloudWatch measures."""

    max_error_share: Annotated[float, Field(gt=0, le=1)] | None = None
    max_latency_ms: Annotated[float, Field(gt=0)] | None = None


class EndpointTest(Switchable):
    """What a new model must do before it keeps the endpoint.

    Attributes:
        rows: golden rows, whose predictions must be those made offline.
        max_p99_ms: the 99th percentile of one-row requests' latency.
        min_requests_per_s: what `clients` at once must get through.
    """

    rows: Annotated[int, Field(ge=1, le=10_000)] = 200
    requests: Annotated[int, Field(ge=1, le=100_000)] = 300
    clients: Annotated[int, Field(ge=1, le=64)] = 4
    max_p99_ms: Annotated[float, Field(gt=0)] | None = None
    min_requests_per_s: Annotated[float, Field(gt=0)] | None = None


class Endpoint(Switchable):
    """The endpoint `<project>-<environment>`: exactly one of `realtime` and `serverless`.

    Attributes:
        data_capture: the share of requests that is stored in the environment's bucket.
    """

    realtime: RealTime | None = None
    serverless: Serverless | None = None
    data_capture: Annotated[float, Field(gt=0, le=1)] | None = None
    update: BlueGreen = BlueGreen()
    alarms: Alarms | None = None
    test: EndpointTest | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """One kind of endpoint, and nothing that this kind does not have."""
        yield from exactly_one(given, "realtime", "serverless")
        if given.get("serverless") is not None and given.get("data_capture") is not None:
            yield Disagreement(("data_capture",), "is not to be had with serverless")
