"""What is known of a function: its configuration, its versions and its aliases.

.local/functions/<region>/<name>/function.json    all of this
.local/functions/<region>/<name>/code/<digest>/   packages, unpacked
.local/functions/<region>/<name>/logs/            log streams, one for each environment
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.engine.files import read_json, write_json

LATEST = "$LATEST"
_IDENTIFIER = re.compile(
    r"(?:arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>\d{12}):)?"
    r"(?:function:)?(?P<name>[a-zA-Z0-9-_]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)


@dataclass(frozen=True)
class Configuration:
    """One version of a function; `modified` is in seconds since the epoch.

    Attributes:
        arn: Without a version.
        timeout_s: Seconds that an invocation may take.
        memory_mb: What the function is told; it is not enforced.
        code: The name of the package's folder.
        recorded: Members of the request that are kept and have no effect here.
    """

    name: str
    arn: str
    version: str
    runtime: str
    handler: str
    role: str
    description: str
    timeout_s: int
    memory_mb: int
    environment: dict[str, str]
    code: str
    code_sha256: str
    code_size: int
    modified: float
    revision: str
    recorded: dict[str, Any] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def log_group(self) -> str:
        return f"/aws/lambda/{self.name}"


@dataclass(frozen=True)
class Alias:
    """A name for a version."""

    name: str
    version: str
    description: str
    revision: str


@dataclass(frozen=True)
class Function:
    """A function: the configuration that is worked on, and what was published of it."""

    latest: Configuration
    versions: dict[str, Configuration] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    published: int = 0

    def configuration(self, qualifier: str | None) -> Configuration | None:
        """The version that a qualifier (a version, an alias, or none) means; None: there is none.

        >>> latest = Configuration("f", "arn", LATEST, "", "", "", "", 3, 128, {}, "", "", 0, 0, "")
        >>> Function(latest).configuration(None) is latest, Function(latest).configuration("7")
        (True, None)
        """
        if qualifier in self.aliases:
            qualifier = self.aliases[qualifier].version
        if qualifier in (None, LATEST):
            return self.latest
        return self.versions.get(str(qualifier))


def parse_identifier(identifier: str) -> tuple[str, str | None, str | None]:
    """The name, qualifier and region of a FunctionName: a name, or a partial or whole ARN.

    >>> parse_identifier("double"), parse_identifier("double:live")
    (('double', None, None), ('double', 'live', None))
    >>> parse_identifier("arn:aws:lambda:eu-central-1:000000000000:function:double:2")
    ('double', '2', 'eu-central-1')

    Raises:
        ValueError: it is none of these.
    """
    match = _IDENTIFIER.fullmatch(identifier)
    if match is None:
        raise ValueError(identifier)
    return match["name"], match["qualifier"], match["region"]


def describe(configuration: Configuration, *, qualified: bool) -> dict[str, Any]:
    """A configuration as Lambda's API has it; `qualified`: its ARN names the version."""
    arn = f"{configuration.arn}:{configuration.version}" if qualified else configuration.arn
    response = {
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "TracingConfig": {"Mode": "PassThrough"},
        **configuration.recorded,
        "FunctionName": configuration.name,
        "FunctionArn": arn,
        "Runtime": configuration.runtime,
        "Role": configuration.role,
        "Handler": configuration.handler,
        "CodeSize": configuration.code_size,
        "CodeSha256": configuration.code_sha256,
        "Description": configuration.description,
        "Timeout": configuration.timeout_s,
        "MemorySize": configuration.memory_mb,
        "LastModified": _modified(configuration.modified),
        "Version": configuration.version,
        "RevisionId": configuration.revision,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": configuration.log_group},
    }
    if configuration.environment:
        response["Environment"] = {"Variables": configuration.environment}
    return response


def describe_alias(function: Function, alias: Alias) -> dict[str, Any]:
    """An alias as Lambda's API has it."""
    return {
        "AliasArn": f"{function.latest.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision,
    }


def save(function: Function, path: Path) -> None:
    """Write a function, all of it at once."""
    write_json(
        path,
        {
            "latest": vars(function.latest),
            "versions": {name: vars(each) for name, each in function.versions.items()},
            "aliases": {name: vars(each) for name, each in function.aliases.items()},
            "tags": function.tags,
            "published": function.published,
        },
    )


def load(path: Path) -> Function:
    """Read what `save` wrote."""
    content: Mapping[str, Any] = read_json(path)
    return Function(
        latest=Configuration(**content["latest"]),
        versions={name: Configuration(**each) for name, each in content["versions"].items()},
        aliases={name: Alias(**each) for name, each in content["aliases"].items()},
        tags=content["tags"],
        published=content["published"],
    )


def _modified(seconds: float) -> str:
    """
    >>> _modified(1767225600.25)
    '2026-01-01T00:00:00.250+0000'
    """
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat(timespec='milliseconds')[:-6]}+0000"
