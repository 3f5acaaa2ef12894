"""The four jobs by hand, one after the other, on folders."""

import csv
import json
import os
import shutil
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.jobs.made import (
    done,
    pack,
    prepare,
    rows,
    run,
    run_program,
    train,
    write_project,
    write_rows,
)

ALGORITHMS = {
    "hist_gradient_boosting": ("--max_iter", "40", "--min_samples_leaf", "5"),
    "logistic_regression": ("-C", "0.5"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = write_project(tmp_path_factory.mktemp("project"))
    prepare(folder, folder / "out")
    return folder


@pytest.fixture(scope="module", params=ALGORITHMS)
def model(request, project):
    """The folder of a model's archive, and the archive's digest."""
    digest = train(project / "out", request.param, request.param, *ALGORITHMS[request.param])
    return project / "out" / request.param, digest


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_preprocess_counts_what_it_wrote(project):
    summary = read(project / "out" / "preprocessor" / "summary.json")

    assert summary["train"] == {"rows": 600, "rejected": 0}
    assert summary["test"] == {"rows": 300, "rejected": 0}
    (file,) = summary["data"]["training"]["files"]
    content = (project / "data" / "train" / "rows.csv").read_bytes()
    assert file == {
        "name": "rows.csv",
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
        "first_row": 1,
        "rows": 600,
    }


def test_a_model_vouches_for_each_of_its_files(model):
    folder, _ = model

    manifest = read(folder / "model" / "manifest.json")

    assert manifest["algorithm"] == folder.name
    assert set(manifest["files"]) == {"example.json", "model.joblib", "preprocessor.json"}
    assert manifest["label"] == {"column": "bought", "values": ["no", "yes"]}
    assert (manifest["rows"], manifest["rejected"]) == (600, 0)


def test_evaluate_finds_a_model_that_has_learnt_something(project, model):
    folder, digest = model

    done(run("evaluate", "--model", folder, "--test", project / "out" / "test", "--output", folder))

    metrics = read(folder / "evaluation" / "metrics.json")
    assert metrics["metrics"]["roc_auc"] > 0.9
    assert metrics["metrics"]["error"] == pytest.approx(1 - metrics["metrics"]["accuracy"])
    assert (metrics["rows"], metrics["rejected"]) == (300, 0)
    assert metrics["training"] == {"rows": 600, "rejected": 0}
    assert (metrics["model_sha256"], metrics["algorithm"]) == (digest, folder.name)
    assert (folder / "evaluation" / "metrics.json").stat().st_size < 10_000
    assert "<svg" in (folder / "evaluation" / "report.html").read_text(encoding="utf-8")


def predict(project, model, people, output):
    folder, digest = model
    trusted = ("--model", folder, "--model-sha256", digest)
    done(run("preprocess", "inference", *trusted, "--inference", people, "--output", output))
    done(run("predict", *trusted, "--features", output / "features", "--output", output))
    with (output / "predictions" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), read(output / "predictions" / "summary.json")


@pytest.mark.parametrize("model", ["hist_gradient_boosting"], indirect=True)
def test_predictions_agree_with_the_evaluation(project, model, tmp_path):
    lines, summary = predict(project, model, project / "data" / "people", tmp_path)

    done(
        run(
            "evaluate",
            "--model",
            model[0],
            "--test",
            project / "out" / "test",
            "--output",
            tmp_path,
        )
    )
    expected = [line.rsplit(",", 1)[1] for line in rows(300, 2)]
    wrong = sum(line["prediction"] != label for line, label in zip(lines, expected, strict=True))
    error = read(tmp_path / "evaluation" / "metrics.json")["metrics"]["error"]
    assert wrong / 300 == pytest.approx(error)
    assert summary == {"rows": 300, "predicted": 300, "rejected": 0, "model_sha256": model[1]}


@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
def test_each_row_has_one_line_in_order_and_rejected_ones_a_reason(project, model, tmp_path):
    header = "customer,age,visits,income,city"
    people = write_rows(
        tmp_path / "people",
        ["a,30,5,2e4,Ulm", "b,old,5,2e4,Ulm", "only", "c,?,,,Atlantis", 'd,40,"x,y",1,Ulm'],
        header,
    )

    lines, summary = predict(project, model, people, tmp_path / "out")

    assert [line["row"] for line in lines] == ["1", "2", "3", "4", "5"]
    assert [line["customer"] for line in lines] == ["a", "b", "", "c", "d"]
    assert [line["rejected"] for line in lines] == [
        "",
        "age is 'old': not a number",
        "1 fields where the header has 5",
        "",
        "visits is 'x,y': not a number",
    ]
    assert all((line["prediction"] in ("yes", "no")) == (not line["rejected"]) for line in lines)
    assert all((line["score"] == "") == bool(line["rejected"]) for line in lines)
    assert (summary["predicted"], summary["rejected"]) == (2, 3)


@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
def test_people_of_whom_none_can_be_parsed_still_have_a_line_each(project, model, tmp_path):
    people = write_rows(tmp_path / "people", ["a,x,1,1,Ulm"] * 3, "customer,age,visits,income,city")

    lines, summary = predict(project, model, people, tmp_path / "out")

    assert [line["row"] for line in lines] == ["1", "2", "3"]
    assert summary["predicted"] == 0


@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
def test_no_people_are_no_lines_and_that_is_said(project, model, tmp_path):
    people = write_rows(tmp_path / "people", [], "customer,age,visits,income,city")
    trusted, out = ("--model", model[0], "--model-sha256", model[1]), tmp_path / "out"

    prepared = run("preprocess", "inference", *trusted, "--inference", people, "--output", out)
    predicted = run("predict", *trusted, "--features", out / "features", "--output", out)

    assert f"no rows in {people}: there is nothing to predict\n" in done(prepared)
    assert f"no rows in {out / 'features'}: " in done(predicted)
    header = "row,customer,prediction,score,rejected\n"
    assert (out / "predictions" / "predictions.csv").read_text() == header


@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
def test_a_file_of_no_bytes_is_named(project, model, tmp_path):
    people = write_rows(tmp_path / "people", [])
    (people / "rows.csv").write_bytes(b"")
    trusted, out = ("--model", model[0], "--model-sha256", model[1]), tmp_path / "out"

    result = run("preprocess", "inference", *trusted, "--inference", people, "--output", out)

    reason = f"Error: {people}/rows.csv is empty: not even a header\n"
    assert (result.returncode, result.stderr) == (2, reason)


@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
def test_a_model_without_the_summary_of_preprocess_does_not_know_what_was_rejected(
    project, model, tmp_path
):
    out = project / "out"
    shutil.copy(out / "preprocessor" / "preprocessor.json", tmp_path)
    folders = ("--train", out / "train", "--preprocessor", tmp_path)
    algorithm = ("--model-dir", tmp_path / "model", "--algorithm", "logistic_regression")
    done(run("train", *folders, *algorithm))
    pack(tmp_path / "model", tmp_path)

    done(run("evaluate", "--model", tmp_path, "--test", out / "test", "--output", tmp_path))

    metrics = read(tmp_path / "evaluation" / "metrics.json")
    assert metrics["training"] == {"rows": 600, "rejected": None}


def test_the_examples_of_help_are_a_chain_that_works(tmp_path):
    write_project(tmp_path)
    steps = ["preprocess training", "train", "evaluate", "preprocess inference", "predict"]
    helps = [done(run(*step.split(), "--help")) for step in steps]
    script = "set -e\n" + "".join(text.split("Example:\n")[1] for text in helps)

    python = Path(sys.executable).parent
    path = f"{python}{os.pathsep}{os.environ['PATH']}"
    done(run_program(["bash", "-c", script], cwd=tmp_path, PATH=path))

    assert (tmp_path / "out" / "evaluation" / "report.html").is_file()
    assert read(tmp_path / "out" / "predictions" / "summary.json")["predicted"] == 300


@pytest.fixture(scope="module")
def features(project, model, tmp_path_factory):
    """What preprocess makes of the people for a model."""
    folder = tmp_path_factory.mktemp("features")
    trusted = ("--model", model[0], "--model-sha256", model[1])
    people = ("--inference", project / "data" / "people")
    done(run("preprocess", "inference", *trusted, *people, "--output", folder))
    return folder / "features"


@pytest.fixture
def jobs(project, model, features):
    """The command line of each job but for its output, with what it needs."""
    out, data = project / "out", project / "data"
    trusted = ("--model", model[0], "--model-sha256", model[1])
    people = (*trusted, "--inference", data / "people")
    both = ("--training", data / "train", "--test", data / "test")
    wanted = ("--features", project / "features.json")
    fitted = ("--train", out / "train", "--preprocessor", out / "preprocessor")
    return {
        "training": ("preprocess", "training", *wanted, *both, "--output"),
        "inference": ("preprocess", "inference", *people, "--output"),
        "train": ("train", *fitted, "--algorithm", "logistic_regression", "--model-dir"),
        "evaluate": ("evaluate", "--model", model[0], "--test", out / "test", "--output"),
        "predict": ("predict", *trusted, "--features", features, "--output"),
    }


@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
@pytest.mark.parametrize(
    ("job", "place"),
    [
        ("training", "file"),
        ("training", "file/below"),
        ("inference", "file"),
        ("train", "file"),
        ("evaluate", "file/below"),
        ("predict", "file"),
    ],
)
def test_an_output_folder_that_cannot_be_made_is_one_line_and_status_2(jobs, job, place, tmp_path):
    (tmp_path / "file").write_text("")

    result = run(*jobs[job], tmp_path / place)

    assert result.returncode == 2
    assert result.stderr.startswith(f"Error: {tmp_path / place}")
    assert result.stderr.endswith(": this folder cannot be made: a file is in its place\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, a full disk, is Linux's")
@pytest.mark.parametrize("model", ["logistic_regression"], indirect=True)
@pytest.mark.parametrize(
    ("job", "file"),
    [
        ("training", "train/codes.parquet"),
        ("inference", "features/codes.parquet"),
        ("train", "model.joblib"),
        ("evaluate", "evaluation/metrics.json"),
        ("predict", "predictions/predictions.csv"),
    ],
)
def test_a_full_disk_is_one_line_and_status_1(jobs, job, file, tmp_path):
    path = tmp_path / "full" / file
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/full")

    result = run(*jobs[job], tmp_path / "full")

    assert result.returncode == 1
    assert "No space left on device; free some, or give the job a larger" in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_training_twice_gives_the_same_bytes(project, model):
    folder, _ = model

    train(project / "out", "again", folder.name, *ALGORITHMS[folder.name])

    for name in ("model.joblib", "preprocessor.json", "manifest.json"):
        again = project / "out" / "again" / "model" / name
        assert again.read_bytes() == (folder / "model" / name).read_bytes()
