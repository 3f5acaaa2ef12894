"""The one error that CloudFormation has for everything that is wrong with a request."""

from __future__ import annotations

from pipelines.engine.wire.service import ServiceError


class ValidationError(ServiceError):
    """A template, a parameter or a stack's state does not allow what is asked."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationError", message)
