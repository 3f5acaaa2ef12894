"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.errors import InputError
from pipelines.testing import load_definition, plugin
from tests.testing.test_coverage import DEFINITION

TEST = """
from pipelines.testing import assert_succeeded, fail

def test_it(state_machine):
    machine = state_machine("scoring.asl.json", tasks={"Work": {"Payload": {"score": 0.95}}})
    assert_succeeded(machine.run({"n": 1}))
    machine.run(faults=[fail("Work", "Busy", times=1)])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of a user's: a definition and a test."""
    (tmp_path / "scoring.asl.json").write_text(json.dumps(DEFINITION))
    (tmp_path / "test_scoring.py").write_text(TEST)
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["pipelines.testing.plugin"]\n')
    return tmp_path


def run_pytest(project: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=project, env=alone, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_without_options_nothing_is_reported(project):
    status, text = run_pytest(project)

    assert status == 0
    assert "coverage" not in text


def test_the_report_ends_the_run(project):
    status, text = run_pytest(project, "--asl-coverage")

    assert status == 0
    assert "coverage of state machines" in text
    assert "2 executions" in text
    assert "never: retrier    Work retries Slow" in text
    assert "Work retries Busy" not in text


def test_coverage_below_the_threshold_fails_the_run(project):
    status, text = run_pytest(project, "--asl-coverage-fail-under=90")

    assert status == 1
    assert "FAILED: below 90 %: scoring" in text


def test_the_report_can_be_json_and_the_threshold_be_passed(project):
    options = ["--asl-coverage-json=coverage.json", "--asl-coverage-fail-under=40"]

    assert run_pytest(project, *options)[0] == 0
    document = json.loads((project / "coverage.json").read_text())
    assert document["machines"][0]["name"] == "scoring"


def test_the_folder_of_the_json_is_made(project):
    assert run_pytest(project, "--asl-coverage-json=reports/asl/coverage.json")[0] == 0
    assert json.loads((project / "reports/asl/coverage.json").read_text("utf-8"))["machines"]


def test_json_that_cannot_be_written_fails_the_run_and_spares_the_report(project):
    status, text = run_pytest(project, "--asl-coverage-json=conftest.py/coverage.json")

    assert status == 1
    assert "2 executions" in text
    assert "FAILED: conftest.py/coverage.json cannot be written: " in text
    assert "INTERNALERROR" not in text


def test_a_threshold_is_not_reached_by_running_nothing(project):
    (project / "test_scoring.py").write_text("def test_nothing(): pass")

    assert run_pytest(project, "--asl-coverage")[0] == 0
    assert run_pytest(project, "--asl-coverage-fail-under=1", "--collect-only")[0] == 0
    status, text = run_pytest(project, "--asl-coverage-fail-under=1")
    assert status == 1
    assert "FAILED: no state machine was run" in text


def test_a_fault_that_never_comes_about_fails_its_test(project):
    test = TEST.replace("times=1", "attempt=7")
    (project / "test_scoring.py").write_text(test)

    status, text = run_pytest(project)

    assert status == 1
    assert "these faults never came about: fail 'Work' with Busy, attempt 7" in text


def test_a_file_that_is_not_there_is_said(project):
    (project / "test_scoring.py").write_text(TEST.replace("scoring.asl", "scorign.asl"))

    assert "scorign.asl.json" in run_pytest(project)[1]


def test_workers_count_together(project):
    """One execution each: the report, the JSON and the threshold are of both."""
    for number in ("one", "two"):
        test = f"def test_{number}(state_machine):\n    " + (
            'state_machine("scoring.asl.json", tasks={"Work": {"Payload": {"score": 1}}}).run()\n'
        )
        (project / f"test_{number}.py").write_text(test)
    (project / "test_scoring.py").unlink()
    options = ("--asl-coverage-fail-under=90", "--asl-coverage-json=coverage.json")

    status, text = run_pytest(project, "-p", "xdist", "-n", "2", "--dist", "load", *options)

    assert status == 1
    assert "2 executions" in text
    assert "FAILED: below 90 %: scoring" in text
    [machine] = json.loads((project / "coverage.json").read_text())["machines"]
    assert machine["executions"] == 2


def test_what_workers_counted_is_added_up(pytestconfig):
    """As pytest-xdist would: a worker hands its output to the controlling process."""
    from pipelines.testing import Coverage, simulate

    worker = Coverage()
    worker.add("one", simulate({"StartAt": "Go", "States": {"Go": {"Type": "Succeed"}}}))
    config = SimpleNamespace(stash=pytest.Stash())
    node = SimpleNamespace(config=config, workeroutput={"asl_coverage": worker.to_json()})

    plugin.pytest_testnodedown(node, None)
    plugin.pytest_testnodedown(node, None)

    [coverage] = [config.stash[plugin._COVERAGE]]
    assert coverage.machines["one"].executions == 2


TEMPLATE = """
Resources:
  First:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: Go
        States: {Go: {Type: Pass, Result: "${Name}", End: true}}
  Second:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: {StartAt: Stop, States: {Stop: {Type: Succeed}}}
"""


def test_a_state_machine_of_a_template_is_named_by_its_logical_id(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)

    definition = load_definition(tmp_path / "template.yaml", {"Name": "me"}, resource="First")

    assert definition["States"]["Go"]["Result"] == "me"
    with pytest.raises(InputError, match="has several state machines: First, Second"):
        load_definition(tmp_path / "template.yaml")
    with pytest.raises(InputError, match="has no state machine 'Third'"):
        load_definition(tmp_path / "template.yaml", resource="Third")


WAIT = {"Type": "Wait", "Seconds": "${Delay}", "Comment": "${Delay} seconds", "End": True}
DELAYED = {"StartAt": "Wait", "States": {"Wait": WAIT}}


def test_a_substitution_that_is_no_text_stays_what_it_is():
    wait = load_definition(DELAYED, {"Delay": 5})["States"]["Wait"]

    assert (wait["Seconds"], wait["Comment"]) == (5, "5 seconds")


def test_a_misspelt_substitution_is_refused():
    with pytest.raises(InputError, match=r"nothing has a \$\{Dealy\}"):
        load_definition(DELAYED, {"Dealy": 5})


def test_a_definition_that_depends_on_a_condition_is_refused(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(
        "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n"
        "    Properties: {Definition: !If [A, {StartAt: A}, {StartAt: B}]}\n"
    )

    with pytest.raises(InputError, match="M depends on a condition"):
        load_definition(file)
