"""S3 as boto3 sees it: objects, listings, uploads in parts, conditions, and what is refused."""

from __future__ import annotations

import hashlib
import io
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from tests.engine.conftest import Engine

MIB = 1024 * 1024


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_an_object_comes_back_with_all_that_was_said_about_it(s3: Any) -> None:
    s3.put_object(
        Bucket="bucket",
        Key="data/träin 1.csv",
        Body=b"a,b\n",
        ContentType="text/csv",
        CacheControl="no-cache",
        Metadata={"rows_seen": "1"},
    )

    found = s3.get_object(Bucket="bucket", Key="data/träin 1.csv")

    assert found["Body"].read() == b"a,b\n"
    assert found["ContentType"] == "text/csv"
    assert found["CacheControl"] == "no-cache"
    assert found["Metadata"] == {"rows_seen": "1"}
    assert found["ETag"].strip('"') == hashlib.md5(b"a,b\n").hexdigest()


def test_an_object_is_a_plain_file_that_a_person_can_open(engine: Engine, s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="data/train.csv", Body=b"a,b\n")

    assert (engine.root / "s3/bucket/data/train.csv").read_bytes() == b"a,b\n"


def test_objects_survive_a_restart(engine: Engine, s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"v", Metadata={"a": "b"})

    engine.restart()

    found = engine.client("s3").get_object(Bucket="bucket", Key="k")
    assert (found["Body"].read(), found["Metadata"]) == (b"v", {"a": "b"})


@pytest.mark.parametrize(
    ("asked", "body", "told"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_of_an_object_can_be_read(s3: Any, asked: str, body: bytes, told: str) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"0123456789")

    found = s3.get_object(Bucket="bucket", Key="k", Range=asked)

    assert (found["Body"].read(), found["ContentRange"]) == (body, told)


def test_a_range_beyond_the_object_is_an_error(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"0123456789")

    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="bucket", Key="k", Range="bytes=10-")

    assert code(error) == "InvalidRange"


def test_a_large_file_goes_in_parts_and_comes_back_whole(s3: Any, tmp_path: Path) -> None:
    source, copy = tmp_path / "source", tmp_path / "copy"
    source.write_bytes(bytes(range(256)) * (12 * MIB // 256) + b"end")
    parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)

    s3.upload_file(str(source), "bucket", "big", Config=parts)
    s3.download_file("bucket", "big", str(copy), Config=parts)

    assert copy.read_bytes() == source.read_bytes()
    assert s3.head_object(Bucket="bucket", Key="big")["ETag"].endswith('-3"')


def test_a_large_object_is_copied_in_parts(s3: Any, tmp_path: Path) -> None:
    parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    body = bytes(range(256)) * (11 * MIB // 256)
    s3.upload_fileobj(io.BytesIO(body), "bucket", "big", Config=parts)

    s3.copy({"Bucket": "bucket", "Key": "big"}, "bucket", "copy", Config=parts)

    assert s3.get_object(Bucket="bucket", Key="copy")["Body"].read() == body


def test_an_upload_that_is_aborted_leaves_nothing(engine: Engine, s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    s3.upload_part(Bucket="bucket", Key="k", UploadId=upload, PartNumber=1, Body=b"part")

    s3.abort_multipart_upload(Bucket="bucket", Key="k", UploadId=upload)

    assert "Uploads" not in s3.list_multipart_uploads(Bucket="bucket")
    assert list((engine.root / "s3/.uploads").iterdir()) == []


def test_an_unfinished_upload_goes_on_after_a_restart(engine: Engine, s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    part = s3.upload_part(Bucket="bucket", Key="k", UploadId=upload, PartNumber=1, Body=b"part")

    engine.restart()
    s3 = engine.client("s3")
    held = s3.list_parts(Bucket="bucket", Key="k", UploadId=upload)["Parts"]
    s3.complete_multipart_upload(
        Bucket="bucket",
        Key="k",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )

    assert [each["Size"] for each in held] == [4]
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"part"


def test_parts_are_at_least_five_mebibytes_but_for_the_last(s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(
                Bucket="bucket", Key="k", UploadId=upload, PartNumber=number, Body=b"small"
            )["ETag"],
        }
        for number in (1, 2)
    ]

    with pytest.raises(ClientError) as error:
        s3.complete_multipart_upload(
            Bucket="bucket", Key="k", UploadId=upload, MultipartUpload={"Parts": parts}
        )

    assert code(error) == "EntityTooSmall"


def test_a_copy_keeps_or_replaces_what_was_said(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"v", Metadata={"a": "1"}, ContentType="text/csv")
    source = {"Bucket": "bucket", "Key": "k"}

    s3.copy_object(Bucket="bucket", Key="kept", CopySource=source)
    s3.copy_object(
        Bucket="bucket",
        Key="replaced",
        CopySource=source,
        MetadataDirective="REPLACE",
        Metadata={"b": "2"},
    )

    assert s3.head_object(Bucket="bucket", Key="kept")["Metadata"] == {"a": "1"}
    assert s3.head_object(Bucket="bucket", Key="kept")["ContentType"] == "text/csv"
    assert s3.head_object(Bucket="bucket", Key="replaced")["Metadata"] == {"b": "2"}


def test_a_key_is_written_only_once_with_if_none_match(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"1", IfNoneMatch="*")

    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="bucket", Key="k", Body=b"2", IfNoneMatch="*")

    assert code(error) == "PreconditionFailed"
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"1"


def test_a_reader_who_has_the_object_already_is_told_so(s3: Any) -> None:
    etag = s3.put_object(Bucket="bucket", Key="k", Body=b"1")["ETag"]

    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="bucket", Key="k", IfNoneMatch=etag)

    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 304


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_checksum_is_verified_and_given_back(s3: Any, algorithm: str) -> None:
    put = s3.put_object(Bucket="bucket", Key="k", Body=b"v", ChecksumAlgorithm=algorithm)

    head = s3.head_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")

    assert head[f"Checksum{algorithm}"] == put[f"Checksum{algorithm}"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"ChecksumSHA256": "bm90IGl0"}, "BadDigest"),
        ({"ContentMD5": hashlib.md5(b"x").hexdigest()}, "BadDigest"),
    ],
)
def test_bytes_that_are_not_those_promised_are_refused(
    s3: Any, said: dict[str, str], told: str
) -> None:
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="bucket", Key="k", Body=b"v", **said)

    assert code(error) == told
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


def test_a_body_in_signed_chunks_with_a_trailer_is_unwrapped(engine: Engine, s3: Any) -> None:
    """What SDKs send that stream: `aws-chunked`, with the checksum after the data."""
    body = b"4;chunk-signature=x\r\nabcd\r\n2\r\nef\r\n0\r\nx-amz-checksum-crc32:S4457w==\r\n\r\n"
    connection = HTTPConnection(urlsplit(engine.url).netloc)

    connection.request(
        "PUT",
        "/bucket/chunked",
        body=body,
        headers={
            "Content-Encoding": "aws-chunked",
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": "6",
            "x-amz-trailer": "x-amz-checksum-crc32",
        },
    )

    assert connection.getresponse().status == 200
    connection.close()
    found = s3.get_object(Bucket="bucket", Key="chunked")
    assert (found["Body"].read(), found.get("ContentEncoding")) == (b"abcdef", None)


def test_deleting_many_keys_deletes_each(s3: Any) -> None:
    for key in ("a", "b", "c"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"")

    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "a"}, {"Key": "nope"}]})

    assert [each["Key"] for each in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["b", "c"]


def test_a_bucket_has_the_region_it_was_made_in(engine: Engine, s3: Any) -> None:
    engine.client("s3", "us-east-1").create_bucket(Bucket="other")

    assert s3.get_bucket_location(Bucket="bucket")["LocationConstraint"] == "eu-central-1"
    assert s3.get_bucket_location(Bucket="other")["LocationConstraint"] is None


def test_a_region_makes_buckets_of_its_own_only(engine: Engine) -> None:
    with pytest.raises(ClientError) as error:
        engine.client("s3").create_bucket(Bucket="other")

    assert code(error) == "IllegalLocationConstraintException"


def test_only_an_empty_bucket_can_be_deleted(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"")
    with pytest.raises(ClientError) as error:
        s3.delete_bucket(Bucket="bucket")
    assert code(error) == "BucketNotEmpty"

    s3.delete_object(Bucket="bucket", Key="k")
    s3.delete_bucket(Bucket="bucket")

    assert s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    ("call", "arguments", "told"),
    [
        ("head_bucket", {"Bucket": "nope"}, "404"),
        ("get_object", {"Bucket": "nope", "Key": "k"}, "NoSuchBucket"),
        ("get_object", {"Bucket": "bucket", "Key": "nope"}, "NoSuchKey"),
        ("create_bucket", {"Bucket": "bucket"}, "BucketAlreadyOwnedByYou"),
        ("put_object", {"Bucket": "bucket", "Key": "k" * 1025, "Body": b""}, "KeyTooLongError"),
    ],
)
def test_an_error_has_the_code_that_s3_gives_it(
    s3: Any, call: str, arguments: dict[str, Any], told: str
) -> None:
    if call == "create_bucket":
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": "eu-central-1"}

    with pytest.raises(ClientError) as error:
        getattr(s3, call)(**arguments)

    assert code(error) == told


@pytest.mark.parametrize(
    ("call", "arguments", "named"),
    [
        ("put_bucket_policy", {"Policy": "{}"}, "PutBucketPolicy"),
        ("get_object_tagging", {"Key": "k"}, "GetObjectTagging"),
        (
            "put_bucket_versioning",
            {"VersioningConfiguration": {"Status": "Enabled"}},
            "PutBucketVersioning",
        ),
        ("put_object", {"Key": "k", "ACL": "public-read"}, "x-amz-acl: public-read"),
        ("put_object", {"Key": "k", "Tagging": "a=b"}, "x-amz-tagging"),
        (
            "put_object",
            {"Key": "k", "ServerSideEncryption": "aws:kms"},
            "x-amz-server-side-encryption: aws:kms",
        ),
        ("get_object", {"Key": "k", "VersionId": "1"}, "versionId"),
    ],
)
def test_what_would_be_ignored_is_refused_by_name(
    s3: Any, call: str, arguments: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(s3, call)(Bucket="bucket", **arguments)

    assert code(error) == "NotImplemented"
    assert named.lower() in str(error.value).lower()
