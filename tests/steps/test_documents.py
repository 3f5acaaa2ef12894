"""What the jobs really write has the form that the definitions count on."""

import json

import jsonschema
import pytest

from pipelines.bundle.documents import documents as bundled
from pipelines.steps import documents
from tests.environments import make_environment
from tests.jobs.made import done, prepare, run, train, write_project

ENVIRONMENT = make_environment(
    evaluation={"resamples": 10, "slices": ("city",)},
    gate={
        "metric": "roc_auc",
        "at_least": 0.5,
        "champion": {"interval": "above zero"},
        "allowed_leaks": ("age",),
    },
)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder in which each job has left what it writes."""
    project = write_project(tmp_path_factory.mktemp("project"))
    out = project / "out"
    prepare(project, out)
    digest = train(out, "model", "logistic_regression", "-C", "0.5")
    trusted = ("--model", out / "model", "--model-sha256", digest)
    people = project / "data" / "people"
    (project / "evaluation.json").write_bytes(bundled(ENVIRONMENT)["evaluation.json"])
    done(
        run(
            "evaluate",
            *(
                "--model",
                out / "model",
                "--test",
                out / "test",
                "--rows",
                project / "data" / "test",
            ),
            *("--evaluation", project / "evaluation.json"),
            *("--champion", out / "model", "--champion-sha256", digest),
            *("--output", out),
        )
    )
    done(run("preprocess", "inference", *trusted, "--inference", people, "--output", out))
    done(run("predict", *trusted, "--features", out / "features", "--output", out))
    return out


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("evaluation/metrics.json", documents.metrics(ENVIRONMENT)),
        ("predictions/summary.json", documents.SUMMARY),
    ],
)
def test_a_document_has_the_declared_form(out, written, schema):
    jsonschema.validate(json.loads((out / written).read_text(encoding="utf-8")), schema)
