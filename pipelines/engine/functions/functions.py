"""All functions: made, changed, published and found, on disk before anybody is told."""

from __future__ import annotations

import re
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.engine.functions import function as records
from pipelines.engine.functions.environments import function_folder, stream_name
from pipelines.engine.functions.function import LATEST, Alias, Configuration, Function
from pipelines.engine.functions.package import invalid, store
from pipelines.engine.functions.supported import (
    CREATE,
    RECORDED_MEMBERS,
    UPDATE_CODE,
    UPDATE_CONFIGURATION,
)
from pipelines.engine.logs import LogStream
from pipelines.engine.processes.log import read_forward
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError
from pipelines.regions import partition

Request = Mapping[str, Any]
_PYTHON = re.compile(r"python3\.\d+")
_MEMBERS = {
    "Description": "description",
    "Handler": "handler",
    "MemorySize": "memory_mb",
    "Role": "role",
    "Runtime": "runtime",
    "Timeout": "timeout_s",
}
_REFUSED = "InvalidParameterValueException"


class Functions:
    """All functions. Safe for threads."""

    def __init__(
        self,
        root: Path,
        account: str,
        objects: ObjectStore,
        retire: Callable[[str], None],
    ) -> None:
        """Args:
        root: `.local/functions`.
        retire: Called with the revision of each configuration that is no more.
        """
        self._root = root
        self._account = account
        self._objects = objects
        self._retire = retire
        self._lock = threading.RLock()
        self._functions: dict[tuple[str, str], Function] = {}
        for path in sorted(root.glob("*/*/function.json")):
            function = records.load(path)
            self._functions[function.latest.region, function.latest.name] = function

    def find(
        self, identifier: str, qualifier: str | None, region: str
    ) -> tuple[Function, Configuration, str]:
        """A function and one of its versions, and the ARN by which it was asked for.

        Args:
            identifier: A name, or an ARN, with or without a qualifier.

        Raises:
            ServiceError: ResourceNotFoundException; of a request with two qualifiers,
                InvalidParameterValueException.
        """
        try:
            name, own, place = records.parse_identifier(identifier)
        except ValueError:
            raise ServiceError(
                "ValidationException", f"{identifier!r} is neither a function's name nor its ARN."
            ) from None
        if own is not None and qualifier not in (None, own):
            raise invalid("The derived qualifier from the function name does not match.")
        qualifier = own or qualifier
        region = place or region
        arn = self._arn(region, name) + (f":{qualifier}" if qualifier else "")
        function = self._functions.get((region, name))
        configuration = None if function is None else function.configuration(qualifier)
        if function is None or configuration is None:
            raise not_found(arn)
        return function, configuration, arn

    def of_region(self, region: str) -> list[Function]:
        """A region's functions, by name."""
        with self._lock:
            found = [each for each in self._functions.values() if each.latest.region == region]
        return sorted(found, key=lambda function: function.latest.name)

    def create(self, request: Request, region: str) -> Configuration:
        """Make a function.

        Raises:
            ServiceError: ResourceConflictException, InvalidParameterValueException.
        """
        CREATE.require(request, _REFUSED)
        _require_runtime(request.get("Runtime"))
        if "Handler" not in request:
            raise invalid("Handler and Runtime are mandatory for functions created with a zip.")
        name = records.parse_identifier(request["FunctionName"])[0]
        with self._lock:
            if (region, name) in self._functions:
                raise ServiceError(
                    "ResourceConflictException", f"Function already exist: {name}", status=409
                )
            package = store(request["Code"], self._objects, self._home(region, name) / "code")
            configuration = Configuration(
                name=name,
                arn=self._arn(region, name),
                version=LATEST,
                runtime=request["Runtime"],
                handler=request["Handler"],
                role=request["Role"],
                description=request.get("Description", ""),
                timeout_s=request.get("Timeout", 3),
                memory_mb=request.get("MemorySize", 128),
                environment=dict(request.get("Environment", {}).get("Variables", {})),
                code=package.folder,
                code_sha256=package.sha256,
                code_size=package.size,
                modified=time.time(),
                revision=str(uuid.uuid4()),
                recorded={key: request[key] for key in RECORDED_MEMBERS if key in request},
            )
            self._save(Function(configuration, tags=dict(request.get("Tags", {}))))
            return self.publish(configuration) if request.get("Publish") else configuration

    def update_code(self, request: Request, region: str) -> Configuration:
        """Give a function other code; as `create` raises, and ResourceNotFoundException."""
        UPDATE_CODE.require(request, _REFUSED)
        with self._lock:
            function, *_ = self.find(request["FunctionName"], None, region)
            home = self._home(function.latest.region, function.latest.name)
            package = store(request, self._objects, home / "code")
            latest = self._change(
                function, code=package.folder, code_sha256=package.sha256, code_size=package.size
            )
            return self.publish(latest) if request.get("Publish") else latest

    def update_configuration(self, request: Request, region: str) -> Configuration:
        """Change what is not code; as `update_code` raises."""
        UPDATE_CONFIGURATION.require(request, _REFUSED)
        if "Runtime" in request:
            _require_runtime(request["Runtime"])
        changes = {ours: request[theirs] for theirs, ours in _MEMBERS.items() if theirs in request}
        if "Environment" in request:
            changes["environment"] = dict(request["Environment"].get("Variables", {}))
        with self._lock:
            function, *_ = self.find(request["FunctionName"], None, region)
            recorded = {key: request[key] for key in RECORDED_MEMBERS if key in request}
            changes["recorded"] = {**function.latest.recorded, **recorded}
            return self._change(function, **changes)

    def publish(self, latest: Configuration) -> Configuration:
        """Keep what is worked on as a version; the last one if nothing has changed since."""
        with self._lock:
            function, *_ = self.find(latest.name, None, latest.region)
            last = function.versions.get(str(function.published))
            if last is not None and _content(last) == _content(function.latest):
                return last
            number = function.published + 1
            version = replace(function.latest, version=str(number), revision=str(uuid.uuid4()))
            versions = {**function.versions, version.version: version}
            self._save(replace(function, versions=versions, published=number))
            return version

    def set_alias(self, identifier: str, alias: Alias, region: str) -> Function:
        """Let an alias name a version of the function.

        Raises:
            ServiceError: ResourceNotFoundException, if there is no such function or version.
        """
        with self._lock:
            function, *_ = self.find(identifier, None, region)
            if alias.version != LATEST and alias.version not in function.versions:
                raise not_found(f"{function.latest.arn}:{alias.version}")
            return self._save(replace(function, aliases={**function.aliases, alias.name: alias}))

    def delete_alias(self, identifier: str, name: str, region: str) -> None:
        """Delete an alias, if it is there."""
        with self._lock:
            function, *_ = self.find(identifier, None, region)
            aliases = {key: alias for key, alias in function.aliases.items() if key != name}
            self._save(replace(function, aliases=aliases))

    def set_tags(
        self, identifier: str, added: Mapping[str, str], removed: Iterable[str], region: str
    ) -> None:
        """Add tags to a function, and remove others."""
        with self._lock:
            function, *_ = self.find(identifier, None, region)
            tags = {**function.tags, **added}
            for key in removed:
                tags.pop(key, None)
            self._save(replace(function, tags=tags))

    def delete(self, identifier: str, qualifier: str | None, region: str) -> None:
        """Delete a function, or one version of it; its logs stay.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        with self._lock:
            function, configuration, _ = self.find(identifier, qualifier, region)
            if configuration is not function.latest:
                versions = dict(function.versions)
                del versions[configuration.version]
                self._save(replace(function, versions=versions))
                gone: Iterable[Configuration] = (configuration,)
            else:
                home = self._home(configuration.region, configuration.name)
                (home / "function.json").unlink()
                del self._functions[configuration.region, configuration.name]
                gone = (function.latest, *function.versions.values())
                for folder in ("code", "events"):
                    shutil.rmtree(home / folder, ignore_errors=True)
        for each in gone:
            self._retire(each.revision)

    def log_streams(self, group: str, region: str) -> list[LogStream] | None:
        """The logs of a function, if the group is one's, also of one that is no more."""
        name = group.removeprefix("/aws/lambda/")
        folder = self._home(region, name) / "logs"
        if name == group or not folder.exists():
            return None
        arn = f"arn:{partition(region)}:logs:{region}:{self._account}:log-group:{group}"
        streams = []
        for path in sorted(folder.glob("*.txt")):
            modified = path.stat().st_mtime
            first, _ = read_forward(path, 0, 1)
            created = first[0].timestamp / 1000 if first else modified
            streams.append(LogStream(stream_name(path.name), path, created, modified, arn))
        return sorted(streams, key=lambda stream: stream.created)

    def _change(self, function: Function, **changes: Any) -> Configuration:
        old = function.latest
        latest = replace(old, modified=time.time(), revision=str(uuid.uuid4()), **changes)
        self._save(replace(function, latest=latest))
        self._retire(old.revision)
        return latest

    def _save(self, function: Function) -> Function:
        home = self._home(function.latest.region, function.latest.name)
        home.mkdir(parents=True, exist_ok=True)
        records.save(function, home / "function.json")
        self._functions[function.latest.region, function.latest.name] = function
        return function

    def _home(self, region: str, name: str) -> Path:
        return function_folder(self._root, region, name)

    def _arn(self, region: str, name: str) -> str:
        return f"arn:{partition(region)}:lambda:{region}:{self._account}:function:{name}"


def not_found(arn: str) -> ServiceError:
    """What Lambda says of a function, a version or an alias that is not there."""
    return ServiceError("ResourceNotFoundException", f"Function not found: {arn}", status=404)


def _content(configuration: Configuration) -> Configuration:
    return replace(configuration, version="", revision="", modified=0.0)


def _require_runtime(runtime: Any) -> None:
    if not isinstance(runtime, str) or not _PYTHON.fullmatch(runtime):
        raise invalid(f"The local engine runs functions in Python only, not {runtime!r}.")
