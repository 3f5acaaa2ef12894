"""Where moto answers otherwise than AWS has been seen to, in what state machines call.

sqs:SendMessage       an empty body is none
dynamodb:PutItem, …   the capacity consumed is told only to who asks for it
sns:Publish           it is the topic that does not exist
application-autoscaling:DeregisterScalableTarget
                      a target that is not there has an error of its own, and its policies go too
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.engine.calls import Fallback, request_region
from pipelines.engine.wire.service import ServiceError, UnknownOperation

Request = Mapping[str, Any]
_ITEM_OPERATIONS = ("DeleteItem", "GetItem", "PutItem", "UpdateItem")


class Corrections:
    """Answers a service's operations that moto gets wrong, and leaves it the others."""

    def __init__(self, service: str, moto: Fallback) -> None:
        self._service = service
        self._moto = moto
        self.operations = _CORRECTED[service]

    def handle(self, operation: str, request: Request) -> dict[str, Any]:
        if operation not in self.operations:
            raise UnknownOperation(operation)

        def ask(corrected: Request, other: str = operation) -> dict[str, Any]:
            return self._moto(self._service, other, corrected, request_region.get())

        return self.operations[operation](request, ask)


# moto's answer to a request, of the same operation or of another one.
Ask = Callable[..., dict[str, Any]]


def _send_message(request: Request, ask: Ask) -> dict[str, Any]:
    if request.get("MessageBody") == "":
        raise ServiceError(
            "MissingParameter", "The request must contain the parameter MessageBody."
        )
    return ask(request)


def _item(request: Request, ask: Ask) -> dict[str, Any]:
    answer = ask(request)
    if request.get("ReturnConsumedCapacity", "NONE") == "NONE":
        answer.pop("ConsumedCapacity", None)
    return answer


def _deregister(request: Request, ask: Ask) -> dict[str, Any]:
    """The policies of a target are deleted with it.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
    """
    try:
        answer = ask(request)
    except ServiceError as error:
        if not error.message.startswith("No scalable target found"):
            raise
        raise ServiceError("ObjectNotFoundException", error.message) from None
    policies = ask(
        {name: request[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
        "DescribeScalingPolicies",
    )["ScalingPolicies"]
    named = ("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension")
    for policy in policies:
        if policy["ResourceId"] == request["ResourceId"]:
            ask({name: policy[name] for name in named}, "DeleteScalingPolicy")
    return answer


_CORRECTED: Mapping[str, Mapping[str, Callable[[Request, Ask], dict[str, Any]]]] = {
    "application-autoscaling": {"DeregisterScalableTarget": _deregister},
    "dynamodb": dict.fromkeys(_ITEM_OPERATIONS, _item),
    "sqs": {"SendMessage": _send_message},
}
SERVICES = tuple(_CORRECTED)


def worded(operation: str, request: Request, error: ServiceError) -> ServiceError:
    """moto's error in AWS's words."""
    if operation == "Publish" and error.code == "NotFound" and "TopicArn" in request:
        return ServiceError(error.code, "Topic does not exist", status=error.status)
    return error
