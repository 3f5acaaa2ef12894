"""SageMaker's model registry: groups, and their versioned packages.

moto has these too, and loses what matters: an update without customer metadata erases it, one
without a status erases the approval, a package without a status has none, a group made twice
forgets its first making, a group's ARN makes no package, nothing can be deleted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipelines.engine.registry.files import (
    NAME,
    RegistryFiles,
    group_arn,
    invalid,
    package_arn,
)
from pipelines.engine.wire.service import ServiceError, UnknownOperation

Request = Mapping[str, Any]

_STATUSES = ("Approved", "Rejected", "PendingManualApproval")
# Kept as given. `SkipModelValidation` and `ClientToken` ask for what is done anyway.
_KEPT = {
    "AdditionalInferenceSpecifications",
    "CustomerMetadataProperties",
    "Domain",
    "DriftCheckBaselines",
    "InferenceSpecification",
    "MetadataProperties",
    "ModelApprovalStatus",
    "ModelMetrics",
    "ModelPackageDescription",
    "SamplePayloadUrl",
    "SourceUri",
    "Task",
}
_ACCEPTED = _KEPT | {"ClientToken", "ModelPackageGroupName", "SkipModelValidation", "Tags"}
_SUMMARY = (
    "CreationTime",
    "ModelApprovalStatus",
    "ModelPackageArn",
    "ModelPackageDescription",
    "ModelPackageGroupName",
    "ModelPackageStatus",
    "ModelPackageVersion",
)


class ModelPackages:
    """Answers SageMaker's operations on model package groups and model packages."""

    def __init__(self, root: Path) -> None:
        self._files = RegistryFiles(root)
        self._lock = threading.RLock()
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "AddTags": self._add_tags,
            "CreateModelPackage": self._create,
            "CreateModelPackageGroup": self._create_group,
            "DeleteModelPackage": self._delete,
            "DeleteModelPackageGroup": self._delete_group,
            "DeleteTags": self._delete_tags,
            "DescribeModelPackage": self._describe,
            "DescribeModelPackageGroup": self._describe_group,
            "ListModelPackageGroups": self._list_groups,
            "ListModelPackages": self._list,
            "ListTags": self._list_tags,
            "UpdateModelPackage": self._update,
        }

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        answer = self.operations.get(operation)
        if answer is None:
            raise UnknownOperation(operation)
        with self._lock:
            return answer(request)

    # Groups

    def _create_group(self, request: Request) -> dict[str, Any]:
        _only(request, {"ModelPackageGroupName", "ModelPackageGroupDescription", "Tags"})
        name = request["ModelPackageGroupName"]
        if not NAME.fullmatch(name):
            raise invalid(f"{name!r} is not a valid model package group name.")
        if self._files.has_group(name):
            raise invalid(f"Model Package Group already exists: {group_arn(name)}")
        group = {
            "ModelPackageGroupName": name,
            "ModelPackageGroupArn": group_arn(name),
            "ModelPackageGroupDescription": request.get("ModelPackageGroupDescription", ""),
            "CreationTime": time.time(),
            "CreatedBy": {},
            "ModelPackageGroupStatus": "Completed",
            "Tags": request.get("Tags") or [],
            "Versions": 0,
        }
        self._files.save_group(group)
        return {"ModelPackageGroupArn": group["ModelPackageGroupArn"]}

    def _describe_group(self, request: Request) -> dict[str, Any]:
        group = self._files.group(request["ModelPackageGroupName"])
        return {name: value for name, value in group.items() if name not in ("Tags", "Versions")}

    def _list_groups(self, request: Request) -> dict[str, Any]:
        groups = [
            {k: v for k, v in group.items() if k not in ("Tags", "Versions", "CreatedBy")}
            for group in self._files.groups()
            if request.get("NameContains", "") in group["ModelPackageGroupName"]
        ]
        return _page(groups, request, "ModelPackageGroupSummaryList", "ModelPackageGroupName")

    def _delete_group(self, request: Request) -> dict[str, Any]:
        group = self._files.group(request["ModelPackageGroupName"])
        if self._files.packages(group["ModelPackageGroupName"]):
            raise ServiceError(
                "ConflictException",
                f"Model Package Group cannot be deleted: {group['ModelPackageGroupArn']} "
                "still contains model packages.",
            )
        self._files.delete_group(group)
        return {}

    # Packages

    def _create(self, request: Request) -> dict[str, Any]:
        if "ModelPackageName" in request or "ModelPackageGroupName" not in request:
            raise invalid("The local engine has model packages in groups only.")
        _only(request, _ACCEPTED)
        _check_status(request.get("ModelApprovalStatus", "Approved"))
        group = self._files.group(request["ModelPackageGroupName"])
        if "InferenceSpecification" not in request and "SourceUri" not in request:
            raise invalid("Missing InferenceSpecification: a package is of a model.")
        group["Versions"] += 1
        name, version = group["ModelPackageGroupName"], group["Versions"]
        arn = package_arn(name, version)
        package = {
            "ModelApprovalStatus": "PendingManualApproval",
            **{key: request[key] for key in sorted(_KEPT & request.keys())},
            "CertifyForMarketplace": False,
            "CreatedBy": {},
            "CreationTime": time.time(),
            "ModelPackageArn": arn,
            "ModelPackageGroupName": name,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
            "ModelPackageVersion": version,
            "Tags": request.get("Tags") or [],
        }
        # The number first: a crash in between skips one, and never gives one twice.
        self._files.save_group(group)
        self._files.save(package)
        return {"ModelPackageArn": arn}

    def _describe(self, request: Request) -> dict[str, Any]:
        package = self._files.package(request["ModelPackageName"])
        return {name: value for name, value in package.items() if name != "Tags"}

    def _list(self, request: Request) -> dict[str, Any]:
        _only(
            request,
            {
                "CreationTimeAfter",
                "CreationTimeBefore",
                "MaxResults",
                "ModelApprovalStatus",
                "ModelPackageGroupName",
                "ModelPackageType",
                "NameContains",
                "NextToken",
                "SortBy",
                "SortOrder",
            },
        )
        if "ModelPackageGroupName" in request:
            groups = [self._files.group(request["ModelPackageGroupName"])["ModelPackageGroupName"]]
        elif request.get("ModelPackageType", "Unversioned") == "Unversioned":
            groups = []
        else:
            groups = [group["ModelPackageGroupName"] for group in self._files.groups()]
        status = request.get("ModelApprovalStatus")
        after = request.get("CreationTimeAfter", 0)
        before = request.get("CreationTimeBefore", float("inf"))
        summaries = [
            {key: package[key] for key in _SUMMARY if key in package}
            for group in groups
            for package in self._files.packages(group)
            if status in (None, package["ModelApprovalStatus"])
            and after < package["CreationTime"] < before
            and request.get("NameContains", "") in package["ModelPackageGroupName"]
        ]
        return _page(summaries, request, "ModelPackageSummaryList", "ModelPackageGroupName")

    def _update(self, request: Request) -> dict[str, Any]:
        metadata = "CustomerMetadataProperties"
        _only(
            request,
            {
                "ApprovalDescription",
                "ClientToken",
                metadata,
                f"{metadata}ToRemove",
                "ModelApprovalStatus",
                "ModelPackageArn",
            },
        )
        package = self._files.package(request["ModelPackageArn"])
        if "ModelApprovalStatus" in request:
            _check_status(request["ModelApprovalStatus"])
            package["ModelApprovalStatus"] = request["ModelApprovalStatus"]
        if "ApprovalDescription" in request:
            package["ApprovalDescription"] = request["ApprovalDescription"]
        kept = {**package.get(metadata, {}), **request.get(metadata, {})}
        for key in request.get(f"{metadata}ToRemove", []):
            kept.pop(key, None)
        if kept or metadata in package:
            package[metadata] = kept
        package["LastModifiedTime"] = time.time()
        package["LastModifiedBy"] = {}
        self._files.save(package)
        return {"ModelPackageArn": package["ModelPackageArn"]}

    def _delete(self, request: Request) -> dict[str, Any]:
        package = self._files.package(request["ModelPackageName"])
        self._files.delete(package)
        return {}

    # Tags

    def _add_tags(self, request: Request) -> dict[str, Any]:
        holder, save = self._tagged(request["ResourceArn"])
        tags = {tag["Key"]: tag for tag in [*holder["Tags"], *request["Tags"]]}
        holder["Tags"] = list(tags.values())
        save(holder)
        return {"Tags": holder["Tags"]}

    def _delete_tags(self, request: Request) -> dict[str, Any]:
        holder, save = self._tagged(request["ResourceArn"])
        holder["Tags"] = [tag for tag in holder["Tags"] if tag["Key"] not in request["TagKeys"]]
        save(holder)
        return {}

    def _list_tags(self, request: Request) -> dict[str, Any]:
        return {"Tags": self._tagged(request["ResourceArn"])[0]["Tags"]}

    def _tagged(self, arn: str) -> tuple[dict[str, Any], Callable[[dict[str, Any]], None]]:
        if ":model-package-group/" in arn:
            return self._files.group(arn), self._files.save_group
        if ":model-package/" in arn:
            return self._files.package(arn), self._files.save
        raise UnknownOperation(arn)


def _page(items: list[dict[str, Any]], request: Request, name: str, by: str) -> dict[str, Any]:
    """A page of what was found: sorted first, cut last."""
    key = "CreationTime" if request.get("SortBy", "CreationTime") == "CreationTime" else by
    items.sort(
        key=lambda item: (item[key], item.get("ModelPackageVersion", 0)),
        reverse=request.get("SortOrder", "Ascending") == "Descending",
    )
    start = int(request.get("NextToken", 0))
    end = start + int(request.get("MaxResults", 10))
    page: dict[str, Any] = {name: items[start:end]}
    if end < len(items):
        page["NextToken"] = str(end)
    return page


def _only(request: Request, accepted: set[str]) -> None:
    for name in request:
        if name not in accepted:
            raise invalid(f"The local engine does not honour {name}; leave it out.")


def _check_status(status: str) -> None:
    if status not in _STATUSES:
        raise invalid(f"ModelApprovalStatus {status!r} is none of {', '.join(_STATUSES)}.")
