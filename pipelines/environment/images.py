"""The section `image`: what the jobs and the endpoint run in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from pipelines.environment.forms import ImageUri, ImageVersion
from pipelines.environment.parts import Disagreement, Part


class FrameworkImage(Part):
    """One of AWS's own images, by framework and version."""

    framework: Literal["sklearn", "xgboost"]
    version: ImageVersion


class UriImage(Part):
    """An image of one's own, by URI; by digest, if runs are to be reproducible."""

    uri: ImageUri


def _kind_of_image(given: Any) -> str:
    if isinstance(given, UriImage) or (isinstance(given, Mapping) and "uri" in given):
        return "uri image"
    return "framework image"


Image = Annotated[
    Annotated[FrameworkImage, Tag("framework image")] | Annotated[UriImage, Tag("uri image")],
    Discriminator(_kind_of_image),
]


class Images(Part):
    """The container images: `serving` is `training`'s unless it is set."""

    training: Image
    serving: Image | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """An image is of one kind."""
        for role in ("training", "serving"):
            image = given.get(role)
            if not isinstance(image, Mapping) or image.get("uri") is None:
                continue
            for key in ("framework", "version"):
                if image.get(key) is not None:
                    yield Disagreement((role, key), "cannot stand beside uri: remove one")
