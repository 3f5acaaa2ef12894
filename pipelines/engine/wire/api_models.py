"""AWS's own description of its services' operations, as botocore ships it; nothing is sent."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session


@cache
def service_model(service: str) -> Any:
    """The model of a service, by botocore's name for it. The first time takes a while."""
    return botocore.session.get_session().get_service_model(service)


def operation_model(service: str, operation: str) -> Any:
    """The model of an operation; None if the service has no such one."""
    model = service_model(service)
    return model.operation_model(operation) if operation in model.operation_names else None
