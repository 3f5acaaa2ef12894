"""Pages of a list, as SageMaker's List operations have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pipelines.engine.wire.service import ServiceError

T = TypeVar("T")
_LENGTH = 10  # SageMaker's own, when the request says nothing


def page(items: Sequence[T], request: Mapping[str, Any]) -> tuple[Sequence[T], dict[str, str]]:
    """The page that a request asks for, and the response's NextToken if there is another.

    Raises:
        ServiceError: the request's own token is none of ours.
    """
    token = str(request.get("NextToken") or 0)
    if not token.isdecimal():
        raise ServiceError("ValidationException", f"Invalid NextToken: {token!r}.")
    start = int(token)
    end = start + int(request.get("MaxResults", _LENGTH))
    return items[start:end], {"NextToken": str(end)} if end < len(items) else {}
