"""What services answer, as types."""

from __future__ import annotations

from functools import lru_cache

from pipelines.asl.checker.flow.values.schemas import from_json_schema
from pipelines.asl.checker.flow.values.types import UNKNOWN, Presence, Type


@lru_cache(maxsize=1024)
def answer_of(resource: str) -> Type:
    """What a Task's resource answers; UNKNOWN for a function, an activity, an unknown service.

    A member that the service may leave out is there as a rule, so nobody is warned of it.
    """
    from pipelines.asl.integrations import Integration, integration

    found = integration(resource)
    if not isinstance(found, Integration):
        return UNKNOWN
    return from_json_schema(found.result_type, optional=Presence.USUALLY)
