"""What Step Functions' requests have in common: ARNs, names, pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pipelines.engine.wire.service import ServiceError

Request = Mapping[str, Any]
MAX_PAGE = 1000
# White space, brackets, wildcards, some special and the control characters, by AWS's account.
_BAD_CHARACTERS = re.compile(
    r'[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]'
)
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")


def arn_of(request: Request, member: str) -> str:
    """The ARN in a member of a request.

    Raises:
        ServiceError: InvalidArn.
    """
    arn = request.get(member)
    if not isinstance(arn, str) or arn.count(":") < 6:
        raise ServiceError("InvalidArn", f"Invalid Arn: '{arn}'")
    return arn


def require_name(name: str) -> None:
    """Hold a name to the rules for state machines and executions.

    Raises:
        ServiceError: InvalidName.
    """
    if not 1 <= len(name) <= 80 or _BAD_CHARACTERS.search(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")


def require_role(arn: str) -> None:
    """Hold a role's ARN to its form; whether there is such a role, nothing here depends on.

    Raises:
        ServiceError: InvalidArn.
    """
    if not _ROLE.fullmatch(arn):
        raise ServiceError("InvalidArn", f"Invalid Role Arn: '{arn}'")


def paginate(items: list[Any], request: Request) -> tuple[list[Any], dict[str, str]]:
    """A page of a list, and the `nextToken` if there is more.

    Raises:
        ServiceError: InvalidToken.
    """
    token = str(request.get("nextToken") or 0)
    if not token.isdecimal():
        raise ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
    start = int(token)
    end = start + min(request.get("maxResults") or 100, MAX_PAGE)
    return items[start:end], ({"nextToken": str(end)} if end < len(items) else {})


def invalid(message: str) -> ServiceError:
    """The error for a request that contradicts itself."""
    return ServiceError("ValidationException", message)


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are not None."""
    return {name: value for name, value in members.items() if value is not None}
