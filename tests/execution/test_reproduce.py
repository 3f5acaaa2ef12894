"""A model that is made again is the same, or it is said in what it differs, and why."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.errors import InputError
from pipelines.execution.model_files import read_model
from pipelines.execution.registry import Registered, models
from pipelines.execution.reproduce import Comparison, check_deployed, compare
from tests.execution.registered import COMMIT, GROUP, Project


@pytest.fixture
def project() -> Project:
    project = Project()
    project.trains("monday")
    return project


def made_again(project: Project, output: dict[str, Any] | None = None, **how: Any) -> Comparison:
    """Train once more, and compare with the first."""
    project.trains("again", **how)
    again, first = models(project.sagemaker, GROUP)
    return compare(
        first,
        read_model(project.s3, first.archive),
        output or {},
        read_model(project.s3, again.archive),
    )


def test_the_same_files_agree_whatever_time_sagemaker_packed_them(project: Project) -> None:
    comparison = made_again(project, time=1_700_000_000)
    again, first = models(project.sagemaker, GROUP)

    assert again.get("model_sha256") != first.get("model_sha256")
    assert comparison == Comparison((), ())
    assert comparison.agrees


def test_another_model_differs_by_name_of_the_file(project: Project) -> None:
    comparison = made_again(project, model=b"other trees")

    assert not comparison.agrees
    # The manifest lists the digest of the other.
    assert comparison.differing == ("manifest.json", "model.joblib")


def test_data_that_were_changed_since_are_named_as_the_cause(project: Project) -> None:
    output = {"data": {"training_sha256": "e" * 64, "test_sha256": None}}

    comparison = made_again(project, output, model=b"other trees")

    assert comparison.why == (
        f"the training data have been changed since: "
        f"{models(project.sagemaker, GROUP)[-1].get('training_sha256')[:12]} then, "
        "eeeeeeeeeeee now",
    )


def test_other_packages_are_named_as_the_cause(project: Project) -> None:
    output = {"packages": "python 3.12.1 / lightgbm 5.0"}

    comparison = made_again(project, output, model=b"other trees")

    assert (
        "python 3.11.7 / lightgbm 4.7.0 then, python 3.12.1 / lightgbm 5.0 now"
        in (comparison.why[0])
    )


def recorded(project: Project, **metadata: str) -> Registered:
    project.trains("tuesday", **metadata)
    return models(project.sagemaker, GROUP)[0]


def test_with_the_same_code_and_configuration_it_can_begin(project: Project) -> None:
    check_deployed(
        recorded(project),
        code_sha256="c" * 64,
        configuration_sha256="d" * 64,
        environment="dev",
    )


@pytest.mark.parametrize(
    ("code", "configuration", "words"),
    [
        ("0" * 64, "d" * 64, "another code than"),
        ("c" * 64, "0" * 64, "another configuration than"),
        ("0" * 64, "0" * 64, "another code and another configuration than"),
    ],
)
def test_other_code_or_configuration_is_refused_with_the_commit_to_go_back_to(
    project: Project, code: str, configuration: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as refused:
        check_deployed(
            recorded(project),
            code_sha256=code,
            configuration_sha256=configuration,
            environment="dev",
        )

    assert f"git checkout {COMMIT} && python -m pipelines deploy dev BUCKET" in refused.value.hint


def test_of_a_tree_that_was_not_committed_it_is_said_so(project: Project) -> None:
    with pytest.raises(InputError) as refused:
        check_deployed(
            recorded(project, git_commit=f"{COMMIT}-dirty"),
            code_sha256="0" * 64,
            configuration_sha256="d" * 64,
            environment="dev",
        )

    assert "with changes that were not committed" in refused.value.hint


def test_without_a_commit_the_code_is_named_by_its_digest(project: Project) -> None:
    with pytest.raises(InputError) as refused:
        check_deployed(
            recorded(project, git_commit="unknown"),
            code_sha256="0" * 64,
            configuration_sha256="d" * 64,
            environment="dev",
        )

    assert "c" * 64 in refused.value.hint
