"""Models, endpoint configurations and endpoints on disk: one JSON file each.

.local/hosting/<noun>/<region>/<name>.json
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.engine.files import read_json, write_json
from pipelines.engine.jobs.record import milliseconds
from pipelines.engine.wire.service import ServiceError
from pipelines.regions import partition

_PAGE = 10  # SageMaker's own, when the request says nothing
Resource = dict[str, Any]


@dataclass(frozen=True)
class Noun:
    """How the API calls a kind of resource.

    >>> Noun("EndpointConfig", "endpoint-config", "endpoint configuration").name
    'EndpointConfigName'
    """

    member: str
    arn_type: str
    words: str

    @property
    def name(self) -> str:
        return f"{self.member}Name"

    @property
    def arn(self) -> str:
        return f"{self.member}Arn"


MODEL = Noun("Model", "model", "model")
ENDPOINT_CONFIG = Noun("EndpointConfig", "endpoint-config", "endpoint configuration")
ENDPOINT = Noun("Endpoint", "endpoint", "endpoint")


class Resources:
    """All resources of one kind. Safe for threads; what is returned is the caller's own."""

    def __init__(self, root: Path, noun: Noun, account: str) -> None:
        self.noun = noun
        self._folder = root / noun.arn_type
        self._account = account
        self._lock = threading.RLock()

    def arn_of(self, region: str, name: str) -> str:
        return (
            f"arn:{partition(region)}:sagemaker:{region}:{self._account}"
            f":{self.noun.arn_type}/{name.lower()}"
        )

    def create(self, region: str, request: Mapping[str, Any], **more: Any) -> Resource:
        """Keep a request as a resource.

        Raises:
            ServiceError: ValidationException: there is one of that name.
        """
        name = request[self.noun.name]
        arn = self.arn_of(region, name)
        with self._lock:
            path = self._path(region, name)
            if path.exists():
                raise ServiceError(
                    "ValidationException",
                    f'Cannot create already existing {self.noun.words} "{arn}".',
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            resource = {**request, self.noun.arn: arn, "CreationTime": milliseconds(), **more}
            write_json(path, resource)
        return resource

    def get(self, region: str, name: str) -> Resource:
        """A resource by its name.

        Raises:
            ServiceError: ValidationException, which is SageMaker's way to say: not found.
        """
        path = self._path(region, name)
        with self._lock:
            if path.exists():
                found: Resource = read_json(path)
                return found
        arn = self.arn_of(region, name)
        raise ServiceError("ValidationException", f'Could not find {self.noun.words} "{arn}".')

    def change(self, region: str, name: str, changing: Callable[[Resource], None]) -> Resource:
        """Change a resource: `changing` gets it, and may refuse with a ServiceError."""
        with self._lock:
            resource = self.get(region, name)
            changing(resource)
            write_json(self._path(region, name), resource)
        return resource

    def delete(self, region: str, name: str) -> None:
        """Forget a resource.

        Raises:
            ServiceError: there is none.
        """
        with self._lock:
            self.get(region, name)
            self._path(region, name).unlink()

    def all(self) -> Iterator[tuple[str, Resource]]:
        """Every resource, with its region."""
        for path in sorted(self._folder.glob("*/*.json")):
            yield path.parent.name, read_json(path)

    def page(self, region: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The response of a List operation: summaries, filtered, sorted and cut."""
        found = [
            each for owner, each in self.all() if owner == region and self._wanted(each, request)
        ]
        by_name = request.get("SortBy") == "Name"
        key = self.noun.name if by_name else "CreationTime"
        found.sort(
            key=lambda each: (each[key], each[self.noun.name]),
            reverse=request.get("SortOrder", "Descending") == "Descending",
        )
        token = str(request.get("NextToken") or 0)
        if not token.isdecimal():
            raise ServiceError("ValidationException", f"Invalid NextToken: {token!r}.")
        start = int(token)
        end = start + request.get("MaxResults", _PAGE)
        members = (self.noun.name, self.noun.arn, "CreationTime", *_OF_ENDPOINTS)
        answer: dict[str, Any] = {
            f"{self.noun.member}s": [
                {member: each[member] for member in members if member in each}
                for each in found[start:end]
            ]
        }
        if end < len(found):
            answer["NextToken"] = str(end)
        return answer

    def _wanted(self, resource: Resource, request: Mapping[str, Any]) -> bool:
        created: float = resource["CreationTime"]
        modified: float = resource.get("LastModifiedTime") or created
        return (
            str(request.get("NameContains", "")).lower() in resource[self.noun.name].lower()
            and request.get("StatusEquals") in (None, resource.get("EndpointStatus"))
            and float(request.get("CreationTimeAfter", 0)) <= created
            and created <= float(request.get("CreationTimeBefore", "inf"))
            and float(request.get("LastModifiedTimeAfter", 0)) <= modified
            and modified <= float(request.get("LastModifiedTimeBefore", "inf"))
        )

    def _path(self, region: str, name: str) -> Path:
        # SageMaker's ARNs do not tell `A` from `a`, and neither do some file systems.
        return self._folder / region / f"{name.lower()}.json"


_OF_ENDPOINTS = ("EndpointStatus", "LastModifiedTime")
