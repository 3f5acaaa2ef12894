"""The SDKs behind their one door: no side effect gets out, no ambient setting gets in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import sdk
from pipelines.sdk import Expression, bind
from tests.conftest import ROOT
from tests.environments import make_environment

COMPUTE = make_environment().steps.preprocess
TRAINING_COMPUTE = make_environment().steps.train

PROBE = """
import logging, os, sys, yaml
sys.modules["pkg_resources"] = None  # as it is with setuptools 81: an import of it fails
state = lambda: (
    dict(os.environ),
    logging.getLogger().level,
    dict(yaml.SafeDumper.yaml_representers),
    sys.modules["pkg_resources"],
)
before = state()
import pipelines.sdk
assert before == state()
"""


def run(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_changes_nothing_in_the_process_and_prints_nothing():
    done = run(PROBE)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_profile_that_does_not_exist_is_not_even_looked_for():
    done = run(PROBE, AWS_PROFILE="nobody", AWS_CONFIG_FILE="/does/not/exist")

    assert (done.returncode, done.stderr) == (0, "")


def processing(region: str = "eu-central-1", **changes: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "image_uri": "image",
        "role_arn": "role",
        "compute": COMPUTE,
        "job_name": Expression("$.name"),
        "entrypoint": ["python3"],
        "arguments": ["--flag"],
        "env": {},
        "inputs": {"data": "s3://bucket/data", "model": Expression("$.model")},
        "outputs": {"result": Expression("$.result")},
        "tags": {},
        "retry": [],
    }
    state: dict[str, Any] = sdk.processing_step(
        "Work", region=region, **{**arguments, **changes}
    ).to_dict()
    return state


def test_literals_and_expressions_reach_the_request_each_under_its_own_key():
    request = processing()["Parameters"]

    inputs = {item["InputName"]: item["S3Input"] for item in request["ProcessingInputs"]}
    assert inputs["data"]["S3Uri"] == "s3://bucket/data"
    assert inputs["model"]["S3Uri.$"] == "$.model"
    assert "S3Uri" not in inputs["model"]
    assert request["ProcessingJobName.$"] == "$.name"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_is_that_of_the_environment_not_of_the_caller(region, partition, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-northwest-1")

    assert processing(region)["Resource"] == (
        f"arn:{partition}:states:::sagemaker:createProcessingJob.sync"
    )


def training(**changes: Any) -> dict[str, Any]:
    state: dict[str, Any] = sdk.training_step(
        "Train",
        sdk.TrainingJob(
            **{
                "image_uri": "image",
                "role_arn": "role",
                "compute": TRAINING_COMPUTE,
                "program": "jobs/train.py",
                "code_uri": "s3://bucket/code.tar.gz",
                "hyperparameters": {"max_iter": 3, "early_stopping": False, "solver": "lbfgs"},
                "env": {"CODE_SHA256": "abc"},
                "channels": {"train": Expression("$.train")},
                "output_uri": "s3://bucket/runs",
                **changes,
            }
        ),
        region="eu-central-1",
        job_name=Expression("$.name"),
        tags={},
        retry=[],
    ).to_dict()
    return state


def test_a_training_request_has_neither_the_time_of_the_build_nor_a_made_up_name():
    assert training()["Parameters"]["HyperParameters"] == {
        "max_iter": "3",
        "early_stopping": "false",
        "solver": '"lbfgs"',
        "sagemaker_submit_directory": '"s3://bucket/code.tar.gz"',
        "sagemaker_program": '"jobs/train.py"',
        "sagemaker_container_log_level": "20",
        "sagemaker_region": '"eu-central-1"',
    }


def test_the_environment_of_a_training_job_is_not_dropped():
    assert training()["Parameters"]["Environment"] == {"CODE_SHA256": "abc"}


def test_an_image_is_that_of_the_region():
    uri = sdk.framework_image_uri("sklearn", "1.4-2", "eu-central-1", "ml.m5.large")

    assert uri == (
        "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3"
    )


def test_a_version_that_aws_does_not_have_is_refused_with_those_it_has():
    with pytest.raises(ValueError, match=r"1\.2-1"):
        sdk.framework_image_uri("sklearn", "9.9", "eu-central-1", "ml.m5.large")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_binding_leaves_alone_what_holds_no_expression(value):
    assert json.dumps(bind(value)) == json.dumps(value)


@given(st.dictionaries(st.text(), st.text(), min_size=1))
def test_binding_marks_the_key_of_every_expression(values):
    bound = bind({"inner": [{key: Expression(value) for key, value in values.items()}]})

    assert bound == {"inner": [{f"{key}.$": value for key, value in values.items()}]}
