"""Values that do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.facts.needed import TUNING
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P224"


@fact(RULE, *TRAINING)
def augmented_manifests_are_piped(known: Known) -> Iterator[Broken]:
    specification = known.inner("AlgorithmSpecification")
    job_mode = specification.text("TrainingInputMode") if specification is not None else None
    for channel in known.select("InputDataConfig[]"):
        mode = channel.text("InputMode") if channel.has("InputMode") else job_mode
        for source in channel.select("DataSource.S3DataSource"):
            if source.text("S3DataType") == "AugmentedManifestFile" and mode == "File":
                message = "an AugmentedManifestFile is read in Pipe mode only, not in File mode"
                yield Broken(source.at("S3DataType"), message)


@fact(RULE, *TRAINING)
def only_spot_training_waits(known: Known) -> Iterator[Broken]:
    condition = known.inner("StoppingCondition")
    is_spot = known.may_be_true("EnableManagedSpotTraining")
    if condition is not None and condition.has("MaxWaitTimeInSeconds") and not is_spot:
        message = "only a job whose EnableManagedSpotTraining is true waits"
        yield Broken(condition.at("MaxWaitTimeInSeconds"), message)


@fact(RULE, *within(TRAINING, "ResourceConfig"))
def read_only_members(known: Known) -> Iterator[Broken]:
    for name in known.present("SelectedInstanceType", "SelectedInstanceCount"):
        yield Broken(known.at(name), f"{name} is only read, and not accepted in a request")


@fact(RULE, "sagemaker:createProcessingJob(ProcessingInputs[].S3Input)")
def compressed_inputs_are_piped(known: Known) -> Iterator[Broken]:
    if known.text("S3CompressionType") == "Gzip" and known.text("S3InputMode") == "File":
        yield Broken(known.at("S3CompressionType"), "Gzip goes with the S3InputMode Pipe only")


@fact(RULE, "sagemaker:createTransformJob(TransformInput.DataSource.S3DataSource)")
def transforms_read_no_augmented_manifests(known: Known) -> Iterator[Broken]:
    if known.text("S3DataType") in ("AugmentedManifestFile", "Converse"):
        message = f"a transform job reads no {known.text('S3DataType')}"
        yield Broken(known.at("S3DataType"), message)


@fact(RULE, f"{TUNING}(HyperParameterTuningJobConfig)")
def strategies_have_conditions(known: Known) -> Iterator[Broken]:
    strategy = known.text("Strategy")
    if strategy == "Hyperband" and known.text("TrainingJobEarlyStoppingType") == "Auto":
        place = known.at("TrainingJobEarlyStoppingType")
        yield Broken(place, "Hyperband stops early by itself: this is to be Off")
    if strategy is not None and strategy != "Hyperband" and known.has("StrategyConfig"):
        yield Broken(known.at("StrategyConfig"), f"{strategy} has no StrategyConfig; Hyperband has")
    ranges = known.inner("ParameterRanges")
    if strategy == "Grid" and ranges is not None:
        for kind in ("IntegerParameterRanges", "ContinuousParameterRanges"):
            if ranges.value.get(kind):
                yield Broken(ranges.at(kind), "Grid tunes categorical parameters only")


@fact(RULE, TUNING)
def the_objective_is_a_metric(known: Known) -> Iterator[Broken]:
    for path in ("HyperParameterTuningJobConfig.HyperParameterTuningJobObjective",):
        for objective in known.select(path):
            for definition in known.select("TrainingJobDefinition"):
                yield from _undefined(objective, definition)
    for definition in known.select("TrainingJobDefinitions[]"):
        objective_of_it = definition.inner("TuningObjective")
        if objective_of_it is not None:
            yield from _undefined(objective_of_it, definition)


def _undefined(objective: Known, definition: Known) -> Iterator[Broken]:
    metrics = list(definition.select("AlgorithmSpecification.MetricDefinitions[]"))
    names = [metric.text("Name") for metric in metrics]
    wanted = objective.text("MetricName")
    if wanted is not None and names and None not in names and wanted not in names:
        place = objective.at("MetricName")
        yield Broken(
            place, f"{wanted!r} is none of the MetricDefinitions, {', '.join(map(str, names))}"
        )


@fact(RULE, "sagemaker:createEndpointConfig")
def variants_go_together(known: Known) -> Iterator[Broken]:
    variants = list(known.select("ProductionVariants[]"))
    shadows = list(known.select("ShadowProductionVariants[]"))
    if shadows and (len(variants) > 1 or len(shadows) > 1):
        message = "a shadow variant shadows one production variant: one of each"
        yield Broken(known.at("ShadowProductionVariants"), message)
    if known.has("AsyncInferenceConfig") and any(each.has("ServerlessConfig") for each in variants):
        message = "a serverless variant answers no asynchronous invocations"
        yield Broken(known.at("AsyncInferenceConfig"), message)
