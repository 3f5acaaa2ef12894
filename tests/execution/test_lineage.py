"""Lineage: asked about anything that had a part in a model, both ways."""

from __future__ import annotations

import pytest

from pipelines.execution.data_files import holding
from pipelines.execution.lineage import Match, ancestors, children, find, is_asked_by_content
from pipelines.execution.registry import Registered, models
from tests.execution.registered import COMMIT, GROUP, Project, arn, execution, sha256


@pytest.fixture
def project() -> Project:
    """Three runs: two of one commit, and a third of another on other data."""
    project = Project()
    project.trains("monday")
    project.trains("tuesday", model=b"other trees")
    project.trains(
        "wednesday", model=b"more trees", git_commit="beef" + "2" * 36, training_sha256="e" * 64
    )
    return project


def registry(project: Project) -> list[Registered]:
    return models(project.sagemaker, GROUP)


def named(matches: list[Match]) -> dict[str, tuple[str, ...]]:
    return {match.model.execution: match.roles for match in matches}


def test_every_page_of_the_registry_is_read_the_newest_first(project: Project) -> None:
    assert [model.version for model in registry(project)] == [3, 2, 1]


def test_an_environment_that_has_no_registry_has_no_models(project: Project) -> None:
    assert models(project.sagemaker, "another-group") == []


@pytest.mark.parametrize("what", [arn(2), "2", execution("tuesday"), "tuesday"])
def test_a_model_is_found_by_its_arn_its_version_and_its_run(project: Project, what: str) -> None:
    assert named(find(registry(project), what)) == {"tuesday": ()}


@pytest.mark.parametrize("what", [COMMIT, COMMIT[:7], COMMIT.upper()])
def test_a_commit_made_the_models_that_record_it(project: Project, what: str) -> None:
    assert named(find(registry(project), what)) == {"monday": ("commit",), "tuesday": ("commit",)}


def test_a_dirty_tree_is_found_by_its_commit_and_told_from_it(project: Project) -> None:
    project.trains("thursday", git_commit=f"{COMMIT}-dirty")

    assert "thursday" in named(find(registry(project), COMMIT))
    assert named(find(registry(project), f"{COMMIT}-dirty")) == {"thursday": ("commit",)}


def test_data_are_found_by_place_and_by_digest(project: Project) -> None:
    everyone = {run: ("training data",) for run in ("monday", "tuesday", "wednesday")}

    assert named(find(registry(project), "s3://b/data/train/")) == everyone
    assert named(find(registry(project), "s3://b/data/train")) == everyone
    assert named(find(registry(project), "e" * 64)) == {"wednesday": ("training data",)}


def test_a_file_of_the_data_is_found_by_its_digest(project: Project) -> None:
    found = holding(registry(project), project.s3, sha256(b"2"))

    assert named(found) == {run: ("training data",) for run in ("wednesday", "tuesday", "monday")}
    assert holding(registry(project), project.s3, sha256(b"3"))[0].roles == ("test data",)
    assert holding(registry(project), project.s3, sha256(b"unknown")) == []


def test_what_preprocess_wrote_may_be_gone(project: Project) -> None:
    for uri in [uri for uri in project.s3.objects if uri.endswith("summary.json")]:
        del project.s3.objects[uri]

    assert holding(registry(project), project.s3, sha256(b"2")) == []


def test_a_model_is_found_by_its_archive_and_by_its_digest(project: Project) -> None:
    model = registry(project)[0]

    assert named(find(registry(project), model.archive)) == {"wednesday": ("model",)}
    assert named(find(registry(project), model.get("model_sha256"))) == {"wednesday": ("model",)}


def test_code_and_configuration_made_all_that_record_them(project: Project) -> None:
    assert len(find(registry(project), "c" * 64)) == 3
    assert {match.roles for match in find(registry(project), "d" * 12)} == {("configuration",)}


def test_a_line_of_models_goes_back_to_the_first(project: Project) -> None:
    third, second, first = registry(project)

    assert ancestors(third, registry(project)) == [arn(2), arn(1)]
    assert ancestors(first, registry(project)) == []
    assert children(second, registry(project)) == [third]


def test_a_parent_that_was_deleted_ends_the_line(project: Project) -> None:
    del project.sagemaker.packages[arn(2)]
    third, _ = registry(project)

    assert ancestors(third, registry(project)) == [arn(2)]


def test_a_circle_of_parents_ends(project: Project) -> None:
    project.sagemaker.packages[arn(1)]["CustomerMetadataProperties"]["parent_model"] = arn(3)
    third, *_ = registry(project)

    assert ancestors(third, registry(project)) == [arn(2), arn(1), arn(3)]


@pytest.mark.parametrize("what", ["sunday", "99", "s3://b/other", "abcdef1", ""])
def test_nothing_is_found_by_what_nobody_recorded(project: Project, what: str) -> None:
    assert find(registry(project), what) == []


def test_a_value_that_nobody_knew_matches_nothing(project: Project) -> None:
    project.trains("friday", git_commit="unknown", test_sha256="null", parent_model="none")

    for what in ("unknown", "null", "none"):
        assert find(registry(project), what) == []


def test_a_package_of_somebody_else_has_no_lineage_and_does_no_harm(project: Project) -> None:
    stranger = project.trains("saturday")
    del stranger["CustomerMetadataProperties"]
    del stranger["ModelMetrics"]

    found = find(registry(project), "4")

    assert (found[0].model.execution, found[0].model.data, found[0].model.report) == ("", "", "")
    assert named(find(registry(project), COMMIT)).keys() == {"monday", "tuesday"}


def test_of_what_names_contents_there_may_be_no_model() -> None:
    assert [is_asked_by_content(what) for what in ("s3://b/k", "c0ffee1", "monday")] == [
        True,
        True,
        False,
    ]
