"""S3's REST API over the objects on disk: what boto3 and the AWS CLI send, path-style."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import unquote
from xml.etree import ElementTree

from pipelines.engine.calls import ACCOUNT
from pipelines.engine.s3 import listing
from pipelines.engine.s3.body import Received, receive
from pipelines.engine.s3.headers import (
    attributes_of,
    checksum_headers,
    condition_of,
    copied_range,
    select,
)
from pipelines.engine.s3.keys import digest
from pipelines.engine.s3.objects import CHUNK, ObjectStore
from pipelines.engine.s3.routes import Route, route
from pipelines.engine.s3.uploads import Uploads
from pipelines.engine.s3.values import StoredObject
from pipelines.engine.wire.http import Request, Response
from pipelines.engine.wire.service import ServiceError
from pipelines.engine.wire.xml import DECLARATION, element, parse

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_LARGEST_PUT = 5 * 1024**3
_LARGEST_DOCUMENT = 4 * 1024**2


class S3:
    """Answers S3's requests from an ObjectStore."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._uploads = Uploads(store)
        self._operations: dict[str, Callable[[Request, Route], Response]] = {
            "ListBuckets": self._list_buckets,
            "HeadBucket": self._head_bucket,
            "DeleteBucket": self._delete_bucket,
            "GetBucketLocation": self._get_bucket_location,
            "GetBucketVersioning": self._get_bucket_versioning,
            "ListObjects": self._list_objects,
            "ListObjectsV2": self._list_objects_v2,
            "DeleteObjects": self._delete_objects,
            "PutObject": self._put_object,
            "CopyObject": self._copy_object,
            "GetObject": self._get_object,
            "HeadObject": self._head_object,
            "DeleteObject": self._delete_object,
            "CreateMultipartUpload": self._create_multipart_upload,
            "UploadPart": self._upload_part,
            "UploadPartCopy": self._upload_part_copy,
            "CompleteMultipartUpload": self._complete_multipart_upload,
            "AbortMultipartUpload": self._abort_multipart_upload,
            "ListParts": self._list_parts,
            "ListMultipartUploads": self._list_multipart_uploads,
        }

    def respond(self, request: Request, region: str) -> Response:
        """The answer, an error included. `region` is where a new bucket is made."""
        try:
            found = route(request)
            owner = request.headers.get("x-amz-expected-bucket-owner", ACCOUNT)
            if owner != ACCOUNT:
                raise ServiceError("AccessDenied", f"The owner is {ACCOUNT}.", status=403)
            if found.operation == "CreateBucket":
                return self._create_bucket(request, found.bucket, region)
            return self._operations[found.operation](request, found)
        except ServiceError as error:
            return failure(error, request)

    # Buckets

    def _list_buckets(self, request: Request, at: Route) -> Response:
        buckets = [
            {"Name": name, "CreationDate": listing.timestamp(created)}
            for name, created in self._store.buckets()
        ]
        return _xml(
            "ListAllMyBucketsResult",
            {"Owner": {"ID": ACCOUNT}, "Buckets": {"Bucket": buckets}},
        )

    def _create_bucket(self, request: Request, bucket: str, region: str) -> Response:
        # us-east-1 makes buckets anywhere; every other region only its own, and asked by name.
        asked = ""
        if int(request.headers.get("content-length", 0)):
            asked = _document(request).findtext("LocationConstraint") or ""
        if region == "us-east-1":
            region = asked or region
        elif asked != region:
            raise ServiceError(
                "IllegalLocationConstraintException",
                f"The {asked or 'unspecified'} location constraint is incompatible for the region "
                f"specific endpoint this request was sent to ({region}).",
            )
        self._store.create_bucket(bucket, region)
        return Response(200, {"Location": f"/{bucket}"})

    def _head_bucket(self, request: Request, at: Route) -> Response:
        return Response(200, {"x-amz-bucket-region": self._store.bucket_region(at.bucket)})

    def _delete_bucket(self, request: Request, at: Route) -> Response:
        self._store.delete_bucket(at.bucket)
        return Response(204)

    def _get_bucket_location(self, request: Request, at: Route) -> Response:
        region = self._store.bucket_region(at.bucket)
        return _xml("LocationConstraint", "" if region == "us-east-1" else region)

    def _get_bucket_versioning(self, request: Request, at: Route) -> Response:
        self._store.bucket_region(at.bucket)
        return _xml("VersioningConfiguration", {})

    def _list_objects(self, request: Request, at: Route) -> Response:
        return _xml("ListBucketResult", listing.version_1(self._store, at, request))

    def _list_objects_v2(self, request: Request, at: Route) -> Response:
        return _xml("ListBucketResult", listing.version_2(self._store, at, request))

    def _delete_objects(self, request: Request, at: Route) -> Response:
        self._store.bucket_region(at.bucket)
        root = _document(request)
        deleted = []
        for node in root.iter("Object"):
            if node.find("VersionId") is not None:
                raise ServiceError("NotImplemented", "The local engine's S3 has no versions.")
            key = node.findtext("Key") or ""
            self._store.delete(at.bucket, key)
            deleted.append({"Key": key})
        quiet = root.findtext("Quiet") == "true"
        return _xml("DeleteResult", {} if quiet else {"Deleted": deleted})

    # Objects

    def _put_object(self, request: Request, at: Route) -> Response:
        self._store.bucket_region(at.bucket)
        if int(request.headers.get("content-length", 0)) > _LARGEST_PUT:
            raise ServiceError("EntityTooLarge", "One PUT holds at most 5 GiB.")
        new = self._store.new_path()
        try:
            received = receive(request, new)
            attributes = attributes_of(request, received.checksums)
            stored = self._store.commit(
                at.bucket, at.key, new, received.md5, attributes, condition_of(request)
            )
        finally:
            new.unlink(missing_ok=True)
        return Response(
            200, {"ETag": f'"{stored.etag}"', **checksum_headers(stored.attributes.checksums)}
        )

    def _copy_object(self, request: Request, at: Route) -> Response:
        source, file = self._source(request)
        new = self._store.new_path()
        with file, new.open("wb") as copy:
            copy.writelines(_pieces(file, source.size))
        if request.headers.get("x-amz-metadata-directive", "COPY") == "REPLACE":
            attributes = attributes_of(request, source.attributes.checksums)
        else:
            attributes = source.attributes
        # A copy is one object in one part, whatever its source was joined from.
        stored = self._store.commit(
            at.bucket,
            at.key,
            new,
            digest(new) if "-" in source.etag else source.etag,
            attributes,
            condition_of(request),
        )
        result = {
            "ETag": f'"{stored.etag}"',
            "LastModified": listing.timestamp(stored.modified),
        }
        return _xml("CopyObjectResult", result)

    def _get_object(self, request: Request, at: Route) -> Response:
        stored, file = self._store.open(at.bucket, at.key)
        try:
            status, headers, first, count = select(request, stored)
            file.seek(first)
        except BaseException:
            file.close()
            raise
        if status == 304:
            file.close()
            return Response(304, headers)
        return Response(status, headers, _closing(file, count))

    def _head_object(self, request: Request, at: Route) -> Response:
        stored = self._store.head(at.bucket, at.key)
        status, headers, _, _ = select(request, stored)
        return Response(status, headers)

    def _delete_object(self, request: Request, at: Route) -> Response:
        if "if-match" in request.headers:
            raise ServiceError("NotImplemented", "The local engine's S3 has no conditional delete.")
        self._store.delete(at.bucket, at.key)
        return Response(204)

    def _source(self, request: Request) -> tuple[StoredObject, BinaryIO]:
        bucket, _, key = unquote(request.headers["x-amz-copy-source"].lstrip("/")).partition("/")
        if "?versionId=" in request.headers["x-amz-copy-source"]:
            raise ServiceError("NotImplemented", "The local engine's S3 has no versions.")
        source, file = self._store.open(bucket, key)
        etag = request.headers.get("x-amz-copy-source-if-match", source.etag)
        if etag.strip('"') != source.etag:
            file.close()
            raise ServiceError("PreconditionFailed", "The source has changed.", status=412)
        return source, file

    # Multipart uploads

    def _create_multipart_upload(self, request: Request, at: Route) -> Response:
        algorithm = request.headers.get("x-amz-checksum-algorithm")
        upload = self._uploads.begin(at.bucket, at.key, attributes_of(request, {}), algorithm)
        result = {"Bucket": at.bucket, "Key": at.key, "UploadId": upload.id}
        return _xml("InitiateMultipartUploadResult", result)

    def _upload_part(self, request: Request, at: Route) -> Response:
        upload = self._uploads.get(at.bucket, at.key, request.query["uploadId"])
        new = self._store.new_path()
        try:
            received = receive(request, new)
            part = self._uploads.add_part(upload, int(request.query["partNumber"]), received)
        finally:
            new.unlink(missing_ok=True)
        return Response(200, {"ETag": f'"{part.etag}"', **checksum_headers(part.checksums)})

    def _upload_part_copy(self, request: Request, at: Route) -> Response:
        upload = self._uploads.get(at.bucket, at.key, request.query["uploadId"])
        source, file = self._source(request)
        first, count = copied_range(request, source.size)
        new = self._store.new_path()
        file.seek(first)
        with file, new.open("wb") as copy:
            copy.writelines(_pieces(file, count))
        received = Received(new, digest(new), count, {})
        part = self._uploads.add_part(upload, int(request.query["partNumber"]), received)
        result = {
            "ETag": f'"{part.etag}"',
            "LastModified": listing.timestamp(part.modified),
        }
        return _xml("CopyPartResult", result)

    def _complete_multipart_upload(self, request: Request, at: Route) -> Response:
        upload = self._uploads.get(at.bucket, at.key, request.query["uploadId"])
        wanted = [
            (int(node.findtext("PartNumber") or 0), node.findtext("ETag") or "")
            for node in _document(request).iter("Part")
        ]
        stored = self._uploads.complete(upload, wanted, condition_of(request))
        result = {"Bucket": at.bucket, "Key": at.key, "ETag": f'"{stored.etag}"'}
        sums = {f"Checksum{k}": v for k, v in stored.attributes.checksums.items()}
        return _xml("CompleteMultipartUploadResult", {**result, **sums})

    def _abort_multipart_upload(self, request: Request, at: Route) -> Response:
        self._uploads.abort(self._uploads.get(at.bucket, at.key, request.query["uploadId"]))
        return Response(204)

    def _list_parts(self, request: Request, at: Route) -> Response:
        upload = self._uploads.get(at.bucket, at.key, request.query["uploadId"])
        return _xml(
            "ListPartsResult",
            listing.parts(upload, self._uploads.parts(upload), request),
        )

    def _list_multipart_uploads(self, request: Request, at: Route) -> Response:
        self._store.bucket_region(at.bucket)
        return _xml(
            "ListMultipartUploadsResult",
            listing.uploads(at.bucket, self._uploads.list(at.bucket), request),
        )


def _pieces(file: BinaryIO, count: int) -> Iterator[bytes]:
    while count and (piece := file.read(min(count, CHUNK))):
        count -= len(piece)
        yield piece


def _closing(file: BinaryIO, count: int) -> Iterator[bytes]:
    with file:
        yield from _pieces(file, count)


def _document(request: Request) -> ElementTree.Element:
    try:
        return parse(request.body.read(_LARGEST_DOCUMENT))
    except ElementTree.ParseError as error:
        raise ServiceError(
            "MalformedXML", f"The body is not the XML it should be: {error}."
        ) from None


def _xml(name: str, value: Any) -> Response:
    text = DECLARATION + element(name, value, namespace=_NAMESPACE)
    return Response(200, {"Content-Type": "application/xml"}, text.encode())


def failure(error: ServiceError, request: Request) -> Response:
    """An error in S3's form."""
    fields: Mapping[str, str] = {
        "Code": error.code,
        "Message": error.message,
        "Resource": request.path,
        "RequestId": uuid.uuid4().hex[:16].upper(),
    }
    body = b"" if request.method == "HEAD" else (DECLARATION + element("Error", fields)).encode()
    return Response(error.status, {"Content-Type": "application/xml"}, body)
