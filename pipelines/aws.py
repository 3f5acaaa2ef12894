"""Clients for AWS, or for the local engine that speaks like it; the only importer of boto3.

Two rules. What a client talks to is decided by the environment's configuration, never by what
happens to be set in the caller's shell: the region is the configuration's, and no `AWS_REGION`,
`AWS_ENDPOINT_URL` or region of a profile changes it. And whatever goes wrong in a call is an
`AwsError`, so that nothing above this module needs to know botocore's fifty exceptions.

    AWS             credentials from boto3's usual chain (variables, profile, SSO, instance role)
    local engine    invented credentials; no variable, profile, file or proxy of the caller is read
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

from pipelines.environment.model import Environment
from pipelines.errors import PipelinesError

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_INVALID_CREDENTIALS = frozenset(
    {
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset(
    {"403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden"}
)
_THROTTLED = frozenset(
    {
        "LimitExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_LOG_IN = (
    "Log in (aws sso login), or name a profile with AWS_PROFILE, or set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY.\naws sts get-caller-identity shows whether it worked."
)


class AwsError(PipelinesError):
    """A call that was refused, or never answered.

    `code` is AWS's own, such as "ValidationError", and `reason` its message; both are empty if no
    answer came. `transient` says that the same call may well succeed a little later.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        reason: str = "",
        transient: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reason = reason
        self.transient = transient


class Client:
    """A boto3 client whose calls raise `AwsError` and nothing of botocore's."""

    def __init__(self, client: Any, where: str) -> None:
        self._client = client
        self._where = where

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not callable(method):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            with errors_as_ours(self._where):
                return method(*args, **kwargs)

        return call


class Connection:
    """The clients of one region, of AWS or of a local engine (`endpoint_url`), made when needed.

    `make_client` makes the client of a service by boto3's name for it, "stepfunctions" for one.
    """

    def __init__(
        self, region: str, make_client: Callable[[str], Any], *, endpoint_url: str | None = None
    ) -> None:
        self.region = region
        self.endpoint_url = endpoint_url
        self._make_client = make_client
        self._clients: dict[str, Any] = {}

    @property
    def where(self) -> Literal["aws", "local"]:
        """What answers: AWS, or a local engine."""
        return "aws" if self.endpoint_url is None else "local"

    def client(self, service: str) -> Any:
        """The client of `service`; the same one each time."""
        if service not in self._clients:
            self._clients[service] = self._make_client(service)
        return self._clients[service]

    def account(self) -> str:
        """The account that the credentials belong to."""
        return str(self.client("sts").get_caller_identity()["Account"])


def connect(environment: Environment, *, endpoint_url: str | None = None) -> Connection:
    """A connection to the environment's region, of AWS or of the engine at `endpoint_url`.

    Makes no call and, before the first client is asked for, does not import boto3 (0.4 s).
    """
    region = environment.region
    make_session = _ambient_session if endpoint_url is None else _isolated_session
    where = f"AWS in {region}" if endpoint_url is None else f"the local engine at {endpoint_url}"
    session = lru_cache(maxsize=1)(lambda: make_session(region))

    def make_client(service: str) -> Client:
        with errors_as_ours(where):
            client = session().client(
                service, endpoint_url=endpoint_url, config=_client_config(endpoint_url)
            )
        return Client(client, where)

    return Connection(region, make_client, endpoint_url=endpoint_url)


def pages(
    operation: Callable[..., Any], *, token: str = "NextToken", **parameters: Any
) -> Iterator[Mapping[str, Any]]:
    """Every page of a list operation; `token` is how its API spells the field."""
    while True:
        page = operation(**parameters)
        yield page
        if not page.get(token):
            return
        parameters[token] = page[token]


@contextmanager
def errors_as_ours(where: str) -> Iterator[None]:
    """Turn botocore's errors into `AwsError`; needed by hand only while a body is being read.

    Raises:
        AwsError: for every error of boto3 and botocore but a request that does not fit the API,
            which is a bug of ours and not a fact about AWS.
    """
    import boto3.exceptions
    import botocore.exceptions

    try:
        yield
    except botocore.exceptions.ParamValidationError:
        raise
    except botocore.exceptions.ClientError as error:
        raise _refused(error) from error
    except (botocore.exceptions.BotoCoreError, boto3.exceptions.Boto3Error) as error:
        raise _unanswered(error, where) from error


def _ambient_session(region: str) -> Any:
    """boto3's own session: the caller's credentials, but our region."""
    import boto3

    return boto3.Session(region_name=region)


def _isolated_session(region: str) -> Any:
    """A session that reads no environment variable and no file of the caller."""
    import boto3
    import botocore.session

    blind: dict[str, Any] = {
        name: (variable[0], None, *variable[2:])
        for name, variable in botocore.session.Session.SESSION_VARIABLES.items()
        if isinstance(variable, tuple)
    }
    for name in ("config_file", "credentials_file"):
        blind[name] = (None, None, os.devnull, None)
    return boto3.Session(
        aws_access_key_id="local",
        aws_secret_access_key="local",
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=blind),
    )


def _client_config(endpoint_url: str | None) -> Any:
    from botocore.config import Config

    if endpoint_url is None:
        return Config(
            ignore_configured_endpoint_urls=True,
            connect_timeout=10,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 5},
        )
    # A server on this machine answers or is not there: there is nothing to try again for.
    return Config(
        ignore_configured_endpoint_urls=True,
        connect_timeout=2,
        read_timeout=60,
        retries={"total_max_attempts": 1},
        proxies={},
        s3={"addressing_style": "path"},
    )


def _refused(error: Any) -> AwsError:
    """What a service answered, in one line, with what to do where that is known."""
    answer = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code, reason = str(answer.get("Code", "")), str(answer.get("Message", ""))
    operation = error.operation_name

    def say(message: str, *, hint: str = "", transient: bool = False) -> AwsError:
        return AwsError(message, code=code, reason=reason, hint=hint, transient=transient)

    if code in _EXPIRED:
        return say("the AWS credentials have expired.", hint=_LOG_IN)
    if code in _INVALID_CREDENTIALS:
        return say(f"AWS does not accept the credentials: {reason or code}", hint=_LOG_IN)
    if code in _DENIED:
        return say(
            f"AWS refused {operation}: {reason or 'access denied'}",
            hint="aws sts get-caller-identity shows who is asking; this identity needs the "
            "permission named above.",
        )
    if code in _THROTTLED:
        return say(
            f"AWS is throttling {operation}: {reason or code}",
            hint="Try again in a minute.",
            transient=code != "LimitExceededException",
        )
    # 501 is an answer for ever: the engine does not have the operation.
    transient = status >= 500 and status != 501
    return say(f"{operation} failed: {reason or code} ({code})", transient=transient)


def _unanswered(error: Exception, where: str) -> AwsError:
    """Why no service was asked, or why none answered."""
    from botocore import exceptions

    text = " ".join(str(error).split())
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return AwsError("there are no AWS credentials.", hint=_LOG_IN)
    if isinstance(
        error,
        exceptions.CredentialRetrievalError
        | exceptions.ProfileNotFound
        | exceptions.SSOError
        | exceptions.TokenRetrievalError
        | exceptions.ConfigParseError,
    ):
        return AwsError(f"the AWS credentials cannot be read: {text}", hint=_LOG_IN)
    if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError):
        if where.startswith("the local engine"):
            hint = "The same command starts it again; .local/engine.log holds its last words."
            return AwsError(f"{where} does not answer.", hint=hint, transient=True)
        hint = "Check the network, the proxy, and the region in the configuration."
        return AwsError(f"{where} does not answer: {text}", hint=hint, transient=True)
    return AwsError(f"{where}: {text}")
