"""What can be known before a deployment: ours is not complained about, and faults are found."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from typing import Any

import cfnlint.api
import pytest
from cfnlint.config import ManualArgs
from statelint.config import Config
from statelint.linter import Linter

from pipelines.checks.project import check_builds, check_definition
from pipelines.checks.text import lines
from pipelines.definitions.definition import canonical
from pipelines.environment.load import load_environment
from pipelines.environment.project import environment_names
from pipelines.template.build import Build, build
from tests.conftest import ROOT
from tests.environments import BUNDLE, make_environment


@pytest.fixture(scope="module")
def sound() -> Build:
    return build(make_environment(), BUNDLE, ["training"])


def with_fault(built: Build, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> Build:
    """A copy whose training definition and template were changed after our own rules."""
    document = copy.deepcopy(dict(built.definitions["training"].document))
    template = copy.deepcopy(dict(built.templates["training"]))
    template["Resources"]["StateMachine"]["Properties"]["Definition"] = document
    change(document["States"], template["Resources"])
    definition = dataclasses.replace(built.definitions["training"], document=document)
    return dataclasses.replace(
        built,
        definitions={**built.definitions, "training": definition},
        templates={**built.templates, "training": template},
    )


def test_an_environment_of_this_repository_is_sound():
    """The one with the most resources; `make check` looks at all."""
    built = build(load_environment(ROOT, "prod"), BUNDLE)

    assert list(lines(check_builds([built], ROOT))) == []


@pytest.mark.parametrize("pipeline", ["training", "inference"])
def test_cfn_lint_finds_nothing_in_a_whole_template_either(pipeline, tmp_path):
    """The project's check leaves the definition in it to our own rules."""
    built = build(load_environment(ROOT, "prod"), BUNDLE, [pipeline])
    file = tmp_path / "template.yaml"
    file.write_bytes(built.files[f"{pipeline}.yaml"])

    assert cfnlint.api.lint_file(file, ManualArgs(regions=["eu-central-1"])) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            lambda states, _: states["Train"]["Parameters"].update(TrainingJobNam="x"),
            "States.Train.Parameters.TrainingJobNam",
        ),
        (
            lambda states, _: states["Train"]["Parameters"]["ResourceConfig"].update(
                VolumeSizeInGB="thirty"
            ),
            "VolumeSizeInGB",
        ),
        (
            lambda states, _: states["Register"]["Parameters"].update(ModelApprovalStatus="Fine"),
            "ModelApprovalStatus",
        ),
        (
            lambda _, resources: resources["LogGroup"]["Properties"].update(RetentionInDays=91),
            "dev/training.yaml:",
        ),
        (
            lambda _, resources: resources["JobRole"]["Properties"].update(RolName="x"),
            "RolName",
        ),
    ],
)
def test_a_fault_is_found_and_said_where(sound, change, finding):
    findings = list(lines(check_builds([with_fault(sound, change)], ROOT)))

    assert any(finding in found for found in findings), findings


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("id", "States.Format('{}-again', $.id)", "P157"),
        ("id", "$.id", "P157"),
        ("role.$", "${JobRoleArn}", "P159"),
    ],
)
def test_what_a_generated_definition_never_means_is_an_error(sound, field, value, rule):
    """Of a definition that a person wrote, the checker warns of it."""

    def change(states, _):
        states["Defaults"]["Parameters"][field] = value

    definition = with_fault(sound, change).definitions["training"]
    findings = check_definition(definition, "training.asl.json")

    assert rule in {found.rule for found in findings if found.severity == "error"}


@pytest.mark.parametrize("environment", environment_names(ROOT))
@pytest.mark.parametrize("pipeline", ["training", "inference"])
def test_a_second_opinion(environment, pipeline):
    """statelint's rules URI and FLOAT refuse what AWS takes; its patterns know no line break."""
    definition = build(load_environment(ROOT, environment), BUNDLE).definitions[pipeline]
    document = json.loads(json.dumps(definition.document).replace("\\n", " "))

    assert Linter.validate(document, Config(["URI", "FLOAT"])) == []


@pytest.mark.parametrize(
    ("model", "finding"),
    [
        (
            {"algorithm": "logistic_regression", "hyperparameters": {"max_itr": 5}},
            "logistic_regression has no hyperparameter 'max_itr'",
        ),
        (
            {"algorithm": "hist_gradient_boosting", "hyperparameters": {"learning_rate": -1}},
            "learning_rate",
        ),
        (
            {
                "algorithm": "hist_gradient_boosting",
                "tune": {
                    "metric": "roc_auc",
                    "max_jobs": 2,
                    "ranges": {"learning_rate": {"min": 0, "max": 1}},
                },
            },
            "learning_rate is '0', not a number above 0",
        ),
    ],
)
def test_a_hyperparameter_that_the_job_would_refuse_is_found(model, finding):
    [found] = check_builds([build(make_environment(model=model), BUNDLE, ["training"])], ROOT)

    assert found.rule == "P501"
    assert finding in found.message


def test_a_finding_names_the_line_of_the_file_and_of_the_python_that_made_the_state(sound):
    built = with_fault(
        sound, lambda states, _: states["Train"]["Parameters"].update(TrainingJobNam="x")
    )

    [found] = [each for each in check_builds([built], ROOT) if each.state == "Train"]

    assert found.file == "build/dev/training.asl.json"
    text = canonical(built.definitions["training"].document).splitlines()
    assert "TrainingJobNam" in text[found.line - 1]
    assert found.made_at[0] == "pipelines/steps/train.py"
