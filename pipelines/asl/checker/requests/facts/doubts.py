"""What is likely a mistake, though the service may take it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P226"

_BUCKET = re.compile(r"s3://([^/]*)")
_GOOD_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONG_S = 3600
"""What may be lost to an interruption: AWS's own algorithms without checkpoints get no more."""
_PRIVATE_IMAGE = re.compile(r"^\d{12}\.dkr[.-]ecr|\.on\.aws/")


@fact(RULE, *TRAINING)
def spot_training_goes_on(known: Known) -> Iterator[Broken]:
    condition = known.inner("StoppingCondition")
    limit_s = condition.number("MaxRuntimeInSeconds") if condition is not None else None
    if (
        known.is_true("EnableManagedSpotTraining")
        and not known.has("CheckpointConfig")
        and limit_s is not None
        and limit_s > _LONG_S
    ):
        message = "without CheckpointConfig a spot job that is interrupted begins anew"
        yield Broken(known.place, message)


@fact(RULE, *TRAINING)
def compressed_channels_are_piped(known: Known) -> Iterator[Broken]:
    specification = known.inner("AlgorithmSpecification")
    job_mode = specification.text("TrainingInputMode") if specification is not None else None
    for channel in known.select("InputDataConfig[]"):
        mode = channel.text("InputMode") if channel.has("InputMode") else job_mode
        if channel.text("CompressionType") == "Gzip" and mode == "File":
            place = channel.at("CompressionType")
            yield Broken(place, "in File mode it is to be None: only Pipe mode decompresses")


@fact(RULE, "sagemaker:createTransformJob")
def records_are_split(known: Known) -> Iterator[Broken]:
    inputs = known.select("TransformInput")
    if not inputs:  # which is told elsewhere
        return
    split = inputs[0].text("SplitType")
    is_whole = split == "None" or not inputs[0].has("SplitType")
    if known.text("BatchStrategy") == "MultiRecord" and is_whole:
        place = known.at("BatchStrategy")
        yield Broken(place, "it needs a SplitType of Line, RecordIO or TFRecord")
    for output in known.select("TransformOutput"):
        if split == "Line" and not output.has("AssembleWith"):
            place = output.place
            yield Broken(place, "AssembleWith is missing: the lines' answers run together")


@fact(RULE, "sagemaker:createModel(PrimaryContainer)", "sagemaker:createModel(Containers[])")
def models_are_archives(known: Known) -> Iterator[Broken]:
    url = known.text("ModelDataUrl")
    if url is None:
        return
    is_folder = known.text("Mode") == "MultiModel"
    if is_folder and not url.endswith("/"):
        yield Broken(known.at("ModelDataUrl"), "several models lie under a prefix that ends in /")
    if not is_folder and not url.endswith(".gz"):
        yield Broken(known.at("ModelDataUrl"), "it is to point to one archive, .tar.gz")


@fact(
    RULE,
    *within(TRAINING, "AlgorithmSpecification"),
    "sagemaker:createProcessingJob(AppSpecification)",
    "sagemaker:createModel(PrimaryContainer)",
    "sagemaker:createModel(Containers[])",
)
def images_are_in_ecr(known: Known) -> Iterator[Broken]:
    if known.present("TrainingImageConfig", "ImageConfig"):
        return
    for name in ("TrainingImage", "ImageUri", "Image"):
        image = known.text(name)
        if image is not None and "/" in image and not _PRIVATE_IMAGE.search(image):
            yield Broken(known.at(name), f"{image!r} is not in an Amazon ECR of an account")


@fact(
    RULE,
    *within(TRAINING, "OutputDataConfig"),
    *within(TRAINING, "InputDataConfig[].DataSource.S3DataSource"),
    "sagemaker:createProcessingJob(ProcessingInputs[].S3Input)",
    "sagemaker:createProcessingJob(ProcessingOutputConfig.Outputs[].S3Output)",
    "sagemaker:createTransformJob(TransformInput.DataSource.S3DataSource)",
    "sagemaker:createTransformJob(TransformOutput)",
)
def buckets_have_names(known: Known) -> Iterator[Broken]:
    for name in ("S3Uri", "S3OutputPath"):
        found = _BUCKET.match(known.text(name) or "")
        if found and not _GOOD_BUCKET.fullmatch(found[1]):
            yield Broken(known.at(name), f"{found[1]!r} is no name of a bucket")
