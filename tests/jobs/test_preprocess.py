"""preprocess: what it refuses, and how it sets test rows aside."""

import csv
import json

import pytest

from tests.jobs.made import done, rows, run, write_project, write_rows


def training(project, *arguments, **environment):
    required = ("--features", project / "features.json", "--output", project / "out")
    return run("preprocess", "training", *required, *arguments, **environment)


def counts(project):
    summary = json.loads((project / "out" / "preprocessor" / "summary.json").read_text())
    return summary["train"], summary["test"]


def listed(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rejected_rows_of_training_and_test_are_listed_apart(tmp_path):
    project = write_project(tmp_path)
    data = project / "data"
    write_rows(data / "train", [*rows(50, 1), "x,old,1,1,Ulm,yes", "x,1,1,1,Ulm,"])
    write_rows(data / "test", [*rows(50, 2), "x,1,1,1,Ulm,perhaps"])

    done(training(project, "--training", data / "train", "--test", data / "test"))

    assert counts(project) == ({"rows": 50, "rejected": 2}, {"rows": 50, "rejected": 1})
    reasons = [(r["row"], r["reason"]) for r in listed(project / "out/preprocessor/rejected.csv")]
    assert reasons == [("51", "not a number"), ("52", "a label is missing")]
    (reject,) = listed(project / "out/test/rejected.csv")
    assert (reject["row"], reject["column"], reject["value"]) == ("51", "bought", "perhaps")


def test_a_fraction_of_the_rows_is_set_aside_each_in_one_part(tmp_path):
    from pyarrow import parquet

    project = write_project(tmp_path)
    write_rows(project / "data" / "train", [*rows(600, 1), *["x,old,1,1,Ulm,yes"] * 40])

    done(training(project, "--training", project / "data" / "train", "--test-fraction", "0.25"))

    train, test = counts(project)
    assert (train["rows"] + test["rows"], train["rejected"] + test["rejected"]) == (600, 40)
    assert 100 < test["rows"] < 200
    assert test["rejected"] > 0
    parts = [parquet.read_table(project / "out" / p / "codes.parquet") for p in ("train", "test")]
    numbers = sorted(row for part in parts for row in part.column("_row").to_pylist())
    assert numbers == list(range(1, 601))
    document = json.loads((project / "out/preprocessor/preprocessor.json").read_text())
    assert document["rows"] == train["rows"]


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (
            lambda p: (p / "features.json").write_text("{}"),
            "the features' label needs the key column",
        ),
        (lambda p: (p / "features.json").unlink(), "features.json: No such file or directory"),
        (
            lambda p: write_rows(p / "data" / "train", ["1,2"], "age,bough"),
            "no label column 'bought' (did you mean 'bough'?)",
        ),
        (
            lambda p: write_rows(p / "data" / "test", ["1,2"], "age,bought"),
            "no column 'customer'",
        ),
        (
            lambda p: write_rows(p / "data" / "train", ["x,old,1,1,Ulm,yes"]),
            "every row was rejected, as row 1: age is 'old': not a number",
        ),
        (
            lambda p: write_rows(p / "data" / "test", ["a,1,1,1,Ulm,"]),
            "every test row was rejected, as row 1: bought is '': a label is missing",
        ),
        (lambda p: write_rows(p / "data" / "test", []), "no rows in "),
        (lambda p: (p / "data/test/rows.csv").write_bytes(b""), "rows.csv is empty: not even a"),
        (
            lambda p: (p / "data/train/rows.csv").write_bytes("größe\n".encode("latin1")),
            "rows.csv: the header is not UTF-8",
        ),
    ],
)
def test_wrong_input_is_one_line_and_status_2(tmp_path, prepare, message):
    project = write_project(tmp_path)
    prepare(project)
    data = project / "data"

    result = training(project, "--training", data / "train", "--test", data / "test")

    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_an_archive_with_another_digest_is_not_opened(tmp_path):
    (tmp_path / "model.tar.gz").write_bytes(b"anything")

    result = run(
        "preprocess", "inference", "--model", tmp_path, "--model-sha256", "0" * 64,
        "--inference", tmp_path, "--output", tmp_path / "out",
    )  # fmt: skip

    assert result.returncode == 2
    assert "is not the expected model: its sha256 is" in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_reason_is_left_where_sagemaker_looks(tmp_path):
    project = write_project(tmp_path)

    training(
        project, "--training", project / "no", "--test-fraction", "0.5", SM_OUTPUT_DIR=str(tmp_path)
    )

    assert (tmp_path / "message").read_text() == f"{project / 'no'}: no such folder"


@pytest.mark.parametrize("fraction", ["0", "1", "-0.1", "nan", "abc", ""])
def test_a_fraction_is_between_0_and_1(tmp_path, fraction):
    result = training(tmp_path, "--training", tmp_path, f"--test-fraction={fraction}")

    assert result.returncode == 2
    expected = f"argument --test-fraction: must be a number between 0 and 1, not {fraction!r}\n"
    assert result.stderr.endswith(expected)


@pytest.mark.parametrize(
    ("fraction", "reason"),
    [
        ("1e-9", "the test fraction 1e-09 of 600 rows leaves no test row; choose a larger one"),
        ("0.999999999", "of 600 rows leaves no training row; choose a smaller one"),
    ],
)
def test_a_fraction_that_leaves_a_part_empty_is_blamed_and_nothing_is_written(
    tmp_path, fraction, reason
):
    project = write_project(tmp_path)

    result = training(project, "--training", project / "data/train", "--test-fraction", fraction)

    assert result.returncode == 2
    assert reason in result.stderr
    assert not (project / "out").exists()
