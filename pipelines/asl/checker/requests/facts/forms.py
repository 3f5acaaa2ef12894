"""Texts of a form that the models do not state: images, paths in a container."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.asl.checker.requests.facts.fact import TRAINING, fact, within
from pipelines.asl.checker.requests.known import Known
from pipelines.asl.findings import Broken

RULE = "P225"

_NO_IMAGE = re.compile(r"[a-z0-9]+://|[^/]*$|arn:|\S*\s")
"""How what is certainly no path of a registry begins: a scheme, no slash, an ARN, a space."""
_IN_ECR = re.compile(r"\d+\.(?:[a-z0-9-]+\.)*[a-z0-9-]*ecr[.-][a-z0-9.-]+")
"""The host of an image that is meant to be in the registry of an account."""
_ECR_IMAGE = re.compile(
    r"\d{12}\.dkr[.-]ecr[^/]*"
    r"(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+"
    r"(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
"""An account's registry, a repository, and a tag or a digest:
https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html."""
_PROCESSING_FOLDER = "/opt/ml/processing/"


@fact(RULE, *within(TRAINING, "AlgorithmSpecification"))
def training_images(known: Known) -> Iterator[Broken]:
    yield from _image(known, "TrainingImage", known.has("TrainingImageConfig"))


@fact(RULE, "sagemaker:createProcessingJob(AppSpecification)")
def processing_images(known: Known) -> Iterator[Broken]:
    yield from _image(known, "ImageUri", False)


@fact(RULE, "sagemaker:createModel(PrimaryContainer)", "sagemaker:createModel(Containers[])")
def model_images(known: Known) -> Iterator[Broken]:
    yield from _image(known, "Image", known.has("ImageConfig"))


def _image(known: Known, name: str, is_elsewhere: bool) -> Iterator[Broken]:
    image = known.text(name)
    if image is None or is_elsewhere:
        return
    host = image.partition("/")[0]
    is_wrong = _IN_ECR.fullmatch(host) is not None and _ECR_IMAGE.fullmatch(image) is None
    if is_wrong or _NO_IMAGE.match(image):
        yield Broken(
            known.at(name),
            f"{image!r} is not the path of an image in a registry",
            "<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>",
        )


@fact(
    RULE,
    "sagemaker:createProcessingJob(ProcessingInputs[].S3Input)",
    "sagemaker:createProcessingJob(ProcessingInputs[].DatasetDefinition)",
    "sagemaker:createProcessingJob(ProcessingOutputConfig.Outputs[].S3Output)",
)
def processing_paths(known: Known) -> Iterator[Broken]:
    path = known.text("LocalPath")
    if path is not None and not f"{path}/".startswith(_PROCESSING_FOLDER):
        yield Broken(known.at("LocalPath"), f"{path!r} does not begin with {_PROCESSING_FOLDER}")


@fact(RULE, "sagemaker:createTransformJob(DataProcessing)")
def filters(known: Known) -> Iterator[Broken]:
    for name in ("InputFilter", "OutputFilter"):
        path = known.text(name)
        if path is not None and not path.startswith("$"):
            yield Broken(known.at(name), f"{path!r} is no JSONPath, which begins with $")
