"""Clients go where the configuration says, and their errors are one clear sentence of ours."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import botocore.exceptions
import pytest

from pipelines.aws import AwsError, Connection, connect, errors_as_ours, pages

ENGINE = "http://127.0.0.1:9"
AMBIENT = {
    "AWS_PROFILE": "a-profile-that-is-not-there",
    "AWS_CONFIG_FILE": "/a/file/that/is/not/there",
    "AWS_REGION": "ap-southeast-1",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
    "AWS_ENDPOINT_URL": "http://elsewhere.invalid",
    "AWS_ENDPOINT_URL_S3": "http://elsewhere.invalid",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_ACCESS_KEY_ID": "AKIASOMEONEREAL",
    "AWS_SECRET_ACCESS_KEY": "a secret",
    "AWS_SESSION_TOKEN": "a token",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
}


def environment(region: str = "eu-central-1") -> Any:
    return SimpleNamespace(region=region)


@pytest.fixture
def ambient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)


class TestConnect:
    @pytest.mark.parametrize("service", ["s3", "cloudformation", "stepfunctions", "logs", "sts"])
    @pytest.mark.usefixtures("ambient")
    def test_nothing_in_the_callers_shell_reaches_a_client_of_the_engine(
        self, service: str
    ) -> None:
        client = connect(environment(), endpoint_url=ENGINE).client(service)

        assert client.meta.endpoint_url == ENGINE
        assert client.meta.region_name == "eu-central-1"
        assert client.meta.config.proxies == {}
        assert not client.meta.config.use_fips_endpoint

    @pytest.mark.usefixtures("ambient")
    def test_the_engine_never_sees_the_callers_credentials(self) -> None:
        client = connect(environment(), endpoint_url=ENGINE).client("s3")

        url = client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})

        assert url.startswith(f"{ENGINE}/b/k?")
        assert "X-Amz-Credential=local%2F" in url
        assert "Security-Token" not in url

    @pytest.mark.usefixtures("ambient")
    def test_on_aws_region_and_endpoint_are_the_configurations(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_PROFILE", "AWS_USE_FIPS_ENDPOINT"):
            monkeypatch.delenv(name)

        client = connect(environment("eu-west-1")).client("stepfunctions")

        assert client.meta.endpoint_url == "https://states.eu-west-1.amazonaws.com"
        assert client.meta.region_name == "eu-west-1"

    @pytest.mark.usefixtures("ambient")
    def test_a_profile_that_is_not_there_is_said_in_one_line(self) -> None:
        with pytest.raises(AwsError, match="a-profile-that-is-not-there") as caught:
            connect(environment()).client("s3")

        assert "AWS_PROFILE" in caught.value.hint

    def test_an_engine_that_is_not_up_is_said_in_one_line(self) -> None:
        sts = connect(environment(), endpoint_url=ENGINE).client("sts")

        with pytest.raises(
            AwsError, match=r"local engine at http://127\.0\.0\.1:9 does not"
        ) as caught:
            sts.get_caller_identity()

        assert caught.value.transient
        assert "starts it again" in caught.value.hint

    def test_connecting_does_not_import_boto3(self) -> None:
        code = (
            "import sys, types; from pipelines.aws import connect; "
            "connect(types.SimpleNamespace(region='eu-west-1')); sys.exit('boto3' in sys.modules)"
        )

        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_a_service_has_one_client(self) -> None:
        made: list[str] = []
        connection = Connection("eu-west-1", lambda service: made.append(service) or service)

        assert connection.client("s3") is connection.client("s3")
        assert made == ["s3"]


def client_error(code: str, message: str = "", status: int = 400) -> Exception:
    return botocore.exceptions.ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "DescribeStacks",
    )


def ours(error: Exception) -> AwsError:
    with pytest.raises(AwsError) as caught, errors_as_ours("AWS in eu-west-1"):
        raise error
    return caught.value


class TestErrors:
    def test_a_refusal_keeps_awss_own_code_and_words(self) -> None:
        error = ours(client_error("ValidationError", "Stack x does not exist"))

        assert (error.code, error.reason) == ("ValidationError", "Stack x does not exist")
        assert str(error) == "DescribeStacks failed: Stack x does not exist (ValidationError)"
        assert not error.transient

    @pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
    def test_expired_credentials(self, code: str) -> None:
        error = ours(client_error(code, "The security token is expired"))

        assert str(error) == "the AWS credentials have expired."
        assert "aws sso login" in error.hint

    def test_credentials_that_aws_does_not_know(self) -> None:
        error = ours(client_error("InvalidClientTokenId", "The security token is invalid."))

        assert str(error) == "AWS does not accept the credentials: The security token is invalid."

    @pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
    def test_a_missing_permission_names_who_and_what(self, code: str) -> None:
        error = ours(client_error(code, "User: ann is not authorized to perform: x"))

        assert "AWS refused DescribeStacks: User: ann is not authorized" in str(error)
        assert "get-caller-identity" in error.hint

    def test_no_credentials(self) -> None:
        error = ours(botocore.exceptions.NoCredentialsError())

        assert str(error) == "there are no AWS credentials."
        assert "AWS_PROFILE" in error.hint

    def test_an_sso_login_that_has_run_out(self) -> None:
        error = ours(botocore.exceptions.UnauthorizedSSOTokenError())

        assert str(error).startswith("the AWS credentials cannot be read: ")
        assert "aws sso login" in error.hint

    @pytest.mark.parametrize(
        "error",
        [
            client_error("ThrottlingException", "Rate exceeded"),
            client_error("InternalError", "We failed", status=500),
            botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
            botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
            botocore.exceptions.ConnectionClosedError(endpoint_url="https://x"),
        ],
    )
    def test_what_may_pass_is_marked_transient(self, error: Exception) -> None:
        assert ours(error).transient

    def test_a_quota_is_not_transient(self) -> None:
        assert not ours(client_error("LimitExceededException", "Stack limit")).transient

    def test_a_request_that_does_not_fit_the_api_stays_a_bug(self) -> None:
        bug = botocore.exceptions.ParamValidationError(report="Missing parameter")

        with (
            pytest.raises(botocore.exceptions.ParamValidationError),
            errors_as_ours("AWS in eu-west-1"),
        ):
            raise bug


class TestPages:
    def test_every_page_is_asked_for_with_the_token_of_the_one_before(self) -> None:
        answers = {None: {"n": 1, "nextToken": "a"}, "a": {"n": 2, "nextToken": "b"}, "b": {"n": 3}}

        def operation(*, kind: str, nextToken: str | None = None) -> dict[str, Any]:
            assert kind == "all"
            return answers[nextToken]

        assert [page["n"] for page in pages(operation, token="nextToken", kind="all")] == [1, 2, 3]
