"""Names that may not come twice."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.facts.needed import TUNING
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P223"

_NAMED: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (TRAINING, "InputDataConfig", "ChannelName"),
    (within(TRAINING, "ResourceConfig"), "InstanceGroups", "InstanceGroupName"),
    (within(TRAINING, "ResourceConfig"), "InstancePreferences", "InstanceType"),
    (within(TRAINING, "AlgorithmSpecification"), "MetricDefinitions", "Name"),
    ((TUNING,), "TrainingJobDefinitions", "DefinitionName"),
    (("sagemaker:createProcessingJob",), "ProcessingInputs", "InputName"),
    (("sagemaker:createProcessingJob(ProcessingOutputConfig)",), "Outputs", "OutputName"),
    (("sagemaker:createModel",), "Containers", "ContainerHostname"),
    (("sagemaker:createEndpointConfig",), "ProductionVariants", "VariantName"),
    (
        tuple(
            f"sagemaker:create{what}"
            for what in (
                "Endpoint", "EndpointConfig", "HyperParameterTuningJob", "LabelingJob", "Model",
                "ProcessingJob", "TrainingJob", "TransformJob",
            )
        ),
        "Tags",
        "Key",
    ),
)  # fmt: skip
"""Of the lists in these objects, the member that each element has for itself."""


def _register(wheres: tuple[str, ...], items: str, name: str) -> None:
    path = f"{items}[]"

    def check(known: Known) -> Iterator[Broken]:
        return _twice(known, path, name)

    fact(RULE, *wheres)(check)


def _twice(known: Known, path: str, name: str) -> Iterator[Broken]:
    seen: set[str] = set()
    for item in known.select(path):
        text = item.text(name)
        if text is None:
            continue
        if text in seen:
            yield Broken(item.at(name), f"{name} {text!r} is there twice")
        seen.add(text)


for _wheres, _items, _name in _NAMED:
    _register(_wheres, _items, _name)


@fact(RULE, TUNING)
def hyperparameters_are_tuned_once(known: Known) -> Iterator[Broken]:
    config = known.inner("HyperParameterTuningJobConfig")
    definition = known.inner("TrainingJobDefinition")
    if config is not None:
        yield from _tuned(config.inner("ParameterRanges"), definition)
    for each in known.select("TrainingJobDefinitions[]"):
        yield from _tuned(each.inner("HyperParameterRanges"), each)


def _tuned(ranges: Known | None, definition: Known | None) -> Iterator[Broken]:
    if ranges is None:
        return
    static = definition.inner("StaticHyperParameters") if definition is not None else None
    seen: set[str] = set()
    for kind in (
        "IntegerParameterRanges",
        "ContinuousParameterRanges",
        "CategoricalParameterRanges",
    ):
        for item in ranges.select(f"{kind}[]"):
            name = item.text("Name")
            if name is None:
                continue
            if name in seen:
                yield Broken(item.at("Name"), f"hyperparameter {name!r} is tuned twice")
            if static is not None and static.has(name):
                yield Broken(item.at("Name"), f"hyperparameter {name!r} is tuned and static")
            seen.add(name)
