"""AWS's own container images, from the tables in the SDK."""

from __future__ import annotations

from pipelines.sdk.door import image_uris, in_region


def framework_image_uri(framework: str, version: str, region: str, instance_type: str) -> str:
    """The URI of AWS's own image, from the tables in the SDK.

    The tables list a version's image under `training` first: that of scikit-learn 1.4-2 is listed
    under nothing else, though it serves as well.

    Raises:
        ValueError: no image for this version or region; the message lists what there is.
    """
    with in_region(region):
        uri: str = image_uris.retrieve(
            framework,
            region,
            version=version,
            instance_type=instance_type,
            image_scope="training",
            sagemaker_session=None,
        )
    return uri
