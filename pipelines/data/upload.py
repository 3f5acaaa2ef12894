"""Files → the objects that an environment's configuration names, each uploaded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import naming
from pipelines.aws import AwsError, Connection
from pipelines.data.progress import Progress
from pipelines.environment.model import Environment
from pipelines.errors import InputError

# Where an object's own digest is noted, so that one that is there already is recognised.
_DIGEST = "sha256"
_BUCKET = "${bucket}"


@dataclass(frozen=True)
class Uploaded:
    """A file and its object; `sent` is False if the object was there already."""

    file: Path
    uri: str
    sent: bool


def data_uris(environment: Environment) -> dict[str, str]:
    """What the configuration calls training, test and inference data, as far as it names them."""
    data = environment.data
    uris = {"training": data.training, "test": data.test, "inference": data.inference}
    return {role: uri for role, uri in uris.items() if uri is not None}


def find_bucket(environment: Environment, connection: Connection) -> str:
    """The bucket that the environment was deployed with.

    Raises:
        InputError: it is not deployed.
    """
    stack = naming.stack_name(environment, "foundation")
    try:
        answer = connection.client("cloudformation").describe_stacks(StackName=stack)
    except AwsError as error:
        if error.code != "ValidationError":
            raise
        answer = {"Stacks": []}
    for output in (answer["Stacks"] or [{}])[0].get("Outputs", []):
        if output["OutputKey"] == "Bucket":
            return str(output["OutputValue"])
    raise InputError(
        f"{environment.name} is not deployed, so that its bucket is not known: there is no stack "
        f"{stack}",
        hint=f"Deploy it first: python -m pipelines deploy {environment.name} BUCKET\n"
        "or name a bucket that exists: --bucket BUCKET",
    )


def upload(
    files: Mapping[str, tuple[Path, str]],
    environment: Environment,
    connection: Connection,
    *,
    bucket: str | None,
    progress: Progress,
) -> Iterator[Uploaded]:
    """Put each file, by its role, where the configuration says: the object, or into the folder.

    An object of the same length whose metadata hold the same digest is left alone.

    Args:
        files: By role as in `data_uris`, each with its hexadecimal SHA-256; one whose role the
            configuration does not have is left out.
        bucket: Stands for `${bucket}`; found out if it is None and needed.

    Raises:
        InputError: the environment is not deployed, or the bucket does not exist.
        AwsError: the account may not write there.
    """
    uris = {role: uri for role, uri in data_uris(environment).items() if role in files}
    if bucket is None and any(_BUCKET in uri for uri in uris.values()):
        bucket = find_bucket(environment, connection)
    s3 = connection.client("s3")
    places = {
        role: _place(environment, uri, bucket or "", files[role][0]) for role, uri in uris.items()
    }
    for target in dict.fromkeys(place["Bucket"] for place in places.values()):
        _check_bucket(s3, environment, target)
    for role, place in places.items():
        file, digest = files[role]
        uri = f"s3://{place['Bucket']}/{place['Key']}"
        yield Uploaded(file, uri, _put(s3, file, digest, place, uri, progress))


def _check_bucket(s3: Any, environment: Environment, bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except AwsError as error:
        if error.code in {"NoSuchBucket", "404"}:
            raise InputError(
                f"the bucket {bucket} does not exist",
                hint=f"Deploy first: python -m pipelines deploy {environment.name} {bucket}",
            ) from error
        # Who may not look at the bucket may still write to it: the upload will tell.


def _place(environment: Environment, uri: str, bucket: str, file: Path) -> dict[str, str]:
    """The object, in a bucket that must belong to the account that the configuration means."""
    target, _, key = uri.replace(_BUCKET, bucket).removeprefix("s3://").partition("/")
    place = {"Bucket": target, "Key": key + file.name if key.endswith("/") else key}
    if environment.account is not None and environment.engine == "aws":
        place["ExpectedBucketOwner"] = environment.account
    return place


def _put(
    s3: Any, file: Path, digest: str, place: dict[str, str], uri: str, progress: Progress
) -> bool:
    size = file.stat().st_size
    present = _head(s3, place)
    if present is not None and _is_same(present, digest, size):
        progress.say(f"{uri} is there already.")
        return False
    if present is not None:
        progress.say(f"Replacing {uri}, {present['ContentLength']:,} bytes until now.")
    extra: dict[str, Any] = {"Metadata": {_DIGEST: digest}}
    if file.suffix == ".csv":
        extra["ContentType"] = "text/csv"
    if "ExpectedBucketOwner" in place:
        extra["ExpectedBucketOwner"] = place["ExpectedBucketOwner"]
    with progress.bytes(f"Uploading {uri}", size) as advance:
        s3.upload_file(str(file), place["Bucket"], place["Key"], ExtraArgs=extra, Callback=advance)
    return True


def _head(s3: Any, place: dict[str, str]) -> Any:
    """What S3 says of the object; None if there is none."""
    try:
        return s3.head_object(**place)
    except AwsError as error:
        # S3 says "forbidden" of an object that is not there to whoever may not list the bucket.
        if error.code in {"404", "NoSuchKey", "403"}:
            return None
        raise


def _is_same(present: Any, digest: str, size: int) -> bool:
    recorded = present.get("Metadata", {}).get(_DIGEST)
    return bool(present["ContentLength"] == size and recorded == digest)
