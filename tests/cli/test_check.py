"""`check FILE …`: any definition or template, from a shell and for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
BAD = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
DOUBTFUL = {
    "StartAt": "A",
    "States": {
        "A": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "End": True,
        }
    },
}


@pytest.fixture
def check(tmp_path):
    """Runs `check` in a folder that is no project."""

    def check(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipelines", "check", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return check


@pytest.fixture
def write(tmp_path):
    def write(name: str, definition: object) -> str:
        Path(tmp_path, name).write_text(json.dumps(definition, indent=1))
        return name

    return write


def test_a_sound_definition_exits_0(check, write):
    done = check(write("good.json", GOOD))

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 state machine: nothing to complain about.\n"


def test_an_error_exits_1_and_says_where_what_and_how_many(check, write):
    done = check(write("good.json", GOOD), write("bad.json", BAD))

    assert done.returncode == 1
    assert done.stdout.startswith(
        "bad.json:6:4: error P111 at States.A.Next: there is no state 'B'"
    )
    assert "2 state machines: 1 error, " in done.stderr


def test_a_warning_exits_0_unless_strict(check, write):
    file = write("doubtful.json", DOUBTFUL)

    assert check(file).returncode == 0
    assert check("--strict", file).returncode == 1


def test_json_is_for_programs(check, write):
    done = check("--format", "json", write("bad.json", BAD))

    [finding] = [
        each for each in json.loads(done.stdout)["findings"] if each["severity"] == "error"
    ]
    assert finding["rule"] == "P111"
    assert (finding["file"], finding["line"], finding["state"]) == ("bad.json", 6, "A")
    assert finding["path"] == "States.A.Next"


def test_sarif_is_for_code_hosts(check, write):
    done = check("--format", "sarif", write("bad.json", BAD))

    document = json.loads(done.stdout)
    assert document["version"] == "2.1.0"
    assert document["runs"][0]["results"][0]["ruleId"] == "P111"


def test_with_a_baseline_only_new_findings_count(check, write):
    file = write("bad.json", BAD)

    assert check("--write-baseline", "known.json", file).returncode == 0
    done = check("--baseline", "known.json", file)
    assert (done.returncode, done.stdout) == (0, "")
    assert "known and not shown: 1" in done.stderr

    write("bad.json", {**BAD, "Version": 1})
    done = check("--baseline", "known.json", file)
    assert done.returncode == 1
    assert "P111" not in done.stdout


def test_the_inputs_schema_makes_paths_certain(check, write):
    reading = {
        "StartAt": "A",
        "States": {"A": {"Type": "Wait", "SecondsPath": "$.delay", "End": True}},
    }
    schema = {"type": "object", "properties": {"name": {}}, "additionalProperties": False}
    file = write("reading.json", reading)

    assert check(file).returncode == 0
    done = check("--input-schema", write("schema.json", schema), file)
    assert done.returncode == 1
    assert "$.delay" in done.stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nowhere.json",), "nowhere.json cannot be read: No such file"),
        (("broken.json",), "broken.json:1:2: it is not JSON"),
        (("service.yml",), "service.yml: there is no state machine in this file"),
        (("training", "good.json"), "training is no file"),
        (("--baseline", "nowhere.json", "good.json"), "the baseline nowhere.json cannot be read"),
        (("--baseline", "deep.json", "good.json"), "the baseline deep.json: it is nested too deep"),
        (("--input-schema", "deep.json", "good.json"), "deep.json: it is nested too deep"),
        (("deep.yaml",), "nested too deep"),
        (("--input-schema", "broken.json", "good.json"), "broken.json:1:2: it is not JSON"),
        (("dev",), "config/base.yaml"),
        (("machines",), "machines is a folder, and no environment\nName the files in it: "),
        (("",), "config/base.yaml"),
        (("machines", "good.json"), "machines is no file"),
        (("machines/",), "machines cannot be read: Is a directory"),
    ],
)
def test_bad_input_exits_2_without_a_traceback(check, write, tmp_path, words, problem):
    write("good.json", GOOD)
    (tmp_path / "machines").mkdir()
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "service.yml").write_text("service: churn")
    (tmp_path / "deep.json").write_text('{"a":' * 50_000)
    (tmp_path / "deep.yaml").write_text("[" * 100_000 + "]" * 100_000)

    done = check(*words)

    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nothing_was_checked_nothing_is_called_good(check):
    done = check("nowhere.json")

    assert done.stderr.splitlines()[-1] == "Nothing was checked."


@pytest.mark.parametrize("name", ["machine", "./training"])
def test_a_file_needs_no_particular_name(check, write, name):
    done = check(write(name, BAD))

    assert (done.returncode, "P111" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "text", [json.dumps(BAD), "StartAt: A\nStates: {A: {Type: Pass, Next: B}}"]
)
def test_a_definition_comes_from_standard_input(tmp_path, text):
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "check", "-"],
        cwd=tmp_path,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout.startswith("/dev/stdin:")
    assert "P111" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_no_bug_of_ours(tmp_path, write, unbuffered):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", "check", write("bad.json", BAD)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert "Error: No space left on device" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize(("content", "status"), [(GOOD, 0), (BAD, 1)])
def test_without_an_output_the_exit_status_says_it(tmp_path, write, content, status):
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m pipelines check {write('any.json', content)} >&-"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert done.returncode == status
    assert "bug" not in done.stderr


def test_a_schema_may_have_a_byte_order_mark(check, write, tmp_path):
    (tmp_path / "schema.json").write_text("{}", encoding="utf-8-sig")

    assert check("--input-schema", "schema.json", write("good.json", GOOD)).returncode == 0


def test_a_file_that_cannot_be_read_holds_up_no_other(check, write):
    done = check("nowhere.json", write("bad.json", BAD))

    assert done.returncode == 2
    assert "P111" in done.stdout
