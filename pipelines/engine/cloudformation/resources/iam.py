"""AWS::IAM::Role, ManagedPolicy and Policy.

They are visible through IAM's API. Policies are recorded, not enforced, by all of the engine.
"""

from __future__ import annotations

import json
from typing import Any

from pipelines.engine.cloudformation.resources.base import (
    Place,
    Properties,
    ResourceType,
    absent,
    by_key,
    found,
    tag_changes,
)

_NO_SUCH = "NoSuchEntity"


class Role(ResourceType):
    """AWS::IAM::Role."""

    type = "AWS::IAM::Role"
    named_by = "RoleName"
    honoured = frozenset(
        {
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        }
    )
    required = frozenset({"AssumeRolePolicyDocument"})
    replacing = frozenset({"Path", "RoleName"})
    attributes = frozenset({"Arn", "RoleId"})

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return name

    def exists(self, name: str, place: Place) -> bool:
        return found(lambda: place.call("iam", "GetRole", RoleName=name), _NO_SUCH)

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        place.call(
            "iam",
            "CreateRole",
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]),
            Path=properties.get("Path"),
            Description=properties.get("Description"),
            MaxSessionDuration=properties.get("MaxSessionDuration"),
            PermissionsBoundary=properties.get("PermissionsBoundary"),
            Tags=properties.get("Tags"),
        )
        self._set_policies(name, {}, properties, place)
        return self._attributes(name, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        if _differ(old, new, "AssumeRolePolicyDocument"):
            place.call(
                "iam",
                "UpdateAssumeRolePolicy",
                RoleName=name,
                PolicyDocument=json.dumps(new["AssumeRolePolicyDocument"]),
            )
        if _differ(old, new, "Description", "MaxSessionDuration"):
            place.call(
                "iam",
                "UpdateRole",
                RoleName=name,
                Description=new.get("Description", ""),
                MaxSessionDuration=new.get("MaxSessionDuration", 3600),
            )
        boundary = new.get("PermissionsBoundary")
        if boundary is not None:
            place.call(
                "iam", "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=boundary
            )
        elif "PermissionsBoundary" in old:
            place.call("iam", "DeleteRolePermissionsBoundary", RoleName=name)
        self._set_policies(name, old, new, place)
        to_set, to_remove = tag_changes(old, new)
        if to_set:
            place.call("iam", "TagRole", RoleName=name, Tags=to_set)
        if to_remove:
            place.call("iam", "UntagRole", RoleName=name, TagKeys=to_remove)
        return self._attributes(name, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        with absent(_NO_SUCH):
            self._set_policies(name, properties, {}, place)
            place.call("iam", "DeleteRole", RoleName=name)

    def _set_policies(self, name: str, old: Properties, new: Properties, place: Place) -> None:
        before = by_key(old.get("Policies") or [], "PolicyName")
        after = by_key(new.get("Policies") or [], "PolicyName")
        for policy in after.values():
            if before.get(policy["PolicyName"]) != policy:
                place.call(
                    "iam",
                    "PutRolePolicy",
                    RoleName=name,
                    PolicyName=policy["PolicyName"],
                    PolicyDocument=json.dumps(policy["PolicyDocument"]),
                )
        for gone in before.keys() - after.keys():
            with absent(_NO_SUCH):
                place.call("iam", "DeleteRolePolicy", RoleName=name, PolicyName=gone)
        attached = set(old.get("ManagedPolicyArns") or [])
        wanted = set(new.get("ManagedPolicyArns") or [])
        for arn in sorted(wanted - attached):
            place.call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
        for arn in sorted(attached - wanted):
            with absent(_NO_SUCH):
                place.call("iam", "DetachRolePolicy", RoleName=name, PolicyArn=arn)

    def _attributes(self, name: str, place: Place) -> dict[str, str]:
        role = place.call("iam", "GetRole", RoleName=name)["Role"]
        return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


class ManagedPolicy(ResourceType):
    """AWS::IAM::ManagedPolicy, attached to roles."""

    type = "AWS::IAM::ManagedPolicy"
    named_by = "ManagedPolicyName"
    honoured = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"})
    required = frozenset({"PolicyDocument"})
    replacing = frozenset({"Description", "ManagedPolicyName", "Path"})
    attributes = frozenset({"PolicyArn"})
    takes_tags = False

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        path = properties.get("Path", "/")
        return place.arn("iam", f"policy{path}{name}", region="")

    def exists(self, name: str, place: Place) -> bool:
        policies = place.call("iam", "ListPolicies", Scope="Local", MaxItems=1000)["Policies"]
        return any(policy["PolicyName"] == name for policy in policies)

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        place.call(
            "iam",
            "CreatePolicy",
            PolicyName=name,
            PolicyDocument=json.dumps(properties["PolicyDocument"]),
            Path=properties.get("Path"),
            Description=properties.get("Description"),
        )
        return self._attach(name, {}, properties, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = self.physical_id(name, new, place)
        if old["PolicyDocument"] != new["PolicyDocument"]:
            # A policy keeps five versions: CloudFormation keeps the default one only.
            document = json.dumps(new["PolicyDocument"])
            place.call(
                "iam",
                "CreatePolicyVersion",
                PolicyArn=arn,
                PolicyDocument=document,
                SetAsDefault=True,
            )
            self._delete_versions(arn, place)
        return self._attach(name, old, new, place)

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        arn = self.physical_id(name, properties, place)
        with absent(_NO_SUCH):
            self._attach(name, properties, {"Path": properties.get("Path", "/")}, place)
            self._delete_versions(arn, place)
            place.call("iam", "DeletePolicy", PolicyArn=arn)

    def _delete_versions(self, arn: str, place: Place) -> None:
        for version in place.call("iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                place.call(
                    "iam",
                    "DeletePolicyVersion",
                    PolicyArn=arn,
                    VersionId=version["VersionId"],
                )

    def _attach(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        arn = self.physical_id(name, new, place)
        before, after = set(old.get("Roles") or []), set(new.get("Roles") or [])
        for role in sorted(after - before):
            place.call("iam", "AttachRolePolicy", RoleName=role, PolicyArn=arn)
        for role in sorted(before - after):
            with absent(_NO_SUCH):
                place.call("iam", "DetachRolePolicy", RoleName=role, PolicyArn=arn)
        return {"PolicyArn": arn}


class Policy(ResourceType):
    """AWS::IAM::Policy: one inline policy, on one or more roles."""

    type = "AWS::IAM::Policy"
    named_by = "PolicyName"
    honoured = frozenset({"PolicyDocument", "PolicyName", "Roles"})
    required = frozenset({"PolicyDocument", "PolicyName", "Roles"})
    replacing = frozenset({"PolicyName"})
    attributes = frozenset()
    takes_tags = False

    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        return name

    def exists(self, name: str, place: Place) -> bool:
        # An inline policy has no being of its own: putting it is all that there is.
        return False

    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        return self.update(name, {}, properties, place)

    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        for role in new["Roles"]:
            document: Any = new["PolicyDocument"]
            place.call(
                "iam",
                "PutRolePolicy",
                RoleName=role,
                PolicyName=name,
                PolicyDocument=json.dumps(document),
            )
        self._remove(name, set(old.get("Roles") or []) - set(new["Roles"]), place)
        return {}

    def delete(self, name: str, properties: Properties, place: Place) -> None:
        self._remove(name, set(properties["Roles"]), place)

    def _remove(self, name: str, roles: set[str], place: Place) -> None:
        for role in sorted(roles):
            with absent(_NO_SUCH):
                place.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=name)


def _differ(old: Properties, new: Properties, *names: str) -> bool:
    return any(old.get(name) != new.get(name) for name in names)
