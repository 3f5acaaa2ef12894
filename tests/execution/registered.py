"""A registry and a bucket in memory, and a model in them whose every digest is right."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime
from typing import Any

from pipelines.aws import AwsError

GROUP = "demo-dev-models"
ACCOUNT = "eu-west-1:123456789012"
RUNS = "s3://b/demo/dev/runs/training"
COMMIT = "c0ffee" + "1" * 34


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def arn(version: int) -> str:
    return f"arn:aws:sagemaker:{ACCOUNT}:model-package/{GROUP}/{version}"


def execution(name: str) -> str:
    return f"arn:aws:states:{ACCOUNT}:execution:demo-dev-training:{name}"


def packed(files: dict[str, bytes], *, time: int = 0) -> bytes:
    """An archive as SageMaker packs it, with the time in it."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=time) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size, member.mtime = len(content), time
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


class S3:
    """Objects by URI; pages of two."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        content = self.objects.get(f"s3://{Bucket}/{Key}")
        if content is None:
            raise AwsError("NoSuchKey", code="NoSuchKey")
        return {"Body": io.BytesIO(content)}

    def list_objects_v2(
        self, Bucket: str, Prefix: str, ContinuationToken: str = "0"
    ) -> dict[str, Any]:
        found = sorted(uri for uri in self.objects if uri.startswith(f"s3://{Bucket}/{Prefix}"))
        at = int(ContinuationToken)
        keys = [uri.removeprefix(f"s3://{Bucket}/") for uri in found[at : at + 2]]
        more = {"NextContinuationToken": str(at + 2)} if at + 2 < len(found) else {}
        return {"Contents": [{"Key": key} for key in keys], **more}


class SageMaker:
    """Model packages by ARN; pages of one."""

    def __init__(self) -> None:
        self.packages: dict[str, dict[str, Any]] = {}

    def list_model_packages(self, **request: Any) -> dict[str, Any]:
        if request["ModelPackageGroupName"] != GROUP:
            raise AwsError("no such group", code="ValidationException")
        newest_first = sorted(self.packages, reverse=True)
        at = int(request.get("NextToken", 0))
        page = [{"ModelPackageArn": each} for each in newest_first[at : at + 1]]
        more = {"NextToken": str(at + 1)} if at + 1 < len(newest_first) else {}
        return {"ModelPackageSummaryList": page, **more}

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:
        return self.packages[ModelPackageName]


class Project:
    """Executions that have registered models, and everything that they wrote."""

    def __init__(self) -> None:
        self.s3 = S3()
        self.sagemaker = SageMaker()

    def data(self, location: str, files: dict[str, bytes]) -> dict[str, Any]:
        """Put data there; what Preprocess says of them."""
        base = location if location.endswith("/") else location.rpartition("/")[0] + "/"
        listed = []
        for name, content in files.items():
            self.s3.objects[f"{base}{name}"] = content
            listed.append({"name": name, "sha256": sha256(content), "bytes": len(content)})
        pairs = sorted([file["name"], file["sha256"]] for file in listed)
        return {"sha256": sha256(json.dumps(pairs).encode()), "files": listed}

    def trains(
        self, run: str, *, model: bytes = b"trees", time: int = 0, **recorded: str
    ) -> dict[str, Any]:
        """Register what a run made of the data; `recorded` are further metadata. The package."""
        data = {
            "training": self.data("s3://b/data/train/", {"a.csv": b"1", "b.csv": b"2"}),
            "test": self.data("s3://b/data/test.csv", {"test.csv": b"3"}),
        }
        self.s3.objects[f"{RUNS}/{run}/preprocess/summary.json"] = json.dumps(
            {"data": data}
        ).encode()
        files = {"model.joblib": model, "preprocessor.json": b"{}"}
        digests = {f"{role}_sha256": described["sha256"] for role, described in data.items()}
        manifest = {
            "files": {name: sha256(content) for name, content in files.items()},
            "data": digests,
            "preprocessor_sha256": sha256(b"what it means"),
            "algorithm": "lightgbm",
            "code_sha256": "c" * 64,
        }
        archive = packed({**files, "manifest.json": json.dumps(manifest).encode()}, time=time)
        uri = f"{RUNS}/{run}/train/model.tar.gz"
        self.s3.objects[uri] = archive
        version = len(self.sagemaker.packages) + 1
        package = {
            "ModelPackageArn": arn(version),
            "ModelPackageVersion": version,
            "ModelApprovalStatus": "Approved",
            "CreationTime": datetime(2026, 1, version, tzinfo=UTC),
            "InferenceSpecification": {"Containers": [{"ModelDataUrl": uri}]},
            "ModelMetrics": {
                "ModelQuality": {
                    "Statistics": {"S3Uri": f"{RUNS}/{run}/evaluate/evaluation/evaluation.json"}
                },
                "ModelDataQuality": {
                    "Statistics": {"S3Uri": f"{RUNS}/{run}/preprocess/summary.json"}
                },
            },
            "CustomerMetadataProperties": {
                "model_sha256": sha256(archive),
                "preprocessor_sha256": sha256(b"what it means"),
                "algorithm": "lightgbm",
                "task": "classification",
                "threshold": "0.5",
                "packages": "python 3.11.7 / lightgbm 4.7.0",
                "code_sha256": "c" * 64,
                "configuration_sha256": "d" * 64,
                "git_commit": COMMIT,
                "execution_arn": execution(run),
                "training_data": "s3://b/data/train/",
                "test_data": "s3://b/data/test.csv",
                **digests,
                "parent_model": arn(version - 1) if version > 1 else "none",
                **recorded,
            },
        }
        self.sagemaker.packages[arn(version)] = package
        return package
