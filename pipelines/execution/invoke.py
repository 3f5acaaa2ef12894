"""Asking an environment's endpoint: rows in, predictions in their order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines import naming
from pipelines.aws import AwsError, Connection
from pipelines.environment.model import Environment
from pipelines.errors import InputError

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Answers:
    """What an endpoint answered.

    Attributes:
        predictions: one for each row, in order: `{"prediction", "score"}`.
        model_sha256: of the model's archive.
    """

    predictions: Sequence[Mapping[str, Any]]
    model_sha256: str


def invoke(connection: Connection, environment: Environment, rows: Sequence[Row]) -> Answers:
    """Send rows to the environment's endpoint.

    Raises:
        InputError: there is no such endpoint, or it does not take these rows.
        AwsError
    """
    name = naming.endpoint_name(environment)
    try:
        answer = connection.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=name,
            ContentType="application/json",
            Accept="application/json",
            Body=json.dumps({"rows": list(rows)}),
        )
    except AwsError as error:
        if error.code == "ModelError":
            raise InputError(
                f"endpoint {name} does not answer these rows: {error.reason}",
                hint="docs/serving.md says what it takes.",
            ) from error
        if error.code == "ValidationError" or "not found" in error.reason.lower():
            raise InputError(
                f"there is no endpoint {name}: {error.reason}",
                hint=f"python -m pipelines run training {environment.name} deploys it, where the "
                "configuration has an endpoint.",
            ) from error
        raise
    document = json.loads(answer["Body"].read())
    return Answers(document["predictions"], document["model_sha256"])
