"""Importing the SDKs, and building with them, without their side effects."""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from importlib import metadata
from types import ModuleType
from typing import Any

import yaml

from pipelines.regions import partition


@contextlib.contextmanager
def _without_ambient_settings() -> Iterator[None]:
    """Nothing of the caller's AWS settings is seen in here: a default session reads them all."""
    environ = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ.clear()
        os.environ.update(environ)


@contextlib.contextmanager
def _without_pkg_resources() -> Iterator[None]:
    """In the place of `pkg_resources`, no more than stepfunctions asks of it: its own version.

    The real one, gone from setuptools 81, reads the requirements of everything installed to say
    so, which takes a quarter of the import's time.
    """
    name = "pkg_resources"
    stand_in = ModuleType(name)
    vars(stand_in)["require"] = lambda project: [metadata.distribution(project)]
    before = {known: module for known, module in sys.modules.items() if known == name}
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]
        sys.modules.update(before)


@contextlib.contextmanager
def _undoing_side_effects() -> Iterator[None]:
    """Import the SDKs in here: what they change for the whole process is put back."""
    root_level = logging.getLogger().level
    representers = dict(yaml.SafeDumper.yaml_representers)
    # None of the million objects of an import is garbage: looking for it now costs a tenth of
    # the time, and later a fifth of a second each time. They are set aside for good.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with (
            _without_ambient_settings(),
            _without_pkg_resources(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            yield
    finally:
        yaml.SafeDumper.yaml_representers = representers
        logging.getLogger().setLevel(root_level)
        gc.freeze()
        if collecting:
            gc.enable()


with _undoing_side_effects():
    import sagemaker
    import sagemaker.estimator
    import stepfunctions.steps as states
    from sagemaker import image_uris
    from sagemaker.estimator import Estimator
    from sagemaker.inputs import TrainingInput
    from sagemaker.parameter import (
        CategoricalParameter,
        ContinuousParameter,
        IntegerParameter,
    )
    from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor
    from sagemaker.sklearn.estimator import SKLearn
    from sagemaker.tuner import HyperparameterTuner
    from stepfunctions.steps import Chain, ChoiceRule, Graph, integration_resources
    from stepfunctions.steps.states import State

__all__ = [
    "CategoricalParameter",
    "Chain",
    "ChoiceRule",
    "ContinuousParameter",
    "Estimator",
    "Graph",
    "HyperparameterTuner",
    "IntegerParameter",
    "ProcessingInput",
    "ProcessingOutput",
    "Processor",
    "SKLearn",
    "State",
    "TrainingInput",
    "image_uris",
    "in_region",
    "states",
]

# These loggers hold handlers that write to the standard output of the moment of the import.
for _name in ("sagemaker", "sagemaker.config", "stepfunctions"):
    logging.getLogger(_name).handlers.clear()
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False

# Every estimator would make a client for a TensorBoard that nobody opens.
sagemaker.estimator.TensorBoardApp = lambda region: None
# Each look-up of an image would read botocore's table of endpoints (50 ms) anew.
sagemaker.utils._botocore_resolver = functools.cache(sagemaker.utils._botocore_resolver)


class OfflineSession(sagemaker.Session):  # type: ignore[misc]
    """A session that knows its region and has no client: nothing built with it can call AWS."""

    def _initialize(self, boto_session: str, **clients: Any) -> None:
        self._region_name = boto_session
        self.boto_session = None
        self.local_mode = False
        # Empty, it is not consulted; anything else is validated anew for each value asked of it.
        self.sagemaker_config: dict[str, Any] = {}


@contextlib.contextmanager
def in_region(region: str) -> Iterator[OfflineSession]:
    """Build with the SDK in here: no ambient setting is seen, only `region`."""
    ambient = integration_resources.get_aws_partition
    integration_resources.get_aws_partition = lambda: partition(region)
    try:
        with _without_ambient_settings():
            yield OfflineSession(boto_session=region)
    finally:
        integration_resources.get_aws_partition = ambient
