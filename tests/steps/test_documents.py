"""What the jobs really write has the form that the definitions count on."""

import json

import jsonschema
import pytest

from pipelines.steps import documents
from tests.jobs.made import done, prepare, run, train, write_project


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder in which each job has left what it writes."""
    project = write_project(tmp_path_factory.mktemp("project"))
    out = project / "out"
    prepare(project, out)
    digest = train(out, "model", "logistic_regression", "-C", "0.5")
    trusted = ("--model", out / "model", "--model-sha256", digest)
    people = project / "data" / "people"
    done(run("evaluate", "--model", out / "model", "--test", out / "test", "--output", out))
    done(run("preprocess", "inference", *trusted, "--inference", people, "--output", out))
    done(run("predict", *trusted, "--features", out / "features", "--output", out))
    return out


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("evaluation/metrics.json", documents.METRICS),
        ("predictions/summary.json", documents.SUMMARY),
    ],
)
def test_a_document_has_the_declared_form(out, written, schema):
    jsonschema.validate(json.loads((out / written).read_text(encoding="utf-8")), schema)
