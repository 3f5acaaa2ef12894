"""What an endpoint runs: its configuration and the models in it, settled when it is deployed.

As on AWS, an endpoint goes on when its configuration, its models or their objects are deleted: so
a deployment keeps copies of the archives that its instances are made of.

    <deployment's folder>/<variant>/model.tar.gz   the model's archive
    <deployment's folder>/<variant>/code.tar.gz    the program's, if there is one
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.engine.hosting.resources import Resource
from pipelines.engine.jobs.container import JobError
from pipelines.engine.jobs.transfer import split_uri
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

PROGRAM, SUBMIT_DIRECTORY = "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY"
MODEL_ARCHIVE, CODE_ARCHIVE = "model.tar.gz", "code.tar.gz"
# On AWS from 4 minutes on, by the size of the instance; here nothing is downloaded.
_HEALTH_CHECK_TIMEOUT_S = 120
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


@dataclass(frozen=True)
class Variant:
    """A model of a deployment, and how many processes serve it.

    Attributes:
        model_uri: The S3 URI of the archive.
        packed: The program gets the archive itself, not what is in it.
        environment: The container's.
        weight: Its share of the requests is this over the sum of all variants'.
        max_concurrency: Of a serverless variant; None of any other.
    """

    name: str
    model: str
    image: str
    model_uri: str
    packed: bool
    environment: dict[str, str]
    count: int
    weight: float
    startup_timeout_s: float
    max_concurrency: int | None = None
    memory_mb: int | None = None

    @property
    def module(self) -> str:
        """The module with the functions that serve: as the image imports it."""
        return module_name(self.environment.get(PROGRAM, ""))


@dataclass(frozen=True)
class Deployment:
    """A configuration, settled."""

    config: str
    variants: tuple[Variant, ...]
    capture: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Deployment:
        variants = tuple(Variant(**each) for each in content["variants"])
        return cls(content["config"], variants, content["capture"])


def settle(config: Resource, models: Mapping[str, Resource]) -> Deployment:
    """A configuration with its models, by their names."""
    variants = tuple(_variant(each, models) for each in config["ProductionVariants"])
    capture = config.get("DataCaptureConfig", {})
    return Deployment(config["EndpointConfigName"], variants, capture)


def _variant(request: Mapping[str, Any], models: Mapping[str, Resource]) -> Variant:
    model = models[request["ModelName"]]
    container = container_of(model)
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    serverless = request.get("ServerlessConfig")
    return Variant(
        name=request["VariantName"],
        model=request["ModelName"],
        image=container["Image"],
        model_uri=source.get("S3Uri") or container.get("ModelDataUrl", ""),
        packed=source.get("CompressionType") == "None",
        environment=dict(container.get("Environment", {})),
        count=1 if serverless else request.get("InitialInstanceCount", 1),
        weight=request.get("InitialVariantWeight", 1.0),
        startup_timeout_s=request.get(
            "ContainerStartupHealthCheckTimeoutInSeconds", _HEALTH_CHECK_TIMEOUT_S
        ),
        max_concurrency=serverless["MaxConcurrency"] if serverless else None,
        memory_mb=serverless["MemorySizeInMB"] if serverless else None,
    )


def container_of(model: Resource) -> Mapping[str, Any]:
    """The one container that a model has."""
    container: Mapping[str, Any] = model.get("PrimaryContainer") or model["Containers"][0]
    return container


def module_name(program: str) -> str:
    """The module that a program is imported as.

    >>> module_name("inference.py"), module_name("jobs.inference")
    ('inference', 'jobs.inference')
    """
    return program.removesuffix(".py")


def problems(container: Mapping[str, Any]) -> Iterator[str]:
    """Why the engine cannot serve a container: it stands in for an image with a program."""
    environment = container.get("Environment", {})
    program, code = environment.get(PROGRAM, ""), environment.get(SUBMIT_DIRECTORY, "")
    if not container.get("Image"):
        yield "the container has no Image"
    if not program or not code:
        yield (
            f"Environment has no {PROGRAM} and {SUBMIT_DIRECTORY}: the local engine serves a "
            "program in script mode only, as it does not run the image"
        )
    elif not _MODULE.fullmatch(module_name(program)):
        yield (
            f"{PROGRAM} {program!r} cannot be imported: the image imports it as a module, "
            "so write a module's name, as in jobs.inference"
        )
    if code and not code.startswith("s3://"):
        yield f"{SUBMIT_DIRECTORY} {code!r} is not an S3 URI"
    if "ModelDataUrl" in container and "ModelDataSource" in container:
        yield "ModelDataUrl and ModelDataSource exclude each other"
    if "ModelDataUrl" not in container and "ModelDataSource" not in container:
        yield "the container has neither ModelDataUrl nor ModelDataSource"


def fetch(deployment: Deployment, folder: Path, objects: ObjectStore) -> None:
    """Copy the archives of every variant below `folder`.

    Raises:
        JobError: an object is not there, in the words of SageMaker.
    """
    for variant in deployment.variants:
        home = folder / variant.name
        home.mkdir(parents=True)
        _copy(objects, variant.model_uri, home / MODEL_ARCHIVE, f"model data of {variant.model}")
        code = variant.environment[SUBMIT_DIRECTORY]
        _copy(objects, code, home / CODE_ARCHIVE, f"{SUBMIT_DIRECTORY} of {variant.model}")


def _copy(objects: ObjectStore, uri: str, target: Path, what: str) -> None:
    try:
        shutil.copyfile(objects.get_path(*split_uri(uri)), target)
    except ServiceError as error:
        raise JobError(
            f"Could not find {what} at {uri}: {error.message} Please ensure that the object is "
            "there and that the role can read it."
        ) from error
