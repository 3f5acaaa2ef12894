"""Stacks as a deployment sees them: change sets, outputs, updates in place, rollback, refusals."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
import yaml
from botocore.exceptions import ClientError

from tests.engine.conftest import REGION, Engine, Killed

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"},
        }
    ],
}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "RoleName": "the-role",
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [{"PolicyName": "read", "PolicyDocument": READ}],
    },
}
LOG_GROUP = {
    "Type": "AWS::Logs::LogGroup",
    "Properties": {"LogGroupName": "/the/log", "RetentionInDays": 7},
}
GROUP = {
    "Type": "AWS::SageMaker::ModelPackageGroup",
    "Properties": {"ModelPackageGroupName": "the-models"},
}
MACHINE = {
    "Type": "AWS::StepFunctions::StateMachine",
    "Properties": {
        "StateMachineName": "the-machine",
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "Definition": {
            "StartAt": "A",
            "States": {"A": {"Type": "Pass", "Result": "s3://${Bucket}/x", "End": True}},
        },
        "DefinitionSubstitutions": {"Bucket": {"Ref": "Bucket"}},
        "LoggingConfiguration": {"Level": "ALL"},
    },
}
ARN = f"arn:aws:states:{REGION}:000000000000:stateMachine:the-machine"


def template(**resources: Any) -> dict[str, Any]:
    return {"Parameters": {"Bucket": {"Type": "String"}}, "Resources": resources}


WHOLE = {
    **template(Machine=MACHINE, Role=ROLE, Log=LOG_GROUP, Models=GROUP),
    "Description": "the stack",
    "Outputs": {
        "StateMachineArn": {"Value": {"Ref": "Machine"}, "Description": "the machine"},
        "RoleArn": {"Value": {"Fn::GetAtt": "Role.Arn"}},
    },
}


class Deployer:
    """Deploys one stack as `deploy.sh` does: through change sets."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.client = engine.client("cloudformation")
        self._count = 0

    def change_set(self, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        """A change set, described."""
        self._count += 1
        bucket = options.pop("bucket", "bucket")
        parameters = [{"ParameterKey": "Bucket", "ParameterValue": bucket}]
        created: dict[str, Any] = self.client.create_change_set(
            StackName="st",
            ChangeSetName=f"set-{self._count}",
            TemplateBody=yaml.safe_dump(body, sort_keys=False),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **{
                "ChangeSetType": "UPDATE",
                "Parameters": parameters if "Parameters" in body else [],
                **options,
            },
        )
        described: dict[str, Any] = self.client.describe_change_set(ChangeSetName=created["Id"])
        return described

    def create(self, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        return self.deploy(body, ChangeSetType="CREATE", **options)

    def deploy(self, body: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Execute a change set; the stack afterwards."""
        change_set = self.change_set(body, **options)
        self.client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
        return self.stack()

    def stack(self) -> dict[str, Any]:
        stack: dict[str, Any] = self.client.describe_stacks(StackName="st")["Stacks"][0]
        return stack

    def events(self) -> list[tuple[str, str, str]]:
        """(resource, status, reason), the oldest first."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName="st")
        events = [event for page in pages for event in page["StackEvents"]]
        return [
            (
                each["LogicalResourceId"],
                each["ResourceStatus"],
                each.get("ResourceStatusReason", ""),
            )
            for each in reversed(events)
        ]

    def definition(self) -> dict[str, Any]:
        states = self.engine.client("stepfunctions")
        loaded: dict[str, Any] = json.loads(
            states.describe_state_machine(stateMachineArn=ARN)["definition"]
        )
        return loaded


@pytest.fixture
def deployer(engine: Engine) -> Deployer:
    return Deployer(engine)


def changed(body: dict[str, Any], resource: str, **properties: Any) -> dict[str, Any]:
    """The template with other properties of one resource."""
    copied: dict[str, Any] = json.loads(json.dumps(body))
    copied["Resources"][resource]["Properties"].update(properties)
    return copied


def summary(change_set: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (change["Action"], change["LogicalResourceId"], change.get("Replacement", ""))
        for change in (each["ResourceChange"] for each in change_set["Changes"])
    ]


def test_a_first_change_set_adds_everything_in_the_order_of_the_work(deployer: Deployer) -> None:
    change_set = deployer.change_set(WHOLE, ChangeSetType="CREATE")

    assert change_set["Status"] == "CREATE_COMPLETE"
    assert deployer.stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert [(action, name) for action, name, _ in summary(change_set)] == [
        ("Add", "Role"),
        ("Add", "Log"),
        ("Add", "Models"),
        ("Add", "Machine"),
    ]


def test_a_created_stack_has_its_outputs_and_parameters(deployer: Deployer) -> None:
    stack = deployer.create(WHOLE)

    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Description"] == "the stack"
    assert stack["Parameters"] == [{"ParameterKey": "Bucket", "ParameterValue": "bucket"}]
    assert stack["Outputs"] == [
        {"OutputKey": "StateMachineArn", "OutputValue": ARN, "Description": "the machine"},
        {"OutputKey": "RoleArn", "OutputValue": "arn:aws:iam::000000000000:role/the-role"},
    ]


def test_resources_are_there_through_their_own_services(deployer: Deployer) -> None:
    deployer.create(WHOLE)

    iam, logs = deployer.engine.client("iam"), deployer.engine.client("logs")
    policy = iam.get_role_policy(RoleName="the-role", PolicyName="read")["PolicyDocument"]
    assert policy["Statement"][0]["Resource"] == "arn:aws:s3:::bucket/*"
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/the/log")["logGroups"]
    assert group["retentionInDays"] == 7
    models = deployer.engine.client("sagemaker").list_model_package_groups()
    assert [each["ModelPackageGroupName"] for each in models["ModelPackageGroupSummaryList"]] == [
        "the-models"
    ]


def test_substitutions_reach_the_definition(deployer: Deployer) -> None:
    deployer.create(WHOLE)

    assert deployer.definition()["States"]["A"]["Result"] == "s3://bucket/x"


def test_the_same_again_is_a_failed_change_set_in_awss_words(deployer: Deployer) -> None:
    deployer.create(WHOLE)

    change_set = deployer.change_set(WHOLE)

    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert change_set["StatusReason"].startswith(
        "The submitted information didn't contain changes."
    )


def test_another_parameter_alone_changes_what_it_reaches(deployer: Deployer) -> None:
    deployer.create(WHOLE)

    change_set = deployer.change_set(WHOLE, bucket="other")
    deployer.client.execute_change_set(ChangeSetName=change_set["ChangeSetId"])

    assert summary(change_set) == [("Modify", "Role", "False"), ("Modify", "Machine", "False")]
    assert deployer.definition()["States"]["A"]["Result"] == "s3://other/x"


def test_an_update_leaves_what_has_not_changed_alone(deployer: Deployer) -> None:
    deployer.create(WHOLE)
    before = len(deployer.events())

    deployer.deploy(changed(WHOLE, "Log", RetentionInDays=14))

    assert {name for name, _, _ in deployer.events()[before:]} == {"st", "Log"}


def test_another_name_replaces_the_resource_and_the_old_one_goes_last(deployer: Deployer) -> None:
    deployer.create(WHOLE)
    before = len(deployer.events())

    deployer.deploy(changed(WHOLE, "Role", RoleName="another-role"))

    steps = [(name, status) for name, status, _ in deployer.events()[before:]]
    assert steps.index(("Role", "CREATE_COMPLETE")) < steps.index(("Machine", "UPDATE_COMPLETE"))
    assert steps.index(("Machine", "UPDATE_COMPLETE")) < steps.index(("Role", "DELETE_COMPLETE"))
    roles = deployer.engine.client("iam").list_roles()["Roles"]
    assert [role["RoleName"] for role in roles] == ["another-role"]


def test_a_resource_that_left_the_template_is_deleted(deployer: Deployer) -> None:
    deployer.create(WHOLE)

    deployer.deploy(
        {**WHOLE, "Resources": {k: v for k, v in WHOLE["Resources"].items() if k != "Log"}}
    )

    assert deployer.engine.client("logs").describe_log_groups()["logGroups"] == []


def test_a_new_output_is_a_change(deployer: Deployer) -> None:
    deployer.create(template(Log=LOG_GROUP))

    stack = deployer.deploy(
        {**template(Log=LOG_GROUP), "Outputs": {"Log": {"Value": {"Ref": "Log"}}}}
    )

    assert stack["Outputs"] == [{"OutputKey": "Log", "OutputValue": "/the/log"}]


def test_a_failed_creation_is_rolled_back_and_says_why(deployer: Deployer) -> None:
    body = changed(WHOLE, "Machine", Definition={"StartAt": "invalid", "States": {}})

    stack = deployer.create(body)

    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("Machine", "CREATE_FAILED", "the definition is invalid") in deployer.events()
    assert deployer.engine.client("iam").list_roles()["Roles"] == []
    assert deployer.engine.client("logs").describe_log_groups()["logGroups"] == []
    models = deployer.engine.client("sagemaker").list_model_package_groups()
    assert models["ModelPackageGroupSummaryList"] == []


def test_a_rolled_back_creation_must_be_deleted_first(deployer: Deployer) -> None:
    deployer.create(changed(WHOLE, "Machine", Definition={"invalid": True}))

    with pytest.raises(ClientError, match="already exists"):
        deployer.change_set(WHOLE, ChangeSetType="CREATE")
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
        deployer.change_set(WHOLE)

    deployer.client.delete_stack(StackName="st")
    assert deployer.create(WHOLE)["StackStatus"] == "CREATE_COMPLETE"


def test_a_failed_update_restores_what_was(deployer: Deployer) -> None:
    before = deployer.create(WHOLE)
    body = changed(WHOLE, "Role", RoleName="another-role")
    body = changed(body, "Log", RetentionInDays=14)
    body = changed(body, "Machine", Definition={"invalid": True})

    stack = deployer.deploy(body, bucket="other")

    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert (stack["Outputs"], stack["Parameters"]) == (before["Outputs"], before["Parameters"])
    roles = deployer.engine.client("iam").list_roles()["Roles"]
    assert [role["RoleName"] for role in roles] == ["the-role"]
    (group,) = deployer.engine.client("logs").describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 7
    assert deployer.definition()["States"]["A"]["Result"] == "s3://bucket/x"
    assert deployer.change_set(WHOLE)["Status"] == "FAILED"  # nothing is left to change


@pytest.mark.parametrize("crash", ["before", "after"])
@pytest.mark.parametrize("kind", ["CREATE", "UPDATE"])
def test_a_deployment_that_a_crash_cut_short_is_taken_back_at_the_next_start(
    deployer: Deployer, kind: str, crash: Literal["before", "after"]
) -> None:
    engine = deployer.engine
    if kind == "UPDATE":
        deployer.create(changed(WHOLE, "Log", RetentionInDays=1))
    change_set = deployer.change_set(WHOLE, ChangeSetType=kind, bucket="other")
    engine.machines.crash = crash
    with pytest.raises(Killed):
        engine.application.cloudformation.respond(
            "ExecuteChangeSet", {"ChangeSetName": change_set["ChangeSetId"]}, REGION
        )
    engine.machines.crash = "never"

    engine.restart()

    again = Deployer(engine)
    prefix = "UPDATE_" if kind == "UPDATE" else ""
    assert again.stack()["StackStatus"] == f"{prefix}ROLLBACK_COMPLETE"
    assert len(engine.remarks) == 1
    assert f"st: was {kind}_IN_PROGRESS" in engine.remarks[0]
    roles = engine.client("iam").list_roles()["Roles"]
    if kind == "CREATE":
        assert (roles, engine.machines.machines) == ([], {})
    else:
        assert again.definition()["States"]["A"]["Result"] == "s3://bucket/x"
        (group,) = engine.client("logs").describe_log_groups()["logGroups"]
        assert group["retentionInDays"] == 1


def test_someone_elses_resource_is_neither_taken_nor_deleted(deployer: Deployer) -> None:
    iam = deployer.engine.client("iam")
    iam.create_role(RoleName="the-role", AssumeRolePolicyDocument=json.dumps(TRUST))

    stack = deployer.create(WHOLE)

    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("'the-role' already exists" in reason for _, _, reason in deployer.events())
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["the-role"]


def test_a_stack_is_deleted_with_all_it_made(deployer: Deployer) -> None:
    deployer.create(WHOLE)
    id = deployer.stack()["StackId"]

    deployer.client.delete_stack(StackName="st")

    with pytest.raises(ClientError, match="Stack with id st does not exist"):
        deployer.stack()
    deleted = deployer.client.describe_stacks(StackName=id)["Stacks"][0]
    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    assert deployer.engine.client("iam").list_roles()["Roles"] == []
    assert deployer.engine.machines.machines == {}


def test_stacks_survive_a_restart_to_the_letter(deployer: Deployer) -> None:
    def seen(deployer: Deployer) -> list[Any]:
        engine = deployer.engine
        answers = [
            deployer.client.describe_stacks(),
            deployer.client.describe_stack_events(StackName="st"),
            deployer.client.list_stack_resources(StackName="st"),
            engine.client("iam").get_role(RoleName="the-role"),
            engine.client("logs").describe_log_groups(),
            engine.client("sagemaker").describe_model_package_group(
                ModelPackageGroupName="the-models"
            ),
        ]
        return [{k: v for k, v in each.items() if k != "ResponseMetadata"} for each in answers]

    deployer.create(WHOLE)
    deployer.deploy(changed(WHOLE, "Log", RetentionInDays=14))
    before = seen(deployer)

    deployer.engine.restart()

    assert seen(Deployer(deployer.engine)) == before


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ({"Type": "AWS::CloudWatch::Alarm", "Properties": {}}, "Alarm"),
        ({"Type": "AWS::Logs::LogGroup", "Properties": {"DataProtectionPolicy": {}}}, "DataProt"),
        ({"Type": "AWS::Logs::LogGroup", "CreationPolicy": {}}, "CreationPolicy"),
        ({"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Snapshot"}, "Snapshot"),
        (
            {
                "Type": "AWS::Logs::LogGroup",
                "Properties": {"LogGroupName": {"Fn::ImportValue": "x"}},
            },
            "Fn::ImportValue",
        ),
    ],
)
def test_what_would_be_ignored_stops_the_deployment_by_name(
    deployer: Deployer, resource: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError, match=named) as error:
        deployer.change_set({"Resources": {"X": resource}}, ChangeSetType="CREATE")

    assert error.value.response["Error"]["Code"] == "ValidationError"
    assert deployer.client.list_stacks()["StackSummaries"] == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"Resources": {}, "Transform": "x"}, "Transform"),
        ({"Resources": {}, "Outputs": {"X": {"Value": "x", "Export": {}}}}, "Export"),
        (template(X=GROUP), r"Parameters: \[Bucket\] must have values"),
        (
            {"Resources": {"X": {**GROUP, "DependsOn": "Nope"}}},
            r"Unresolved resource dependencies \[Nope\]",
        ),
        (
            {"Resources": {"X": {**GROUP, "DependsOn": "Y"}, "Y": {**LOG_GROUP, "DependsOn": "X"}}},
            r"Circular dependency between resources: \[X, Y\]",
        ),
        ("not a template", "Template format error"),
        ("Resources: {A: {}, A: {}}", "twice"),
    ],
)
def test_a_wrong_template_is_refused(deployer: Deployer, body: Any, message: str) -> None:
    text = body if isinstance(body, str) else yaml.safe_dump(body)

    with pytest.raises(ClientError, match=message):
        deployer.client.create_change_set(
            StackName="st", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=text
        )


def test_roles_need_the_callers_consent(deployer: Deployer) -> None:
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_NAMED_IAM\]"):
        deployer.client.create_change_set(
            StackName="st",
            ChangeSetName="c",
            ChangeSetType="CREATE",
            TemplateBody=json.dumps(WHOLE),
            Parameters=[{"ParameterKey": "Bucket", "ParameterValue": "bucket"}],
        )


def test_a_template_is_read_from_the_bucket(engine: Engine, s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="t.yaml", Body=json.dumps({"Resources": {"L": LOG_GROUP}}))
    client = engine.client("cloudformation")

    client.create_stack(
        StackName="st", TemplateURL=f"https://s3.{REGION}.amazonaws.com/bucket/t.yaml"
    )

    assert client.describe_stacks()["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"


def test_intrinsic_functions_give_awss_values(deployer: Deployer) -> None:
    joined = {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}, {"Fn::Select": [1, ["x", "y"]]}]]}
    outputs = {
        "Join": joined,
        "Literal": {"Fn::Sub": "${!Keep} ${AWS::StackName}"},
        "Own": {"Fn::Sub": ["${Own}", {"Own": {"Ref": "AWS::AccountId"}}]},
        "If": {"Fn::If": ["Big", "yes", "no"]},
        "Map": {"Fn::FindInMap": ["M", "a", "b"]},
        "Split": {"Fn::Select": [2, {"Fn::Split": [":", "a:b:c"]}]},
    }
    body = {
        "Parameters": {"Size": {"Type": "Number", "Default": 3}},
        "Conditions": {
            "Big": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Size"}, "1"]}]},
            "Never": {"Fn::And": [{"Condition": "Big"}, {"Fn::Equals": ["a", "b"]}]},
        },
        "Mappings": {"M": {"a": {"b": "c"}}},
        "Resources": {"L": LOG_GROUP, "Absent": {**GROUP, "Condition": "Never"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }

    stack = deployer.create(body, Parameters=[])

    assert {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]} == {
        "Join": f"a-{REGION}-y",
        "Literal": "${Keep} st",
        "Own": "000000000000",
        "If": "yes",
        "Map": "c",
        "Split": "c",
    }
    assert [name for name, status, _ in deployer.events() if status == "CREATE_COMPLETE"] == [
        "L",
        "st",
    ]


def test_a_variable_without_a_substitution_is_refused(deployer: Deployer) -> None:
    stack = deployer.create(changed(WHOLE, "Machine", DefinitionSubstitutions={}))

    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("${Bucket} has no value" in reason for _, _, reason in deployer.events())


def test_a_stacks_tags_reach_its_resources(deployer: Deployer) -> None:
    deployer.create(WHOLE, Tags=[{"Key": "project", "Value": "census"}])

    tags = deployer.engine.client("iam").list_role_tags(RoleName="the-role")["Tags"]
    assert tags == [{"Key": "project", "Value": "census"}]


def test_a_policy_a_topic_and_a_queue_are_what_the_template_says(deployer: Deployer) -> None:
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": "the-policy",
            "PolicyDocument": READ,
            "Roles": [{"Ref": "Role"}],
        },
    }
    inline = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "inline",
            "PolicyDocument": READ,
            "Roles": [{"Ref": "Role"}],
        },
    }
    topic = {
        "Type": "AWS::SNS::Topic",
        "Properties": {"TopicName": "the-topic", "DisplayName": "a topic"},
    }
    queue = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": "the-queue", "VisibilityTimeout": 60},
    }
    body = template(Role=ROLE, Policy=policy, Inline=inline, Topic=topic, Queue=queue)
    iam, sns, sqs = (deployer.engine.client(name) for name in ("iam", "sns", "sqs"))

    def seen() -> list[Any]:
        (attached,) = iam.list_attached_role_policies(RoleName="the-role")["AttachedPolicies"]
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
        (arn,) = (each["TopicArn"] for each in sns.list_topics()["Topics"])
        (url,) = sqs.list_queues()["QueueUrls"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        return [
            document["PolicyVersion"]["Document"]["Statement"][0]["Resource"],
            iam.list_role_policies(RoleName="the-role")["PolicyNames"],
            sns.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"],
            attributes["Attributes"]["VisibilityTimeout"],
        ]

    assert deployer.create(body)["StackStatus"] == "CREATE_COMPLETE"
    assert seen() == ["arn:aws:s3:::bucket/*", ["read", "inline"], "a topic", "60"]

    body = changed(changed(body, "Queue", VisibilityTimeout=90), "Topic", DisplayName="another")
    assert deployer.deploy(body, bucket="other")["StackStatus"] == "UPDATE_COMPLETE"
    assert seen() == ["arn:aws:s3:::other/*", ["read", "inline"], "another", "90"]

    deployer.client.delete_stack(StackName="st")
    assert iam.list_roles()["Roles"] + iam.list_policies(Scope="Local")["Policies"] == []
    assert sns.list_topics()["Topics"] == []
    assert "QueueUrls" not in sqs.list_queues()
