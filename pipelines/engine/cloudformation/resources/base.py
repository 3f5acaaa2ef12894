"""What a resource type is: how it is made, changed and deleted through its service."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from pipelines.engine.calls import ACCOUNT
from pipelines.engine.wire.service import ServiceError

Properties = Mapping[str, Any]
Tags = list[dict[str, str]]


class Place:
    """Where resources are made: a region, and the calls of its services."""

    def __init__(self, region: str, call: Callable[..., dict[str, Any]]) -> None:
        self.region = region
        self._call = call

    def call(self, service: str, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation with every parameter that is not None.

        Raises:
            ServiceError: the service's own.
        """
        given = {name: value for name, value in request.items() if value is not None}
        return self._call(service, operation, given, region=self.region)

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """The ARN of a resource here; `region` is empty for a global service."""
        region = self.region if region is None else region
        return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


class ResourceType(ABC):
    """One type of resource.

    `name` is the value of the naming property, or one that CloudFormation made up; what Ref gives
    follows from it. Creation is preceded by `exists`, so that `delete` after a half-made creation
    never deletes what someone else made.
    """

    type: ClassVar[str]
    # The property that names the resource; "" for a type without one.
    named_by: ClassVar[str] = ""
    honoured: ClassVar[frozenset[str]]
    # Accepted, kept, and without effect on this machine.
    recorded: ClassVar[frozenset[str]] = frozenset()
    required: ClassVar[frozenset[str]] = frozenset()
    # A change of one of these makes a new resource in place of the old.
    replacing: ClassVar[frozenset[str]]
    attributes: ClassVar[frozenset[str]]
    takes_tags: ClassVar[bool] = True

    def check(self, properties: Properties) -> str | None:
        """What of the resolved properties, deeper than their names, would be ignored."""
        return None

    @abstractmethod
    def physical_id(self, name: str, properties: Properties, place: Place) -> str:
        """What Ref gives."""

    @abstractmethod
    def exists(self, name: str, place: Place) -> bool:
        """Whether there is a resource of this name already, whoever made it."""

    @abstractmethod
    def create(self, name: str, properties: Properties, place: Place) -> dict[str, str]:
        """Make it; returns what Fn::GetAtt gives."""

    @abstractmethod
    def update(self, name: str, old: Properties, new: Properties, place: Place) -> dict[str, str]:
        """Change it in place from `old` to `new`, or what a crash left of that; as `create`."""

    @abstractmethod
    def delete(self, name: str, properties: Properties, place: Place) -> None:
        """Delete it, or what there is of it."""


@contextmanager
def absent(*codes: str) -> Any:
    """Let an error pass that says that what is to be deleted is not there."""
    try:
        yield
    except ServiceError as error:
        if error.code not in codes:
            raise


def found(look: Callable[[], object], *codes: str) -> bool:
    """Whether `look` finds what it looks for; `codes` are the errors that say that it does not."""
    try:
        look()
    except ServiceError as error:
        if error.code in codes:
            return False
        raise
    return True


def tag_changes(old: Properties, new: Properties) -> tuple[Tags, list[str]]:
    """The tags to set, and the keys of those to remove."""
    before = {tag["Key"]: tag["Value"] for tag in old.get("Tags") or []}
    after = {tag["Key"]: tag["Value"] for tag in new.get("Tags") or []}
    to_set = [
        {"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value
    ]
    return to_set, [key for key in before if key not in after]


def by_key(items: Iterable[Mapping[str, Any]], key: str) -> dict[str, Mapping[str, Any]]:
    """Items by the value of one of their keys."""
    return {item[key]: item for item in items}
