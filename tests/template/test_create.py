"""Writing `build/`: all of it or nothing, and what changed is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import CheckError, InputError
from pipelines.template.create import create
from tests.environments import make_environment

TOO_LONG = make_environment(name="a-name-that-makes-jobs-too-long", project="a-long-project")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for package in ("jobs", "preprocessing"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    return tmp_path


def contents(root: Path) -> dict[str, bytes]:
    build = root / "build"
    return {
        str(path.relative_to(build)): path.read_bytes()
        for path in build.rglob("*")
        if path.is_file()
    }


def test_the_first_time_everything_is_new(root):
    changes = create(root, [make_environment()])

    assert {change.action for change in changes} == {"new"}
    assert sorted(contents(root)) == [
        "dev/evaluation.json",
        "dev/features.json",
        "dev/foundation.yaml",
        "dev/inference.asl.json",
        "dev/inference.input.json",
        "dev/inference.yaml",
        "dev/training.asl.json",
        "dev/training.input.json",
        "dev/training.yaml",
    ]


def test_the_second_time_nothing_changes(root):
    create(root, [make_environment()])
    before = contents(root)

    changes = create(root, [make_environment()])

    assert {change.action for change in changes} == {"unchanged"}
    assert contents(root) == before


def test_a_change_is_counted_in_lines(root):
    create(root, [make_environment()])

    changes = create(root, [make_environment(gate={"metric": "roc_auc", "at_least": 0.91})])

    [document] = [change for change in changes if change.path.endswith("evaluation.json")]
    assert str(document) == "changed   build/dev/evaluation.json (+1 −1 lines)"


def test_one_environment_that_is_refused_leaves_all_as_it_was(root):
    create(root, [make_environment()])
    before = contents(root)

    with pytest.raises(CheckError):
        create(root, [make_environment(tags={"team": "other"}), TOO_LONG])

    assert contents(root) == before


def test_a_pipeline_that_was_not_named_stays_as_it_is(root):
    create(root, [make_environment()])
    (root / "build" / "dev" / "inference.yaml").write_text("mine")

    create(root, [make_environment()], ["training"])

    assert contents(root)["dev/inference.yaml"] == b"mine"


def test_another_environment_stays_as_it_is(root):
    create(root, [make_environment(), make_environment(name="prod")])
    before = contents(root)

    create(root, [make_environment(tags={})])

    after = contents(root)
    assert after != before
    assert {k: v for k, v in after.items() if k.startswith("prod/")} == {
        k: v for k, v in before.items() if k.startswith("prod/")
    }


def test_a_build_folder_that_cannot_be_one_is_an_error_that_says_so(root):
    (root / "build").write_text("a file")

    with pytest.raises(InputError, match="build cannot be written"):
        create(root, [make_environment()])
