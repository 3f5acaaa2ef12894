"""InvokeEndpoint, of the service SageMaker Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from pipelines.engine.calls import ACCOUNT, request_region
from pipelines.engine.hosting.endpoint import NotInService
from pipelines.engine.hosting.fleet import Throttled
from pipelines.engine.hosting.instance import INVOCATION_TIMEOUT_S, Reply, Unhealthy
from pipelines.engine.hosting.service import LOG_GROUP, Hosting
from pipelines.engine.wire.service import ServiceError, UnknownOperation
from pipelines.regions import partition

MAX_BODY = 25 * 1024 * 1024
"""SageMaker's quota on a payload, in bytes."""
_NOT_TAKEN = ("TargetModel", "TargetContainerHostname", "InferenceComponentName", "SessionId")


class Runtime:
    """Answers InvokeEndpoint: the one operation of the engine that is asked for often."""

    operations = ("InvokeEndpoint",)

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def handle(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if operation not in self.operations:
            raise UnknownOperation(operation)
        name, body = request["EndpointName"], request.get("Body", b"")
        for member in _NOT_TAKEN:
            if member in request:
                raise _invalid(f"The local engine does not honour {member}; leave it out.")
        if len(body) > MAX_BODY:
            raise ServiceError(
                "RequestEntityTooLargeException",
                f"The payload has {len(body)} bytes; at most {MAX_BODY} are taken.",
                status=413,
            )
        endpoint = self._hosting.endpoint(request_region.get(), name)
        if endpoint is None:
            raise _invalid(f"Endpoint {name} of account {ACCOUNT} not found.")
        headers = {
            header: request[member]
            for member, header in (
                ("ContentType", "Content-Type"),
                ("Accept", "Accept"),
                ("CustomAttributes", "X-Amzn-SageMaker-Custom-Attributes"),
                ("InferenceId", "X-Amzn-SageMaker-Inference-Id"),
            )
            if member in request
        }
        try:
            variant, reply, capture = endpoint.invoke(
                bytes(body), headers, request.get("TargetVariant")
            )
        except KeyError:
            raise _invalid(f"Variant {request['TargetVariant']} not found for Request.") from None
        except NotInService as error:
            raise _invalid(f"Endpoint {name} is not in service: its status is {error}.") from None
        except Throttled as error:
            raise ServiceError("ThrottlingException", f"{error}.", status=429) from None
        except TimeoutError:
            raise self._model_error(
                name, 0, f"Your model did not answer within {INVOCATION_TIMEOUT_S:g} seconds."
            ) from None
        except (OSError, HTTPException, Unhealthy) as error:
            raise ServiceError(
                "ServiceUnavailable", f"The model's process does not answer: {error}", status=503
            ) from error
        if reply.status >= 300:
            raise self._refused(name, reply)
        if capture is not None:
            content_type = headers.get("Content-Type", "application/json")
            capture.add(
                variant,
                (content_type, bytes(body)),
                (reply.content_type, reply.body),
                inference_id=request.get("InferenceId"),
                custom_attributes=request.get("CustomAttributes"),
            )
        return {
            "Body": reply.body,
            "ContentType": reply.content_type,
            "InvokedProductionVariant": variant,
        }

    def _refused(self, name: str, reply: Reply) -> ServiceError:
        """What a model's own 4xx or 5xx becomes: always a 424, with the original in it."""
        whose = "client" if reply.status < 500 else "server"
        said = reply.body.decode("utf-8", "replace")
        return self._model_error(
            name,
            reply.status,
            f"Received {whose} error ({reply.status}) from primary with message "
            f'"{said}". See the log group {LOG_GROUP}{name} for more information.',
            said,
        )

    def _model_error(
        self, name: str, status: int, message: str, original: str = ""
    ) -> ServiceError:
        region = request_region.get()
        group = f"arn:{partition(region)}:logs:{region}:{ACCOUNT}:log-group:{LOG_GROUP}{name}"
        return ServiceError(
            "ModelError",
            message,
            status=424,
            members={
                "OriginalStatusCode": status,
                "OriginalMessage": original or message,
                "LogStreamArn": group,
            },
        )


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)
