"""From the configuration's image to a URI, and to the permission to pull it."""

from __future__ import annotations

import re

from pipelines.environment.images import FrameworkImage, UriImage
from pipelines.environment.model import Environment
from pipelines.errors import ConfigError
from pipelines.regions import partition
from pipelines.sdk import framework_image_uri
from pipelines.steps.step import Statement

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^:@]+)"
)


def image_uri(environment: Environment, image: FrameworkImage | UriImage, instance: str) -> str:
    """The URI of a configured image in the environment's region.

    Raises:
        ConfigError: AWS has no such image.
    """
    if isinstance(image, UriImage):
        return image.uri
    try:
        return framework_image_uri(image.framework, image.version, environment.region, instance)
    except ValueError as error:
        raise ConfigError(
            f"{environment.name}: no image {image.framework} {image.version} "
            f"for {environment.region}: {error}",
            hint="Choose a version from the list, or give an image of your own as `uri`.",
        ) from error


def training_image(environment: Environment, instance: str) -> str:
    """What jobs run in."""
    return image_uri(environment, environment.image.training, instance)


def serving_image(environment: Environment, instance: str) -> str:
    """What a registered model is served with: the image that trained it, unless set."""
    return image_uri(environment, environment.image.serving or environment.image.training, instance)


def packages(environment: Environment) -> dict[str, str]:
    """The variable that lets a job install what one of AWS's images lacks (`jobs/requirements.py`).

    An image of one's own holds what it needs, and on the local engine nothing is installed.
    """
    is_aws = environment.engine == "aws" and not isinstance(environment.image.training, UriImage)
    return {"INSTALL_PACKAGES": "1"} if is_aws else {}


def pull(environment: Environment, uri: str) -> tuple[Statement, ...]:
    """What a job's role needs to pull the image."""
    match = _ECR.match(uri)
    if match is None:
        raise ConfigError(f"{environment.name}: {uri} is not an image in Amazon ECR")
    repository = (
        f"arn:{partition(match['region'])}:ecr:{match['region']}:{match['account']}"
        f":repository/{match['name']}"
    )
    return (
        Statement(
            "PullImage",
            (
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer",
            ),
            (repository,),
        ),
        # AWS takes no narrower resource for this one.
        Statement("LogInToRegistry", ("ecr:GetAuthorizationToken",), ("*",)),
    )
