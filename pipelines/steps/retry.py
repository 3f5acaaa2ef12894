"""Retry policies: which errors of a service are worth another attempt, and when.

A job that ended in failure is not retried: its own reason says why, and `Retry` cannot read it.
Waits: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from pipelines.sdk import Retry

# What a Task may take beyond the job's own limit: waiting for machines, pulling the image, copying.
JOB_OVERHEAD_S = 3600
# For one call of an API.
CALL_TIMEOUT_S = 60
_TIMEOUT = "States.Timeout"


def starting_a_job() -> list[Retry]:
    """No machines free at the moment, or the API itself was throttled or down.

    The second name is that of every error that the API's operation does not document, throttling
    and a request that can never succeed among them, which is tried again too: few times, and soon.
    What it documents has a name of its own: a job's name that is taken is
    SageMaker.ResourceInUseException, which no second attempt makes good.
    """
    return [
        Retry(
            error_equals=["SageMaker.ResourceLimitExceededException"],
            interval_seconds=60,
            backoff_rate=2.0,
            max_attempts=5,
            max_delay_seconds=600,
            jitter_strategy="FULL",
        ),
        Retry(
            error_equals=["SageMaker.AmazonSageMakerException"],
            interval_seconds=5,
            backoff_rate=2.0,
            max_attempts=3,
            max_delay_seconds=60,
            jitter_strategy="FULL",
        ),
    ]


def calling(service: str) -> list[Retry]:
    """One call through an AWS SDK integration, such as `calling("S3")`.

    A throttled or failed call has the service's own exception; one that did not get through has
    the SDK's, or none at all until it times out. Only for calls that may be made twice.
    """
    return _again_on(f"{service}.{service}Exception", f"{service}.SdkClientException", _TIMEOUT)


def handing_out(service: str) -> list[Retry]:
    """One call that hands a task token out: its timeout is that of the answer, which did not come.

    Each attempt has a token of its own.
    """
    return _again_on(f"{service}.{service}Exception", f"{service}.SdkClientException")


def _again_on(*errors: str) -> list[Retry]:
    return [
        Retry(
            error_equals=list(errors),
            interval_seconds=2,
            backoff_rate=2.0,
            max_attempts=4,
            max_delay_seconds=30,
            jitter_strategy="FULL",
        )
    ]
