"""The account, the region and the bucket must be those that the configuration means."""

from __future__ import annotations

import re
from typing import Any

from pipelines.aws import AwsError, Connection
from pipelines.environment.model import Environment
from pipelines.errors import DeploymentError, InputError

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def check_bucket_name(bucket: str) -> None:
    """Refuse what cannot be a bucket before anything is asked of anyone.

    Raises:
        InputError
    """
    if not _BUCKET.fullmatch(bucket):
        raise InputError(
            f"{bucket!r} cannot be the name of a bucket",
            hint="3 to 63 lower-case letters, digits, hyphens and dots; no s3://, no folder, no "
            "IP address.",
        )


def check_account(environment: Environment, connection: Connection) -> str:
    """The account that will be deployed to.

    Raises:
        DeploymentError: it is not the configuration's.
    """
    account = connection.account()
    if environment.account not in (None, account):
        raise DeploymentError(
            f"{environment.name} belongs in account {environment.account}; these credentials "
            f"are of account {account}",
            hint=f"Nothing has been changed. Use credentials of account {environment.account}, or "
            f"correct `account` in config/{environment.name}.yaml.",
        )
    return account


def ensure_bucket(
    environment: Environment, connection: Connection, bucket: str, account: str
) -> bool:
    """Whether the bucket had to be made, which only an environment on the local engine does.

    Raises:
        InputError: there is no such bucket, it is somebody else's, or in another region.
    """
    s3 = connection.client("s3")
    region = environment.region
    try:
        answer = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except AwsError as error:
        if error.code in ("404", "NoSuchBucket"):
            if environment.engine == "local":
                s3.create_bucket(Bucket=bucket, **_location(region))
                return True
            raise InputError(
                f"there is no bucket {bucket}",
                hint=f"Make it: aws s3 mb s3://{bucket} --region {region}",
            ) from error
        if error.code in ("403", "AccessDenied"):
            raise InputError(
                f"the bucket {bucket} is not account {account}'s, or these credentials may not "
                "use it",
                hint=f"Another name? aws s3 mb s3://{bucket}-{account} --region {region}",
            ) from error
        raise
    lies_in = _region(answer)
    if lies_in not in (None, region):
        raise InputError(
            f"the bucket {bucket} lies in {lies_in}, and {environment.name} in {region}",
            hint=f"Use a bucket in {region}: SageMaker reads from no other region.",
        )
    return False


def _location(region: str) -> dict[str, Any]:
    # S3 refuses the name of its oldest region here.
    if region == "us-east-1":
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _region(answer: Any) -> str | None:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = answer.get("BucketRegion") or headers.get("x-amz-bucket-region")
    return None if region is None else str(region)
