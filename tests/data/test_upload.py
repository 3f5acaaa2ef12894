"""Files into an environment's bucket: where the configuration says, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines.aws import AwsError, Connection
from pipelines.data.progress import Advance, Quiet
from pipelines.data.upload import Uploaded, data_uris, find_bucket, upload
from pipelines.environment.model import Environment
from pipelines.errors import InputError
from tests.environments import make_environment


class FakeS3:
    """Buckets in memory, as far as S3 is used."""

    def __init__(self, *buckets: str) -> None:
        self.buckets: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in buckets}
        self.owners: list[str | None] = []
        self.may_list = True

    def head_bucket(self, Bucket: str) -> None:
        if Bucket not in self.buckets:
            raise AwsError("HeadBucket failed", code="404" if self.may_list else "403")

    def head_object(self, Bucket: str, Key: str, **owner: str) -> Mapping[str, Any]:
        self.owners.append(owner.get("ExpectedBucketOwner"))
        found = self.buckets.get(Bucket, {}).get(Key)
        if found is None:
            raise AwsError("HeadObject failed", code="404" if self.may_list else "403")
        return {"ContentLength": len(found["Body"]), "Metadata": found["Metadata"]}

    def upload_file(
        self,
        Filename: str,
        Bucket: str,
        Key: str,
        ExtraArgs: dict[str, Any],
        Callback: Callable[[int], None],
    ) -> None:
        self.owners.append(ExtraArgs.get("ExpectedBucketOwner"))
        body = Path(Filename).read_bytes()
        for _ in body:
            Callback(1)
        self.buckets[Bucket][Key] = {"Body": body, "Metadata": ExtraArgs["Metadata"]}


class FakeCloudFormation:
    def __init__(self, stacks: dict[str, dict[str, str]]) -> None:
        self.stacks = stacks

    def describe_stacks(self, StackName: str) -> Mapping[str, Any]:
        if StackName not in self.stacks:
            raise AwsError("DescribeStacks failed", code="ValidationError")
        outputs = self.stacks[StackName].items()
        return {"Stacks": [{"Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in outputs]}]}


class Said(Quiet):
    """Remembers what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


DEPLOYED = {"demo-dev-foundation": {"Bucket": "mine", "ModelPackageGroupName": "x"}}


def connection(s3: FakeS3, stacks: dict[str, dict[str, str]] = DEPLOYED) -> Connection:
    clients = {"s3": s3, "cloudformation": FakeCloudFormation(stacks)}
    return Connection("eu-central-1", clients.__getitem__)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    given = {}
    for role in ("training", "test", "inference"):
        path = tmp_path / f"{role}.csv"
        path.write_text(f"rows of {role}")
        given[role] = (path, hashlib.sha256(path.read_bytes()).hexdigest())
    return given


def sent(
    files: dict[str, tuple[Path, str]],
    s3: FakeS3,
    environment: Environment | None = None,
    bucket: str | None = None,
    progress: Quiet | None = None,
) -> dict[str, bool]:
    uploaded: Iterator[Uploaded] = upload(
        files,
        environment or make_environment(),
        connection(s3),
        bucket=bucket,
        progress=progress or Quiet(),
    )
    return {done.uri: done.sent for done in uploaded}


def test_each_file_goes_where_the_configuration_says(files: dict[str, tuple[Path, str]]) -> None:
    s3 = FakeS3("mine")

    assert sent(files, s3) == {
        "s3://mine/data/train.csv": True,
        "s3://mine/data/test.csv": True,
        "s3://mine/data/people.csv": True,
    }
    assert s3.buckets["mine"]["data/people.csv"]["Body"] == b"rows of inference"


def test_what_is_there_is_not_sent_again(files: dict[str, tuple[Path, str]]) -> None:
    s3 = FakeS3("mine")
    sent(files, s3)
    s3.buckets["mine"]["data/test.csv"]["Body"] += b"x"
    s3.buckets["mine"]["data/people.csv"]["Metadata"] = {}

    assert list(sent(files, s3).values()) == [False, True, True]


def test_what_is_replaced_is_said(files: dict[str, tuple[Path, str]]) -> None:
    s3, said = FakeS3("mine"), Said()
    sent(files, s3)
    s3.buckets["mine"]["data/test.csv"]["Body"] = b"12345"

    sent(files, s3, progress=said)

    assert "Replacing s3://mine/data/test.csv, 5 bytes until now." in said.lines


def test_a_folder_gets_the_file_under_its_own_name(files: dict[str, tuple[Path, str]]) -> None:
    data = {
        "training": "s3://${bucket}/data/train/",
        "test": "s3://${bucket}/data/test.csv",
        "inference": "s3://${bucket}/data/people.csv",
    }

    uris = sent(files, FakeS3("mine"), make_environment(data=data))

    assert "s3://mine/data/train/training.csv" in uris


def test_files_of_some_roles_are_enough(files: dict[str, tuple[Path, str]]) -> None:
    assert list(sent({"test": files["test"]}, FakeS3("mine"))) == ["s3://mine/data/test.csv"]


def test_a_bucket_can_be_named(files: dict[str, tuple[Path, str]]) -> None:
    s3 = FakeS3("other")

    assert "s3://other/data/train.csv" in sent(files, s3, bucket="other")


def test_a_bucket_that_the_configuration_names_is_used(files: dict[str, tuple[Path, str]]) -> None:
    data = {
        "training": "s3://lake/t.csv",
        "test_fraction": 0.2,
        "inference": "s3://lake/people.csv",
    }
    s3 = FakeS3("lake")

    assert list(sent(files, s3, make_environment(data=data))) == [
        "s3://lake/t.csv",
        "s3://lake/people.csv",
    ]
    assert data_uris(make_environment(data=data)).keys() == {"training", "inference"}


def test_an_environment_that_is_not_deployed_is_said(files: dict[str, tuple[Path, str]]) -> None:
    with pytest.raises(InputError) as error:
        find_bucket(make_environment(), connection(FakeS3(), {}))

    assert "there is no stack demo-dev-foundation" in str(error.value)
    assert "python -m pipelines deploy dev BUCKET" in error.value.hint


def test_a_bucket_that_does_not_exist_is_said(files: dict[str, tuple[Path, str]]) -> None:
    with pytest.raises(InputError) as error:
        sent(files, FakeS3(), bucket="gone")

    assert str(error.value) == "the bucket gone does not exist"
    assert error.value.hint == "Deploy first: python -m pipelines deploy dev gone"


def test_the_bucket_must_belong_to_the_account_that_is_configured(
    files: dict[str, tuple[Path, str]],
) -> None:
    s3 = FakeS3("mine")

    sent(files, s3, make_environment(account="123456789012"))

    assert set(s3.owners) == {"123456789012"}


def test_who_may_write_but_not_list_can_upload(files: dict[str, tuple[Path, str]]) -> None:
    s3 = FakeS3("mine")
    s3.may_list = False

    assert all(sent(files, s3).values())


def test_progress_counts_the_bytes(files: dict[str, tuple[Path, str]]) -> None:
    class Counting(Quiet):
        done = 0

        @contextmanager
        def bytes(self, what: str, total: int) -> Iterator[Advance]:
            before = self.done

            def advance(count: int) -> None:
                self.done += count

            yield advance
            assert self.done - before == total

    progress = Counting()
    sent(files, FakeS3("mine"), progress=progress)

    assert progress.done == sum(path.stat().st_size for path, _ in files.values())
