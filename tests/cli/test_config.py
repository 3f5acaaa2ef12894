"""`python -m pipelines config`, as a person and a program see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import cli, main
from pipelines.environment.load import load_environment
from tests.environment.projects import DEV, ROOT, make_project


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(root), "config", *arguments])


def test_each_value_is_printed_with_its_source_in_one_column() -> None:
    result = run(ROOT, "dev")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "# census-income-dev: config/base.yaml, and config/dev.yaml over it"
    assert any(line.startswith("project: census-income  ") for line in lines)
    assert any(line.endswith("# config/dev.yaml:2") for line in lines)
    assert any(line.startswith("engine: aws ") and line.endswith("# default") for line in lines)
    columns = {line.index("#") for line in lines[1:] if "#" in line}
    assert len(columns) == 1


def test_a_pipe_gets_no_colours() -> None:
    assert "\x1b" not in run(ROOT, "dev").stdout


def test_what_is_printed_is_itself_a_configuration(tmp_path: Path) -> None:
    printed = run(ROOT, "prod").stdout

    make_project(tmp_path, dev=printed)

    written = load_environment(tmp_path, "dev").model_dump(exclude={"name"})
    assert written == load_environment(ROOT, "prod").model_dump(exclude={"name"})


def test_a_program_gets_values_and_sources_as_json() -> None:
    document = json.loads(run(ROOT, "prod", "--json").stdout)

    assert document["environment"]["steps"]["train"]["instance_type"] == "ml.m5.4xlarge"
    assert document["environment"]["features"]["drop"] == ["instance weight"]
    assert document["sources"]["account"] == "config/prod.yaml:3"
    assert document["sources"]["engine"] == "default"
    assert document["sources"]["features.binned.age"].startswith("config/base.yaml:")


def test_without_a_name_the_environments_are_listed() -> None:
    result = run(ROOT)

    header, *rows = result.stdout.splitlines()
    assert header.split() == ["name", "engine", "region", "account", "approval"]
    assert [row.split()[0] for row in rows] == [
        *("dev", "local-manual", "local", "prod", "staging")
    ]
    assert json.loads(run(ROOT, "--json").stdout)[2]["engine"] == "local"


def test_a_list_says_what_is_wrong_with_an_environment_and_exits_with_2(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "config" / "broken.yaml").write_text("approval: no\n")

    result = run(tmp_path)

    assert result.exit_code == 2
    assert "dev" in result.stdout
    assert "config/broken.yaml:1: approval: no is a boolean" in result.stderr


def test_a_wrong_configuration_exits_with_2_and_says_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(tmp_path, DEV + "tags: {a: 1, b: no}\n")

    with pytest.raises(SystemExit) as exit:
        main(["--project", str(tmp_path), "config", "dev"])

    said = capsys.readouterr()
    assert exit.value.code == 2
    assert said.out == ""
    assert said.err.splitlines() == [
        "Error: 2 problems in the configuration:",
        "  config/dev.yaml:3: tags.a: must be text, is 1; write '1'",
        "  config/dev.yaml:3: tags.b: no is a boolean to some readers and text to others; "
        "write false, or 'no' for the text",
    ]


def test_an_unknown_environment_exits_with_2_and_names_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--project", str(ROOT), "config", "prd"])

    assert exit.value.code == 2
    assert "Did you mean prod?" in capsys.readouterr().err
