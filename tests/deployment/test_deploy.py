"""A deployment: what is refused, what is done in which order, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.aws import AwsError
from pipelines.bundle import build_bundle
from pipelines.clock import JumpingClock
from pipelines.deployment.change_set import Request
from pipelines.deployment.deploy import Deployment, deploy
from pipelines.deployment.events import StackEvent
from pipelines.deployment.plan import Plan
from pipelines.environment.model import Environment
from pipelines.errors import DeploymentError, InputError
from tests.deployment.fakes import Aws, environment, refused

STACKS = ["demo-dev-foundation", "demo-dev-training", "demo-dev-inference"]


class Progress:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.plans: list[Plan] = []
        self.events: list[tuple[str, str, float | None]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def plan(self, plan: Plan) -> None:
        self.plans.append(plan)

    def event(self, event: StackEvent, duration_s: float | None) -> None:
        self.events.append((event.resource, event.status, duration_s))


class Deploying:
    """A project whose templates a test can change between deployments."""

    def __init__(self, root: Path) -> None:
        for package in ("jobs", "preprocessing"):
            (root / package).mkdir()
            (root / package / "__init__.py").write_text("")
        self.root = root
        self.aws = Aws()
        self.environment: Environment = environment()
        self.bucket = "our-bucket"
        # Of the code when the templates were made; None: it is as it was.
        self.code_digest: str | None = None
        self.templates: dict[str, dict[str, Any]] = {
            "foundation": {
                "Parameters": {"Bucket": {"Type": "String"}},
                "Resources": {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup"}},
                "Outputs": {
                    "Bucket": {"Value": "{Bucket}"},
                    "ModelPackageGroupName": {"Value": "demo-dev-models"},
                },
            },
            "training": self._pipeline("training"),
            "inference": self._pipeline("inference"),
        }

    @staticmethod
    def _pipeline(name: str) -> dict[str, Any]:
        return {
            "Parameters": {
                "Bucket": {"Type": "String"},
                "ModelPackageGroupName": {"Type": "String"},
            },
            "Resources": {
                "Role": {"Type": "AWS::IAM::Role"},
                "StateMachine": {"Type": "AWS::StepFunctions::StateMachine"},
            },
            "Outputs": {"StateMachineArn": {"Value": f"arn:{name}"}},
        }

    def __call__(self) -> tuple[Deployment, Progress]:
        progress = Progress()
        return self.into(progress), progress

    def into(self, progress: Progress) -> Deployment:
        digest = self.code_digest or build_bundle(self.root, self.environment).digest
        built: Any = SimpleNamespace(
            environment=self.environment,
            definitions={"training": SimpleNamespace(code_digest=digest)},
            templates=self.templates,
            files={
                f"{name}.yaml": json.dumps(body).encode() for name, body in self.templates.items()
            },
        )
        return deploy(
            built,
            self.bucket,
            self.aws.connection,
            self.root,
            progress=progress,
            clock=JumpingClock(),
        )

    def fails(self, error: type[Exception] = DeploymentError) -> tuple[Any, Progress]:
        progress = Progress()
        with pytest.raises(error) as caught:
            self.into(progress)
        return caught.value, progress


@pytest.fixture
def deploying(tmp_path: Path) -> Deploying:
    return Deploying(tmp_path)


class TestAFirstDeployment:
    def test_creates_the_three_stacks_in_order(self, deploying: Deploying) -> None:
        deployment, _ = deploying()

        assert deploying.aws.cloudformation.executed == STACKS
        assert [d.stack.name for d in deployment.stacks] == STACKS
        assert {d.stack.status for d in deployment.stacks} == {"CREATE_COMPLETE"}

    def test_parameters_are_the_bucket_and_outputs_of_earlier_stacks(
        self, deploying: Deploying
    ) -> None:
        deploying()

        parameters = [
            {p["ParameterKey"]: p["ParameterValue"] for p in request["Parameters"]}
            for request in deploying.aws.cloudformation.requests
        ]
        both = {"Bucket": "our-bucket", "ModelPackageGroupName": "demo-dev-models"}
        assert parameters == [{"Bucket": "our-bucket"}, both, both]

    def test_asks_for_named_roles_and_no_more_and_tags_the_stacks(
        self, deploying: Deploying
    ) -> None:
        deploying()

        for request in deploying.aws.cloudformation.requests:
            assert request["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
            assert request["Tags"] == [{"Key": "team", "Value": "a"}]

    def test_shows_each_plan_before_and_each_resource_after(self, deploying: Deploying) -> None:
        _, progress = deploying()

        assert str(progress.plans[1]) == (
            "stack demo-dev-training\n"
            "  Add    Role          AWS::IAM::Role\n"
            "  Add    StateMachine  AWS::StepFunctions::StateMachine"
        )
        training = progress.events[4:10]
        assert training == [
            ("demo-dev-training", "CREATE_IN_PROGRESS", None),
            ("Role", "CREATE_IN_PROGRESS", None),
            ("StateMachine", "CREATE_IN_PROGRESS", None),
            ("Role", "CREATE_COMPLETE", 4.0),
            ("StateMachine", "CREATE_COMPLETE", 4.0),
            ("demo-dev-training", "CREATE_COMPLETE", 10.0),
        ]

    def test_uploads_the_code_with_the_archive_last(self, deploying: Deploying) -> None:
        deployment, progress = deploying()

        prefix = f"demo/dev/code/{deployment.code.digest}"
        assert deploying.aws.s3.puts[-1] == f"{prefix}/sourcedir.tar.gz"
        assert all(key.startswith(f"{prefix}/source/") for key in deploying.aws.s3.puts[:-1])
        assert f"code {deployment.code.digest[:12]}: 5 files" in progress.lines[1]

    def test_a_large_template_goes_through_the_bucket(self, deploying: Deploying) -> None:
        deploying.templates["training"]["Description"] = "x" * 51_200

        deploying()

        request = deploying.aws.cloudformation.requests[1]
        assert "TemplateBody" not in request
        assert request["TemplateURL"].startswith(
            "https://s3.eu-west-1.amazonaws.com/our-bucket/demo/dev/templates/"
        )

    def test_a_parameter_that_nothing_supplies_is_named(self, deploying: Deploying) -> None:
        deploying.templates["training"]["Parameters"]["Topic"] = {"Type": "String"}

        error, _ = deploying.fails()

        assert "stack demo-dev-training needs Topic" in str(error)

    def test_a_parameter_with_a_default_needs_no_value(self, deploying: Deploying) -> None:
        deploying.templates["training"]["Parameters"]["Days"] = {"Type": "String", "Default": "9"}

        deploying()

        assert deploying.aws.cloudformation.executed == STACKS


class TestASecondDeployment:
    @pytest.mark.parametrize(
        "text",
        [
            "The submitted information didn't contain changes. Submit different information.",
            "No updates are to be performed.",
        ],
    )
    def test_without_changes_it_succeeds_and_leaves_no_change_set(
        self, deploying: Deploying, text: str
    ) -> None:
        deploying()
        deploying.aws.cloudformation.no_changes = text

        deployment, progress = deploying()

        assert all(deployed.plan.is_empty for deployed in deployment.stacks)
        assert str(progress.plans[0]) == "stack demo-dev-foundation\n  no changes"
        assert deploying.aws.cloudformation.executed == STACKS
        assert deploying.aws.cloudformation.change_sets == {}

    def test_uploads_nothing(self, deploying: Deploying) -> None:
        deploying()
        before = list(deploying.aws.s3.puts)

        deployment, progress = deploying()

        assert deploying.aws.s3.puts == before
        assert str(deployment.code).endswith("is there already, nothing uploaded")
        assert str(deployment.code) in progress.lines

    def test_an_upload_that_was_cut_off_is_done_again(self, deploying: Deploying) -> None:
        deploying.aws.s3.fails_at = "preprocessing/__init__.py"
        deploying.fails(AwsError)
        deploying.aws.s3.fails_at = None

        deployment, _ = deploying()

        assert deployment.code.files == 5

    def test_an_archive_that_was_changed_by_hand_is_uploaded_again(
        self, deploying: Deploying
    ) -> None:
        deploying()
        archive = deploying.aws.s3.puts[-1]
        deploying.aws.s3.metadata[archive] = {"sha256": "somebody else's"}

        deployment, _ = deploying()

        assert deployment.code.files == 5

    def test_only_the_stack_that_changes_is_touched(self, deploying: Deploying) -> None:
        deploying()
        resources = deploying.templates["training"]["Resources"]
        resources["StateMachine"]["Properties"] = {"Definition": "new"}
        del resources["Role"]

        _, progress = deploying()

        assert deploying.aws.cloudformation.executed == [*STACKS, "demo-dev-training"]
        assert str(progress.plans[1]) == (
            "stack demo-dev-training\n"
            "  Modify StateMachine  AWS::StepFunctions::StateMachine (replaced)\n"
            "  Remove Role          AWS::IAM::Role"
        )

    def test_a_new_output_is_deployed_though_no_resource_changes(
        self, deploying: Deploying
    ) -> None:
        deploying()
        deploying.templates["inference"]["Outputs"]["Region"] = {"Value": "here"}

        deployment, progress = deploying()

        assert deployment.stacks[2].stack.outputs["Region"] == "here"
        assert "only outputs or tags change" in str(progress.plans[2])

    def test_a_change_set_left_by_an_interrupted_deployment_is_replaced(
        self, deploying: Deploying
    ) -> None:
        template = json.dumps(deploying.templates["foundation"])
        left = Request(STACKS[0], template, parameters={"Bucket": "our-bucket"}, tags={"team": "a"})
        deploying.aws.cloudformation.change_sets[STACKS[0], left.change_set_name] = {}

        deploying()

        assert deploying.aws.cloudformation.executed == STACKS


class TestFailures:
    def test_the_resource_that_failed_first_is_named_with_its_reason(
        self, deploying: Deploying
    ) -> None:
        deploying.aws.cloudformation.failures = {"StateMachine": "The role is not there yet"}

        error, _ = deploying.fails()

        assert str(error) == (
            "stack demo-dev-training ended in ROLLBACK_COMPLETE\n"
            "  StateMachine (AWS::StepFunctions::StateMachine): The role is not there yet"
        )
        assert "undone" in error.hint

    def test_stacks_after_the_one_that_failed_are_not_touched(self, deploying: Deploying) -> None:
        deploying.aws.cloudformation.failures = {"Role": "no"}

        deploying.fails()

        assert "demo-dev-inference" not in deploying.aws.cloudformation.stacks
        assert (
            deploying.aws.cloudformation.stacks["demo-dev-foundation"].status == "CREATE_COMPLETE"
        )

    def test_a_failed_update_is_a_failure_though_the_stack_is_whole(
        self, deploying: Deploying
    ) -> None:
        deploying()
        deploying.templates["training"]["Resources"]["Role"]["Properties"] = {"new": True}
        deploying.aws.cloudformation.failures = {"Role": "no"}

        error, _ = deploying.fails()

        assert "ended in UPDATE_ROLLBACK_COMPLETE" in str(error)

    def test_the_next_deployment_deletes_what_a_failed_first_one_left_and_says_so(
        self, deploying: Deploying
    ) -> None:
        deploying.aws.cloudformation.failures = {"StateMachine": "no"}
        deploying.fails()
        deploying.aws.cloudformation.failures = {}

        deployment, progress = deploying()

        assert {d.stack.status for d in deployment.stacks} == {"CREATE_COMPLETE"}
        assert any("demo-dev-training is left over" in line for line in progress.lines)
        assert ("demo-dev-training", "DELETE_COMPLETE", 2.0) in progress.events

    def test_a_template_that_cloudformation_does_not_take_leaves_nothing_behind(
        self, deploying: Deploying
    ) -> None:
        deploying.aws.cloudformation.refusals = {STACKS[1]: "Template error: no such attribute"}

        error, _ = deploying.fails()

        assert "does not take the template of stack demo-dev-training: Template error" in str(error)
        assert STACKS[1] not in deploying.aws.cloudformation.stacks
        assert deploying.aws.cloudformation.change_sets == {}

    def test_a_network_that_comes_back_is_waited_for_and_said(self, deploying: Deploying) -> None:
        hiccup = AwsError("AWS does not answer.", transient=True)
        deploying.aws.cloudformation.hiccups = [hiccup, hiccup]

        _, progress = deploying()

        assert deploying.aws.cloudformation.executed == STACKS
        assert "AWS does not answer. Trying again in 2 s …" in progress.lines

    def test_a_network_that_stays_away_ends_the_waiting(self, deploying: Deploying) -> None:
        hiccup = AwsError("AWS does not answer.", transient=True)
        deploying.aws.cloudformation.hiccups = [hiccup] * 100

        error, _ = deploying.fails(AwsError)

        assert error is hiccup


class TestRefusals:
    """Refused means: nothing was uploaded and no change set was made."""

    @pytest.fixture(autouse=True)
    def _nothing_happens(self, deploying: Deploying) -> Any:
        yield
        assert deploying.aws.s3.puts == []
        assert deploying.aws.cloudformation.requests == []

    def test_another_account_than_the_configurations(self, deploying: Deploying) -> None:
        deploying.environment = environment(account="999999999999")

        error, _ = deploying.fails()

        assert "belongs in account 999999999999; these credentials are of account 1234" in str(
            error
        )
        assert "config/dev.yaml" in error.hint

    def test_code_that_was_edited_while_the_templates_were_checked(
        self, deploying: Deploying
    ) -> None:
        """The templates would name code that is in no bucket."""
        deploying.code_digest = "0" * 64

        error, _ = deploying.fails()

        assert str(error) == "the code has changed since the templates were made"

    def test_a_bucket_that_does_not_exist(self, deploying: Deploying) -> None:
        deploying.bucket = "no-such-bucket"

        error, _ = deploying.fails(InputError)

        assert str(error) == "there is no bucket no-such-bucket"
        assert error.hint == "Make it: aws s3 mb s3://no-such-bucket --region eu-west-1"

    def test_a_bucket_in_another_region(self, deploying: Deploying) -> None:
        deploying.aws.s3.buckets["our-bucket"] = "us-east-1"

        error, _ = deploying.fails(InputError)

        assert str(error) == "the bucket our-bucket lies in us-east-1, and dev in eu-west-1"

    def test_a_bucket_of_somebody_else(self, deploying: Deploying) -> None:
        deploying.aws.s3.owners["our-bucket"] = "999999999999"

        error, _ = deploying.fails(InputError)

        assert "is not account 123456789012's" in str(error)

    @pytest.mark.parametrize("name", ["s3://our-bucket", "Our-Bucket", "ab", "a..b", "our_bucket"])
    def test_what_cannot_be_a_bucket(self, deploying: Deploying, name: str) -> None:
        deploying.bucket = name

        error, _ = deploying.fails(InputError)

        assert repr(name) in str(error)

    def test_a_stack_that_is_busy(self, deploying: Deploying) -> None:
        deploying.aws.cloudformation.with_stack(STACKS[2], "UPDATE_IN_PROGRESS")

        error, _ = deploying.fails()

        assert str(error) == "stack demo-dev-inference is busy: UPDATE_IN_PROGRESS"

    @pytest.mark.parametrize(
        ("status", "remedy"),
        [
            ("ROLLBACK_FAILED", "delete-stack"),
            ("DELETE_FAILED", "delete-stack"),
            ("UPDATE_FAILED", "rollback-stack"),
            ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ],
    )
    def test_a_stack_that_is_stuck_comes_with_the_way_out(
        self, deploying: Deploying, status: str, remedy: str
    ) -> None:
        deploying.aws.cloudformation.with_stack(STACKS[1], status)

        error, _ = deploying.fails()

        assert f"stack demo-dev-training is stuck in {status}" in str(error)
        command = f"aws cloudformation {remedy} --stack-name demo-dev-training --region eu-west-1"
        assert command in error.hint

    def test_a_missing_permission_is_not_taken_for_a_missing_stack(
        self, deploying: Deploying
    ) -> None:
        denied = refused("AccessDenied", "not authorized to perform: cloudformation:DescribeStacks")

        def describe_stacks(**_: Any) -> Any:
            raise denied

        deploying.aws.cloudformation.describe_stacks = describe_stacks  # type: ignore[method-assign]

        error, _ = deploying.fails(AwsError)

        assert error is denied


def test_the_local_engine_gets_its_bucket_made(deploying: Deploying) -> None:
    deploying.environment = environment(engine="local")
    deploying.bucket = "demo-bucket"

    _, progress = deploying()

    assert deploying.aws.s3.buckets["demo-bucket"] == "eu-west-1"
    assert "bucket demo-bucket made on the local engine" in progress.lines


def test_the_name_of_a_change_set_follows_from_its_content() -> None:
    one = Request("a-stack", "{}", parameters={"Bucket": "a"})

    assert (
        one.change_set_name == Request("a-stack", "{}", parameters={"Bucket": "a"}).change_set_name
    )
    assert (
        one.change_set_name != Request("a-stack", "{}", parameters={"Bucket": "b"}).change_set_name
    )
