"""Finding a project, and its environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.environment.project import environment_file, environment_names, find_root
from pipelines.errors import ConfigError
from tests.environment.projects import make_project


def test_the_root_is_the_nearest_folder_upwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = make_project(tmp_path)
    inner = outer / "a"
    inner.mkdir()
    make_project(inner)
    (inner / "b" / "c").mkdir(parents=True)
    monkeypatch.chdir(inner / "b" / "c")

    assert find_root() == inner


def test_a_root_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path.parent)

    assert find_root(Path(tmp_path.name)) == tmp_path


def test_a_folder_that_is_no_project_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError, match=r"is not a project: it has no config/base\.yaml"):
        find_root(tmp_path)
    with pytest.raises(ConfigError, match=r"no config/base\.yaml in .* or any folder above it"):
        find_root()


def test_any_file_is_an_environment_whatever_its_name(tmp_path: Path) -> None:
    make_project(tmp_path)
    for name in ("zebra.yaml", "a-1.yaml", ".hidden.yaml", "zebra.yaml~", "README.md"):
        (tmp_path / "config" / name).touch()

    assert environment_names(tmp_path) == ["a-1", "dev", "zebra"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("prod.yml", "config/prod.yml: would be ignored; rename it to prod.yaml"),
        ("prod.YAML", "rename it to prod.yaml"),
        ("prod.json", "is no environment: those end in .yaml"),
        ("Prod.yaml", "'Prod' cannot be an environment's name"),
        ("my_env.yaml", "'my_env' cannot be an environment's name"),
        ("a--b.yaml", "cannot be an environment's name"),
        (f"{'a' * 33}.yaml", "at most 32"),
        ("training.yaml", "that word names a pipeline"),
    ],
)
def test_a_file_that_only_looks_like_an_environment_is_named(
    tmp_path: Path, name: str, said: str
) -> None:
    make_project(tmp_path)
    (tmp_path / "config" / name).touch()

    with pytest.raises(ConfigError) as error:
        environment_names(tmp_path)

    assert said in str(error.value)


def test_an_unknown_environment_is_answered_with_the_nearest(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "config" / "staging.yaml").touch()

    with pytest.raises(ConfigError) as error:
        environment_file(tmp_path, "stagign")

    assert str(error.value) == (
        "there is no environment 'stagign': config/stagign.yaml does not exist."
    )
    assert error.value.hint == "Did you mean staging? The environments are dev, staging."


@pytest.mark.parametrize("name", ["../config/dev", "dev\n", "", "dev.yaml", "/etc/passwd"])
def test_an_environment_is_a_name_and_never_a_path(tmp_path: Path, name: str) -> None:
    make_project(tmp_path)

    with pytest.raises(ConfigError, match="is not an environment's name"):
        environment_file(tmp_path, name)
