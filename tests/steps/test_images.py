"""From the configuration's image to a URI, and to the permission to pull it."""

from __future__ import annotations

import pytest

from pipelines.errors import ConfigError
from pipelines.steps.images import pull, serving_image, training_image
from tests.environments import make_environment

OWN = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/mine@sha256:" + "a" * 64


def test_an_image_of_ones_own_is_taken_as_it_is():
    environment = make_environment(image={"training": {"uri": OWN}})

    assert training_image(environment, "ml.m5.large") == OWN


def test_a_model_is_served_by_the_image_that_trained_it_unless_another_is_set():
    same = make_environment()
    other = make_environment(
        image={"training": {"framework": "sklearn", "version": "1.4-2"}, "serving": {"uri": OWN}}
    )

    assert serving_image(same, "ml.m5.large") == training_image(same, "ml.m5.large")
    assert serving_image(other, "ml.m5.large") == OWN


def test_a_version_that_does_not_exist_is_refused_with_those_that_do():
    environment = make_environment(image={"training": {"framework": "sklearn", "version": "1.5"}})

    with pytest.raises(ConfigError, match=r"dev: no image sklearn 1\.5 for eu-central-1: .*1\.2-1"):
        training_image(environment, "ml.m5.large")


def test_pulling_is_allowed_for_that_one_repository():
    environment = make_environment()

    image, login = pull(environment, OWN)

    assert image.resources == ("arn:aws:ecr:eu-west-1:123456789012:repository/team/mine",)
    assert login.actions == ("ecr:GetAuthorizationToken",)
