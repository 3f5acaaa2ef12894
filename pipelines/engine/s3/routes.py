"""Which S3 operation a request is, and the refusal of everything that would be ignored."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from pipelines.engine.wire.http import Request
from pipelines.engine.wire.service import ServiceError

# (method, on what, the query parameter that tells): the operation. "" matches without one.
_OPERATIONS = {
    ("GET", "service", ""): "ListBuckets",
    ("PUT", "bucket", ""): "CreateBucket",
    ("HEAD", "bucket", ""): "HeadBucket",
    ("DELETE", "bucket", ""): "DeleteBucket",
    ("GET", "bucket", ""): "ListObjects",
    ("GET", "bucket", "list-type"): "ListObjectsV2",
    ("GET", "bucket", "location"): "GetBucketLocation",
    ("GET", "bucket", "uploads"): "ListMultipartUploads",
    ("GET", "bucket", "versioning"): "GetBucketVersioning",
    ("POST", "bucket", "delete"): "DeleteObjects",
    ("PUT", "object", ""): "PutObject",
    ("PUT", "object", "uploadId"): "UploadPart",
    ("GET", "object", ""): "GetObject",
    ("GET", "object", "uploadId"): "ListParts",
    ("HEAD", "object", ""): "HeadObject",
    ("DELETE", "object", ""): "DeleteObject",
    ("DELETE", "object", "uploadId"): "AbortMultipartUpload",
    ("POST", "object", "uploads"): "CreateMultipartUpload",
    ("POST", "object", "uploadId"): "CompleteMultipartUpload",
}
_COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}
_LISTING = {"prefix", "delimiter", "max-keys", "encoding-type"}
_QUERY = {
    "ListObjects": _LISTING | {"marker"},
    "ListObjectsV2": _LISTING | {"continuation-token", "start-after", "fetch-owner"},
    "ListParts": {"max-parts", "part-number-marker"},
    "ListMultipartUploads": {"prefix", "max-uploads", "encoding-type"},
    "UploadPart": {"partNumber"},
    "UploadPartCopy": {"partNumber"},
}
# Headers that ask for nothing, or for what every bucket here gives anyway.
_HARMLESS = {
    "x-amz-acl": {"private", "bucket-owner-full-control"},
    "x-amz-bucket-object-lock-enabled": {"false"},
    "x-amz-checksum-mode": {"ENABLED"},
    "x-amz-checksum-type": {"COMPOSITE"},
    "x-amz-object-ownership": {"BucketOwnerEnforced"},
    "x-amz-request-payer": {"requester"},
    "x-amz-server-side-encryption": {"AES256"},
    "x-amz-storage-class": {"STANDARD"},
    "x-amz-tagging-directive": {"COPY"},
}
_KNOWN = {
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-range",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-expected-bucket-owner",
    "x-amz-metadata-directive",
    "x-amz-mp-object-size",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-source-expected-bucket-owner",
    "x-amz-te",
    "x-amz-trailer",
    "x-amz-user-agent",
}
_KNOWN_PREFIXES = ("x-amz-checksum-", "x-amz-meta-", "x-amz-sdk-")


@dataclass(frozen=True)
class Route:
    """What is asked, of which bucket and key; each empty where there is none."""

    operation: str
    bucket: str
    key: str


def route(request: Request) -> Route:
    """The operation that a request asks for.

    Raises:
        ServiceError: NotImplemented, naming the operation, parameter or header that the
            engine would have to ignore; InvalidURI.
    """
    try:
        bucket, _, key = unquote(request.path.removeprefix("/"), errors="strict").partition("/")
    except UnicodeDecodeError:
        raise ServiceError("InvalidURI", "The key is not UTF-8.") from None
    level = "object" if key else "bucket" if bucket else "service"
    # `x-id` repeats the operation's name; a presigned URL carries its signature.
    asked = {name for name in request.query if name != "x-id" and not name.startswith("X-Amz-")}
    telling = next((name for name in asked if (request.method, level, name) in _OPERATIONS), "")
    operation = _OPERATIONS.get((request.method, level, telling))
    if operation is None:
        raise _refused(f"no {request.method} of a {level} ({', '.join(asked) or 'plain'})")
    if "x-amz-copy-source" in request.headers:
        operation = _COPIES.get(operation, operation)
    known = _QUERY.get(operation, set()) | {telling}
    for name in sorted(asked - known):
        if not (name.startswith("response-") and operation in ("GetObject", "HeadObject")):
            raise _refused(f"no {_named(request.method, level, name)}")
    for name, value in request.headers.items():
        if name.startswith("x-amz-") and not _honoured(name, value):
            raise _refused(f"no {name}: {value} (in {operation})")
    return Route(operation, bucket, key)


def _honoured(name: str, value: str) -> bool:
    if name in _HARMLESS:
        return value in _HARMLESS[name]
    return name in _KNOWN or name.startswith(_KNOWN_PREFIXES)


def _named(method: str, level: str, parameter: str) -> str:
    """The operation that a subresource is, as AWS names it: `PUT ?policy` is PutBucketPolicy.

    >>> _named("PUT", "bucket", "policy"), _named("GET", "object", "tagging")
    ('PutBucketPolicy', 'GetObjectTagging')
    """
    words = parameter[:1].upper() + parameter[1:]
    return f"{method.capitalize()}{level.capitalize()}{words}"


def _refused(what: str) -> ServiceError:
    return ServiceError(
        "NotImplemented",
        f"The local engine's S3 has {what}: it would be ignored.",
        status=501,
    )
