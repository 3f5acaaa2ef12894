"""Take over: the model is deployed, tested where that is configured, and keeps the endpoint."""

from __future__ import annotations

from pipelines.sdk import Expression
from pipelines.steps.deploy_endpoint import deploy_endpoint
from pipelines.steps.endpoint import section
from pipelines.steps.retire_endpoint import retire_endpoint
from pipelines.steps.segment import Segment, joined
from pipelines.steps.step import Scope
from pipelines.steps.try_endpoint import try_endpoint


def take_over(
    scope: Scope, *, model_sha256: Expression, old_model_uri: Expression | None = None
) -> Segment:
    """Deploy endpoint → Test endpoint → what it supersedes is removed.

    Afterwards `$.Endpoint` has EndpointName, EndpointConfigName and `previous`.

    Args:
        model_sha256: the digest of the archive at `$.Train.model`.
        old_model_uri: the archive of the model before, whose clients are to be served as well.

    Raises:
        ValueError: no endpoint is configured.
    """
    deployment = deploy_endpoint(scope, model_sha256)
    test = section(scope).test
    tested = (
        [try_endpoint(scope, deployment, old_model_uri=old_model_uri)]
        if test is not None and test.enabled
        else []
    )
    return joined([deployment.segment, *tested, retire_endpoint(scope)])
