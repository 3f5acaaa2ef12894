"""AWS's own description of its services' operations, as botocore ships it; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session

from pipelines.asl.model import show
from pipelines.asl.shapes import problems
from pipelines.engine.wire.service import ServiceError


@cache
def service_model(service: str) -> Any:
    """The model of a service, by botocore's name for it. The first time takes a while."""
    return botocore.session.get_session().get_service_model(service)


def operation_model(service: str, operation: str) -> Any:
    """The model of an operation; None if the service has no such one."""
    model = service_model(service)
    return model.operation_model(operation) if operation in model.operation_names else None


def validate(service: str, operation: str, request: Mapping[str, Any]) -> None:
    """Hold a request to its model, as the service does before it acts.

    Unknown members, too, which AWS's clients refuse before they send: a state machine's
    parameters have passed through no client.

    Raises:
        ServiceError: ValidationException, with every problem.
    """
    model = operation_model(service, operation)
    if model is None or model.input_shape is None:
        return
    found = [
        f"{show(place) if place else operation}: {message}"
        for _, message, place in problems((), request, model.input_shape, str)
    ]
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise ServiceError(
            "ValidationException",
            f"{len(found)} validation {errors} detected: {'; '.join(found)}",
        )
