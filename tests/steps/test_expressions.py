"""Job names that the state machine computes: always valid, or refused when they are built."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.asl.intrinsic_syntax import parse_intrinsic
from pipelines.errors import CheckError
from pipelines.steps.expressions import array, job_name, quote
from tests.environments import make_environment

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
names = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,10}){0,2}", fullmatch=True).filter(
    lambda name: len(name) <= 32
)


@given(project=names, name=names)
def test_a_job_name_at_its_longest_is_one_that_sagemaker_takes_or_is_refused(project, name):
    environment = make_environment(project=project, name=name)
    base = f"{project}-{name}-preprocess"
    if len(base) > 63 - len("-123456789abc-1000-99"):
        with pytest.raises(CheckError, match=base):
            job_name(environment, "preprocess")
        return
    expression = job_name(environment, "preprocess")

    template = re.fullmatch(r"States\.Format\('(.*)', .*\)", expression)
    assert template is not None
    longest = template[1].replace("{}", "f" * 12, 1).replace("{}", "1000", 1).replace("{}", "99", 1)
    assert JOB_NAME.fullmatch(longest)


def test_a_refusal_says_by_how_much_the_names_are_too_long():
    environment = make_environment(project="a-rather-long-name-of-a-project", name="development")

    with pytest.raises(CheckError, match="can have 75 characters; SageMaker takes 63") as refused:
        job_name(environment, "preprocess")

    assert "12 characters shorter" in refused.value.hint


@given(st.text(st.characters(codec="utf-8", exclude_characters="{}")))
def test_a_quoted_text_is_read_back_as_it_was(text):
    [argument] = parse_intrinsic(f"States.Array({quote(text)})").arguments

    assert argument.value == text


def test_an_array_mixes_literals_and_expressions():
    from pipelines.sdk import Expression

    assert array(["--model", Expression("$.model")]) == "States.Array('--model', $.model)"
