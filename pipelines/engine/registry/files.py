"""Where the model registry lies: a JSON file for each group and each package.

.local/model-packages/<region>/<group>/group.json
.local/model-packages/<region>/<group>/<version>.json
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.engine.calls import ACCOUNT, request_region
from pipelines.engine.wire.service import ServiceError

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


class RegistryFiles:
    """Groups and packages of the region that the current request is for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def has_group(self, name: str) -> bool:
        return self._group_path(name).exists()

    def group(self, name_or_arn: str) -> dict[str, Any]:
        """A group, by its name or ARN.

        Raises:
            ServiceError: ValidationException, if there is none.
        """
        name = name_or_arn.rpartition("/")[2]
        if not NAME.fullmatch(name) or not self.has_group(name):
            raise invalid(f"ModelPackageGroup {group_arn(name)} does not exist.")
        return _load(self._group_path(name))

    def groups(self) -> Iterator[dict[str, Any]]:
        return map(_load, self._region().glob("*/group.json"))

    def save_group(self, group: Mapping[str, Any]) -> None:
        path = self._group_path(group["ModelPackageGroupName"])
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, group)

    def delete_group(self, group: Mapping[str, Any]) -> None:
        path = self._group_path(group["ModelPackageGroupName"])
        # Without its file there is no group, whatever a crash leaves of the rest.
        path.unlink()
        shutil.rmtree(path.parent)

    def package(self, arn: str) -> dict[str, Any]:
        """A package, by its ARN.

        Raises:
            ServiceError: ValidationException, if there is none.
        """
        match = re.fullmatch(r"arn:aws:sagemaker:([^:]+):\d+:model-package/([^/]+)/(\d+)", arn)
        if match is not None and match[1] == request_region.get():
            for path in self._region().glob(f"*/{match[3]}.json"):
                if path.parent.name.lower() == match[2]:
                    return _load(path)
        raise invalid(f"ModelPackage {arn} does not exist.")

    def packages(self, group: str) -> list[dict[str, Any]]:
        files = self._group_path(group).parent.glob("*.json")
        return [_load(file) for file in files if file.stem != "group"]

    def save(self, package: Mapping[str, Any]) -> None:
        _write(self._package_path(package), package)

    def delete(self, package: Mapping[str, Any]) -> None:
        self._package_path(package).unlink()

    def _region(self) -> Path:
        return self._root / request_region.get()

    def _group_path(self, name: str) -> Path:
        return self._region() / name / "group.json"

    def _package_path(self, package: Mapping[str, Any]) -> Path:
        folder = self._region() / str(package["ModelPackageGroupName"])
        return folder / f"{package['ModelPackageVersion']}.json"


def invalid(message: str) -> ServiceError:
    """What SageMaker says to almost everything that is wrong."""
    return ServiceError("ValidationException", message)


def group_arn(name: str) -> str:
    return f"arn:aws:sagemaker:{request_region.get()}:{ACCOUNT}:model-package-group/{name}"


def package_arn(group: str, version: int) -> str:
    return (
        f"arn:aws:sagemaker:{request_region.get()}:{ACCOUNT}:"
        f"model-package/{group.lower()}/{version}"
    )


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _write(path: Path, value: Mapping[str, Any]) -> None:
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
