"""Numbers that have to fit to each other, and bounds that the models do not have."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.facts.needed import TUNING, is_ebs_only
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P222"

MAX_TRAINING_S = 28 * 24 * 3600
MAX_VOLUME_GB = 16_384
MAX_TRANSFORM_INSTANCES = 100
MAX_PAYLOAD_MB = 100
MEMORY_STEP_MB = 1_024


def _at_least(known: Known, name: str, least: float) -> Iterator[Broken]:
    value = known.number(name)
    if value is not None and 0 <= value < least:  # the models refuse what is below 0
        yield Broken(known.at(name), f"{value:,}: the least is {least:,}")


def _at_most(known: Known, name: str, most: float) -> Iterator[Broken]:
    value = known.number(name)
    if value is not None and value > most:
        yield Broken(known.at(name), f"{value:,}: the most is {most:,}")


def _ordered(known: Known, least: str, most: str) -> Iterator[Broken]:
    small, great = known.number(least), known.number(most)
    if small is not None and great is not None and small > great:
        yield Broken(known.at(most), f"{great:,} is less than {least}, {small:,}")


@fact(RULE, *within(TRAINING, "StoppingCondition"))
def training_times(known: Known) -> Iterator[Broken]:
    yield from _ordered(known, "MaxRuntimeInSeconds", "MaxWaitTimeInSeconds")
    yield from _at_most(known, "MaxRuntimeInSeconds", MAX_TRAINING_S)


@fact(
    RULE,
    *within(TRAINING, "ResourceConfig"),
    *within(TRAINING, "ResourceConfig.InstanceGroups[]"),
    *within(TRAINING, "HyperParameterTuningResourceConfig"),
    *within(TRAINING, "HyperParameterTuningResourceConfig.InstanceConfigs[]"),
)
def training_sizes(known: Known) -> Iterator[Broken]:
    yield from _at_least(known, "InstanceCount", 1)
    yield from _at_most(known, "VolumeSizeInGB", MAX_VOLUME_GB)
    if is_ebs_only(known.text("InstanceType")):
        yield from _at_least(known, "VolumeSizeInGB", 1)


@fact(RULE, f"{TUNING}(HyperParameterTuningJobConfig.ResourceLimits)")
def tuning_limits(known: Known) -> Iterator[Broken]:
    yield from _ordered(known, "MaxParallelTrainingJobs", "MaxNumberOfTrainingJobs")


@fact(
    RULE,
    f"{TUNING}(HyperParameterTuningJobConfig.StrategyConfig.HyperbandStrategyConfig)",
)
def hyperband_resources(known: Known) -> Iterator[Broken]:
    yield from _ordered(known, "MinResource", "MaxResource")


_RANGES = (
    f"{TUNING}(HyperParameterTuningJobConfig.ParameterRanges",
    f"{TUNING}(TrainingJobDefinition.HyperParameterRanges",
    f"{TUNING}(TrainingJobDefinitions[].HyperParameterRanges",
)


@fact(RULE, *(f"{where}.ContinuousParameterRanges[])" for where in _RANGES))
def continuous_ranges(known: Known) -> Iterator[Broken]:
    yield from _range(known, is_integer=False)


@fact(RULE, *(f"{where}.IntegerParameterRanges[])" for where in _RANGES))
def integer_ranges(known: Known) -> Iterator[Broken]:
    yield from _range(known, is_integer=True)


def _range(known: Known, *, is_integer: bool) -> Iterator[Broken]:
    ends: list[float | None] = []
    for name in ("MinValue", "MaxValue"):
        text = known.text(name)
        value = _parsed(text, is_integer) if text is not None else None
        if text is not None and value is None:
            kind = "an integer" if is_integer else "a number"
            yield Broken(known.at(name), f"{text!r} is not {kind}")
        ends.append(value)
    least, most = ends
    if least is not None and most is not None and least > most:
        yield Broken(known.at("MaxValue"), f"{most:g} is less than MinValue, {least:g}")
    scale = known.text("ScalingType")
    if scale == "Logarithmic" and least is not None and least <= 0:
        yield Broken(known.at("ScalingType"), "a logarithmic range has only values above 0")
    if scale == "ReverseLogarithmic" and not (
        (least is None or least >= 0) and (most is None or most < 1)
    ):
        yield Broken(known.at("ScalingType"), "a reverse logarithmic range lies in 0 <= x < 1")


def _parsed(text: str, is_integer: bool) -> float | None:
    try:
        return int(text) if is_integer else float(text)
    except ValueError:
        return None


@fact(RULE, "sagemaker:createTransformJob")
def transform_payload(known: Known) -> Iterator[Broken]:
    yield from _at_most(known, "MaxPayloadInMB", MAX_PAYLOAD_MB)
    payload, parallel = known.number("MaxPayloadInMB"), known.number("MaxConcurrentTransforms")
    if payload and parallel and payload <= MAX_PAYLOAD_MB < payload * parallel:
        yield Broken(
            known.at("MaxConcurrentTransforms"),
            f"{parallel:,} times MaxPayloadInMB, {payload:,}: the most is {MAX_PAYLOAD_MB:,}",
        )


@fact(RULE, "sagemaker:createTransformJob(TransformResources)")
def transform_instances(known: Known) -> Iterator[Broken]:
    yield from _at_most(known, "InstanceCount", MAX_TRANSFORM_INSTANCES)


@fact(RULE, "sagemaker:createEndpointConfig(ProductionVariants[].ServerlessConfig)")
def serverless_sizes(known: Known) -> Iterator[Broken]:
    memory = known.number("MemorySizeInMB")
    if memory is not None and memory % MEMORY_STEP_MB:
        yield Broken(known.at("MemorySizeInMB"), f"{memory:,} is no multiple of {MEMORY_STEP_MB:,}")
    yield from _ordered(known, "ProvisionedConcurrency", "MaxConcurrency")


@fact(RULE, "sagemaker:createEndpointConfig(ProductionVariants[].ManagedInstanceScaling)")
def scaling_counts(known: Known) -> Iterator[Broken]:
    yield from _ordered(known, "MinInstanceCount", "MaxInstanceCount")
