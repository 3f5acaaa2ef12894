"""What services answer, as types."""

from __future__ import annotations

from functools import lru_cache

from pipelines.asl.checker.flow.values.schemas import from_json_schema
from pipelines.asl.checker.flow.values.types import UNKNOWN, Object, Presence, Type


@lru_cache(maxsize=1024)
def answer_of(resource: str) -> Type:
    """What a Task's resource answers; UNKNOWN for a function, an activity, an unknown service.

    A member that the service may leave out is there as a rule, so nobody is warned of it.  One
    that its model lacks may be there for all that is known: but for a service that is held to its
    model, it may be newer than that, or written about by Step Functions in its own way.
    """
    from pipelines.asl.integrations import Integration, integration

    found = integration(resource)
    if not isinstance(found, Integration):
        return UNKNOWN
    return from_json_schema(
        found.result_type, optional=Presence.USUALLY, is_complete=found.is_strict
    )


def refined(answer: Type, declared: Type | None) -> Type:
    """The answer of a Task of which somebody has said more than its resource tells.

    >>> from pipelines.asl.checker.flow.values.types import INTEGER, TEXT, object_of
    >>> both = refined(object_of({"ETag": TEXT, "Body": UNKNOWN}), object_of({"Body": INTEGER}))
    >>> {name: str(field.type) for name, field in both.object.fields.items()}
    {'ETag': 'a text', 'Body': 'a number'}
    """
    if declared is None or answer.object is None or declared.object is None:
        return declared or answer
    fields = {**answer.object.fields, **declared.object.fields}
    return Type(object=Object(fields, answer.object.rest, answer.object.others))
