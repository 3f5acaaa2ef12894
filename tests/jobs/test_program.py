"""How jobs end, and how they introduce themselves."""

import subprocess
import sys
from errno import EIO, ENOENT, ENOSPC

import pytest

from jobs import program
from preprocessing.errors import DataError
from tests.jobs.made import run

JOBS = ("preprocess", "train", "evaluate", "predict")


@pytest.mark.parametrize("job", JOBS)
def test_help_has_an_example_and_does_not_wait_for_libraries(job):
    result = run(job, "--help", PYTHONPROFILEIMPORTTIME="1")

    assert result.returncode == 0
    assert f"python -m jobs.{job}" in result.stdout
    # pyarrow, which `--help` may import, takes 0.3 s; scikit-learn takes 2.
    assert "sklearn" not in result.stderr


@pytest.mark.parametrize("pipeline", ["training", "inference"])
def test_each_way_to_preprocess_has_an_example(pipeline):
    assert f"jobs.preprocess {pipeline}" in run("preprocess", pipeline, "--help").stdout


@pytest.mark.parametrize("job", JOBS)
def test_a_missing_argument_is_status_2(job):
    assert run(job).returncode == 2


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (DataError("x is\nwrong"), 2, "Error: x is wrong\n"),
        (program.JobError("it broke"), 1, "Error: it broke\n"),
        (FileNotFoundError(ENOENT, "No such file", "a/b"), 2, "Error: a/b: No such file\n"),
        (OSError(EIO, "Input/output error", "a/b"), 1, "Error: a/b: Input/output error\n"),
        (
            OSError(ENOSPC, "No space left on device"),
            1,
            "Error: No space left on device; free some, or give the job a larger volume\n",
        ),
        (MemoryError(), 1, "Error: out of memory; use an instance type with more of it\n"),
    ],
)
def test_an_error_is_one_line_and_a_status(error, status, line, capsys):
    def job():
        raise error

    with pytest.raises(SystemExit) as exit:
        program.end(job, leave=sys.exit)

    assert exit.value.code == status
    assert capsys.readouterr().err == line


def test_a_bug_leaves_its_traceback_in_the_log_and_the_reason_last(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SM_OUTPUT_DIR", str(tmp_path))

    with pytest.raises(SystemExit) as exit:
        program.end(lambda: {}["missing"], "failure", leave=sys.exit)

    lines = capsys.readouterr().err.splitlines()
    assert exit.value.code == 1
    assert lines[0].startswith("Traceback")
    assert lines[-1] == "Error: KeyError: 'missing'"
    assert (tmp_path / "failure").read_text() == "KeyError: 'missing'"


def test_a_job_that_is_done_exits_0():
    with pytest.raises(SystemExit) as exit:
        program.end(lambda: None, leave=sys.exit)

    assert exit.value.code == 0


def test_what_libraries_do_as_a_process_ends_is_not_waited_for():
    """As Arrow does now and then: the work is done and written, and the process aborts."""
    job = "import atexit, os\nfrom jobs import program\natexit.register(os.abort)\n"
    job += "program.end(lambda: print('done', end=''))"

    done = subprocess.run([sys.executable, "-c", job], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "done")
