"""The section `endpoint`: where predictions are served, and how a new model takes over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.forms import InstanceType
from pipelines.environment.parts import Disagreement, Part, Switchable, exactly_one


def _not_whole(key: str, share: Any) -> Iterator[Disagreement]:
    """Whether a share is no whole percentage, which is how SageMaker takes it."""
    if isinstance(share, float) and abs(share * 100 - round(share * 100)) > 1e-9:
        yield Disagreement((key,), f"must be a whole percentage, such as 0.25; is {share}")


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

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """What a new endpoint begins with is within the bounds of what it scales to."""
        count, scaling = given.get("instance_count"), given.get("autoscaling")
        if type(count) is not int or not isinstance(scaling, Mapping):
            return
        least, most = scaling.get("min_count"), scaling.get("max_count")
        if type(least) is int and type(most) is int and not least <= count <= most:
            yield Disagreement(
                ("instance_count",),
                f"must be from min_count to max_count of autoscaling, {least} to {most}; "
                f"is {count}",
            )


class Serverless(Part):
    """Paid by request; the first one after a pause waits. Bounds are SageMaker's."""

    memory_mb: Literal[1024, 2048, 3072, 4096, 5120, 6144]
    max_concurrency: Annotated[int, Field(ge=1, le=200)]


class BlueGreen(Part):
    """How traffic moves to the new machines; the old ones are there until it has all moved.

    Attributes:
        first: the share that the new machines get first; without it all at once.
        bake_s: how long the alarms watch each move. Without alarms nothing is waited for.
        max_s: how long the whole update may take before it is rolled back.
    """

    first: Annotated[float, Field(gt=0, le=0.5)] | None = None
    bake_s: Annotated[int, Field(ge=0, le=3600)] = 300
    max_s: Annotated[int, Field(ge=600, le=14400)] = 3600

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """Shares are whole percentages, as SageMaker has them; there is time for the watching."""
        first, bake_s, max_s = given.get("first"), given.get("bake_s"), given.get("max_s")
        yield from _not_whole("first", first)
        baking_s = (bake_s if type(bake_s) is int else 0) * (1 if first is None else 2)
        if type(max_s) is int and max_s <= baking_s:
            yield Disagreement(
                ("max_s",), f"must be more than the {baking_s} s of baking; is {max_s}"
            )


class Alarms(Part):
    """What rolls an update back while traffic moves: bounds on what CloudWatch measures."""

    max_error_share: Annotated[float, Field(gt=0, le=1)] | None = None
    max_latency_ms: Annotated[float, Field(gt=0)] | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is something to watch."""
        if given.get("max_error_share") is None and given.get("max_latency_ms") is None:
            yield Disagreement((), "needs max_error_share or max_latency_ms")


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
        yield from _not_whole("data_capture", given.get("data_capture"))
        # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
        # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
        for key in ("data_capture", "alarms"):
            if given.get("serverless") is not None and given.get(key) is not None:
                yield Disagreement((key,), "is not to be had with serverless")
        update = given.get("update")
        first = update.get("first") if isinstance(update, Mapping) else None
        if first is not None and given.get("serverless") is not None:
            yield Disagreement(("update", "first"), "is not to be had with serverless")
        elif first is not None and given.get("alarms") is None:
            yield Disagreement(
                ("update", "first"), "needs alarms: nothing else watches the first share"
            )
