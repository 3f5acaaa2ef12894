"""What `create` writes: reviewed, reproducible, and no wider than the steps need."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import resources
from typing import Any

import pytest
import yaml

from pipelines.environment.load import load_environment
from pipelines.environment.project import environment_names
from pipelines.errors import CheckError
from pipelines.template.build import Build, build
from pipelines.template.yaml_text import _plain, yaml_text
from tests.conftest import ROOT
from tests.environments import BUNDLE, make_environment

ENVIRONMENTS = environment_names(ROOT)
# The digest of the code changes with every change of the code; golden files must not.


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def built(request: pytest.FixtureRequest) -> Build:
    return build(load_environment(ROOT, request.param), BUNDLE)


def policy_statements(built: Build) -> list[tuple[str, dict[str, Any]]]:
    """(role, statement) of every role in every template."""
    return [
        (resource["Properties"]["RoleName"], statement)
        for template in built.templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
        for policy in resource["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def text(resource: Any) -> str:
    """A resource as a string, `Fn::Sub` or not."""
    return resource["Fn::Sub"] if isinstance(resource, dict) else resource


def test_is_the_reviewed_one(built, golden):
    for file, content in built.files.items():
        golden(f"{built.environment.name}/{file}", content.decode())


def test_the_pure_python_writer_of_yaml_gives_the_same_bytes(built):
    class PureDumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    for template in built.templates.values():
        pure = yaml.dump(
            _plain(template),
            Dumper=PureDumper,
            sort_keys=False,
            allow_unicode=True,
            width=1_000_000,
        )
        assert yaml_text(template) == pure


def test_a_template_is_read_back_as_it_was_built(built):
    for template in built.templates.values():
        assert yaml.safe_load(yaml_text(template)) == json.loads(json.dumps(template))


def test_a_wildcard_stands_only_where_aws_takes_no_resource(built):
    """By AWS's own table of actions and resources, which cfn-lint ships."""
    table = json.loads(
        resources.files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text()
    )
    # Of a metric nothing but the namespace can be named, which the condition does.
    by_condition = {"cloudwatch:PutMetricData"}

    for role, statement in policy_statements(built):
        if "*" not in as_list(statement["Resource"]):
            continue
        for action in as_list(statement["Action"]):
            service, name = action.split(":")
            takes = table[service]["Actions"][name.lower()].get("Resources", [])
            narrowed = action in by_condition and "Condition" in statement
            assert not takes or narrowed, f"{role}: {action} could name {takes}"


def test_every_action_in_a_policy_exists(built):
    table = json.loads(
        resources.files("cfnlint.data.AdditionalSpecs").joinpath("Policies.json").read_text()
    )
    for _, statement in policy_statements(built):
        for action in as_list(statement["Action"]):
            service, name = action.split(":")
            assert name.lower() in table[service]["Actions"], action


def test_everything_of_sagemakers_is_limited_to_the_environments_prefix(built):
    for role, statement in policy_statements(built):
        for resource in map(text, as_list(statement["Resource"])):
            if ":sagemaker:" in resource:
                name = resource.split("/", 1)[1]
                # The endpoint is called as the environment is.
                own = name == built.environment.prefix and ":endpoint/" in resource
                assert own or name.startswith(f"{built.environment.prefix}-"), f"{role}: {resource}"


def test_a_role_is_passed_to_one_service_and_only_the_jobs_role(built):
    passing = [s for _, s in policy_statements(built) if "iam:PassRole" in as_list(s["Action"])]

    assert len(passing) == 2  # training and inference
    for statement in passing:
        assert text(statement["Resource"]) == "${JobRole.Arn}"
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
        }


def test_every_statement_names_the_states_that_need_it(built):
    for pipeline, definition in built.definitions.items():
        names = {re.sub(r"[^A-Za-z0-9]", "", step.name.title()) for step in definition.steps}
        for role, statement in policy_statements(built):
            if f"-{pipeline}-" in role:
                assert any(
                    statement["Sid"].startswith(name) for name in {*names, "StateMachine"}
                ), statement["Sid"]


def test_a_role_is_assumed_only_from_this_account(built):
    for template in built.templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::Role":
                [trust] = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
                assert trust["Condition"]["StringEquals"] == {
                    "aws:SourceAccount": {"Ref": "AWS::AccountId"}
                }


def test_every_substitution_is_declared_and_used(built):
    for pipeline, definition in built.definitions.items():
        machine = built.templates[pipeline]["Resources"]["StateMachine"]["Properties"]
        used = set(re.findall(r"\$\{(\w+)\}", json.dumps(definition.document)))
        assert set(machine["DefinitionSubstitutions"]) == used


def test_no_account_but_the_image_registrys_is_written_down(built):
    for file, content in built.files.items():
        found = set(re.findall(rb"(?<!\d)\d{12}(?!\d)", content))
        registry = set(re.findall(rb"(\d{12})\.dkr\.ecr|ecr:[a-z0-9-]+:(\d{12})", content))
        assert found <= {a or b for a, b in registry}, file


SCRIPT = """
import sys
from pathlib import Path
from pipelines.environment.load import load_environment
from pipelines.template.build import build
from tests.environments import BUNDLE
root = Path(sys.argv[1])
for name in sys.argv[2:]:
    for file, content in build(load_environment(root, name), BUNDLE).files.items():
        print(name, file, content.hex())
"""


def test_nothing_ambient_changes_a_byte():
    """Another region, profile, time zone, locale, hash seed and folder: the same bytes."""

    def output(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, str(ROOT), *ENVIRONMENTS],
            cwd=environment.pop("folder"),
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    here = output(folder=str(ROOT), PYTHONHASHSEED="1")
    there = output(
        folder="/",
        PYTHONHASHSEED="2",
        AWS_DEFAULT_REGION="cn-north-1",
        AWS_PROFILE="nobody",
        AWS_ENDPOINT_URL="http://127.0.0.1:1",
        TZ="Pacific/Kiritimati",
        LC_ALL="tr_TR.UTF-8",
        SOURCE_DATE_EPOCH="1",
    )

    assert here.count("\n") == 10 * len(ENVIRONMENTS)
    assert here == there


def test_one_pipeline_can_be_built_alone():
    built = build(make_environment(), BUNDLE, ["inference"])

    assert sorted(built.templates) == ["foundation", "inference"]


def test_a_role_name_that_iam_does_not_take_is_refused():
    name = "a-long-name-of-an-environment-32"
    project = "a-long-name-of-a-project-as-well"

    with pytest.raises(CheckError, match="characters"):
        build(make_environment(project=project, name=name), BUNDLE)


def test_without_tags_no_resource_has_the_property():
    for template in build(make_environment(tags={}), BUNDLE).templates.values():
        for resource in template["Resources"].values():
            assert "Tags" not in resource["Properties"]
