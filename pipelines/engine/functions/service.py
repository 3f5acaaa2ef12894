"""Lambda's operations, on functions, their versions and aliases, and their invocations."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipelines.engine.calls import Calls, request_region
from pipelines.engine.functions.environments import Environments
from pipelines.engine.functions.events import Events
from pipelines.engine.functions.function import (
    LATEST,
    Alias,
    Configuration,
    Function,
    describe,
    describe_alias,
)
from pipelines.engine.functions.functions import Functions
from pipelines.engine.functions.invocations import Invocations
from pipelines.engine.functions.invoke import Invoke
from pipelines.engine.logs import LogStream
from pipelines.engine.processes.guardian import Guardian
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError, UnknownOperation
from pipelines.engine.wire.validation import validate

Request = Mapping[str, Any]
_PAGE = 50


class Lambda:
    """Answers Lambda's operations.

    Attributes:
        invoke: The operation Invoke, also for callers that may stop.
    """

    def __init__(
        self,
        functions: Functions,
        environments: Environments,
        invocations: Invocations,
        events: Events,
    ) -> None:
        self._functions = functions
        self._environments = environments
        self._events = events
        self.invoke = Invoke(functions, invocations, events)
        self.operations: dict[str, Callable[[Request], dict[str, Any]]] = {
            "CreateAlias": self._create_alias,
            "CreateFunction": self._create_function,
            "DeleteAlias": self._delete_alias,
            "DeleteFunction": self._delete_function,
            "GetAlias": self._get_alias,
            "GetFunction": self._get_function,
            "GetFunctionConfiguration": self._get_function_configuration,
            "Invoke": self.invoke.handle,
            "ListAliases": self._list_aliases,
            "ListFunctions": self._list_functions,
            "ListTags": self._list_tags,
            "ListVersionsByFunction": self._list_versions,
            "PublishVersion": self._publish_version,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "UpdateAlias": self._update_alias,
            "UpdateFunctionCode": self._update_code,
            "UpdateFunctionConfiguration": self._update_configuration,
        }

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation not in self.operations:
            raise UnknownOperation(operation)
        validate("lambda", operation, request)
        return self.operations[operation](request)

    def log_streams(self, group: str) -> list[LogStream] | None:
        """The logs of a function, if the group is one's."""
        return self._functions.log_streams(group, request_region.get())

    def start(self) -> None:
        """End what an engine that died has left, and deliver what it had taken."""
        self._environments.recover()
        self._events.recover()

    def shutdown(self) -> None:
        """End every process."""
        self._events.close()
        self._environments.close()

    # Functions

    def _create_function(self, request: Request) -> dict[str, Any]:
        configuration = self._functions.create(request, request_region.get())
        return _described(configuration)

    def _update_code(self, request: Request) -> dict[str, Any]:
        return _described(self._functions.update_code(request, request_region.get()))

    def _update_configuration(self, request: Request) -> dict[str, Any]:
        return _described(self._functions.update_configuration(request, request_region.get()))

    def _delete_function(self, request: Request) -> dict[str, Any]:
        self._functions.delete(
            request["FunctionName"], request.get("Qualifier"), request_region.get()
        )
        return {"StatusCode": 204}

    def _get_function(self, request: Request) -> dict[str, Any]:
        function, configuration, arn = self._found(request)
        response = {
            "Configuration": describe(configuration, qualified=arn != configuration.arn),
            "Code": {"RepositoryType": "S3"},
        }
        return {**response, "Tags": function.tags} if function.tags else response

    def _get_function_configuration(self, request: Request) -> dict[str, Any]:
        _, configuration, arn = self._found(request)
        return describe(configuration, qualified=arn != configuration.arn)

    def _list_functions(self, request: Request) -> dict[str, Any]:
        found = [each.latest for each in self._functions.of_region(request_region.get())]
        page, rest = _page(found, request)
        return {"Functions": [_described(each) for each in page], **rest}

    # Versions and aliases

    def _publish_version(self, request: Request) -> dict[str, Any]:
        function, *_ = self._found(request)
        return describe(self._functions.publish(function.latest), qualified=True)

    def _list_versions(self, request: Request) -> dict[str, Any]:
        function, *_ = self._found(request)
        page, rest = _page([function.latest, *function.versions.values()], request)
        return {"Versions": [describe(each, qualified=True) for each in page], **rest}

    def _create_alias(self, request: Request) -> dict[str, Any]:
        function, *_ = self._found(request)
        if request["Name"] in function.aliases:
            arn = f"{function.latest.arn}:{request['Name']}"
            raise ServiceError(
                "ResourceConflictException", f"Alias already exists: {arn}", status=409
            )
        return self._set_alias(request, request["FunctionVersion"], "")

    def _update_alias(self, request: Request) -> dict[str, Any]:
        alias = self._alias(request)
        return self._set_alias(
            request, request.get("FunctionVersion", alias.version), alias.description
        )

    def _set_alias(self, request: Request, version: str, description: str) -> dict[str, Any]:
        if "RoutingConfig" in request:
            raise ServiceError(
                "InvalidParameterValueException", "The local engine does not honour RoutingConfig."
            )
        alias = Alias(
            name=request["Name"],
            version=version,
            description=request.get("Description", description),
            revision=str(uuid.uuid4()),
        )
        function = self._functions.set_alias(request["FunctionName"], alias, request_region.get())
        return describe_alias(function, alias)

    def _get_alias(self, request: Request) -> dict[str, Any]:
        return describe_alias(self._found(request)[0], self._alias(request))

    def _delete_alias(self, request: Request) -> dict[str, Any]:
        self._functions.delete_alias(request["FunctionName"], request["Name"], request_region.get())
        return {}

    def _list_aliases(self, request: Request) -> dict[str, Any]:
        function, *_ = self._found(request)
        page, rest = _page(list(function.aliases.values()), request)
        return {"Aliases": [describe_alias(function, each) for each in page], **rest}

    def _alias(self, request: Request) -> Alias:
        function, *_ = self._found({"FunctionName": request["FunctionName"]})
        alias = function.aliases.get(request["Name"])
        if alias is None:
            arn = f"{function.latest.arn}:{request['Name']}"
            raise ServiceError(
                "ResourceNotFoundException", f"Cannot find alias arn: {arn}", status=404
            )
        return alias

    # Tags

    def _list_tags(self, request: Request) -> dict[str, Any]:
        return {"Tags": self._functions.find(request["Resource"], None, "")[0].tags}

    def _tag(self, request: Request) -> dict[str, Any]:
        self._functions.set_tags(request["Resource"], request["Tags"], (), "")
        return {}

    def _untag(self, request: Request) -> dict[str, Any]:
        self._functions.set_tags(request["Resource"], {}, request["TagKeys"], "")
        return {}

    def _found(self, request: Request) -> tuple[Function, Configuration, str]:
        return self._functions.find(
            request["FunctionName"], request.get("Qualifier"), request_region.get()
        )


def build_lambda(
    root: Path, account: str, calls: Calls, objects: ObjectStore, guardian: Guardian
) -> Lambda:
    """Make the service; nothing of an earlier engine is touched before `start`.

    Args:
        root: `.local/functions`.
    """
    environments = Environments(root, guardian, calls)
    functions = Functions(root, account, objects, environments.retire)
    invocations = Invocations(environments)
    return Lambda(functions, environments, invocations, Events(root, functions, invocations))


def _described(configuration: Configuration) -> dict[str, Any]:
    return describe(configuration, qualified=configuration.version != LATEST)


def _page(items: list[Any], request: Request) -> tuple[list[Any], dict[str, str]]:
    marker = str(request.get("Marker") or 0)
    if not marker.isdecimal():
        raise ServiceError("InvalidParameterValueException", f"Invalid Marker: {marker!r}")
    start = int(marker)
    end = start + min(request.get("MaxItems", _PAGE), _PAGE)
    return items[start:end], ({"NextMarker": str(end)} if end < len(items) else {})
