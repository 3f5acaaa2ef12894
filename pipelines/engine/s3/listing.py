"""S3's listings: pages of keys and common prefixes, in S3's order, and how each is written."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.s3.routes import Route
from pipelines.engine.s3.uploads import Part, Upload
from pipelines.engine.s3.values import Listed
from pipelines.engine.wire.http import Request
from pipelines.engine.wire.service import ServiceError

_MOST = 1000
_LAST_CHARACTER = "\U0010ffff"


@dataclass
class Page:
    """Part of a listing; the next page follows `last`, which ends a common prefix's keys."""

    objects: list[Listed] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    last: str = ""
    truncated: bool = False


def page(
    store: ObjectStore, bucket: str, *, prefix: str, delimiter: str, after: str, limit: int
) -> Page:
    """At most `limit` keys and common prefixes that start with `prefix` and follow `after`.

    Keys that hold `delimiter` after the prefix are one common prefix, up to and with it.
    """
    found = Page()
    if limit == 0:
        store.bucket_region(bucket)
        return found
    for item in store.list(bucket, prefix, after):
        cut = item.key.find(delimiter, len(prefix)) if delimiter else -1
        common = item.key[: cut + len(delimiter)] if cut >= 0 else None
        if common is not None and found.prefixes and found.prefixes[-1] == common:
            continue
        if len(found.objects) + len(found.prefixes) == limit:
            found.truncated = True
            return found
        if common is None:
            found.objects.append(item)
        else:
            found.prefixes.append(common)
        found.last = item.key if common is None else common + _LAST_CHARACTER
    return found


def version_2(store: ObjectStore, at: Route, request: Request) -> dict[str, Any]:
    """ListObjectsV2's answer."""
    query = request.query
    token = query.get("continuation-token")
    after = _from_token(token) if token is not None else query.get("start-after", "")
    found, fields, coded = _listed(store, at, request, after)
    return {
        **fields,
        "KeyCount": len(found.objects) + len(found.prefixes),
        "ContinuationToken": token,
        "NextContinuationToken": _to_token(found.last) if found.truncated else None,
        "StartAfter": coded(query["start-after"]) if "start-after" in query else None,
    }


def version_1(store: ObjectStore, at: Route, request: Request) -> dict[str, Any]:
    """ListObjects' answer; NextMarker is there only with a delimiter, as on S3."""
    marker, delimiter = request.query.get("marker", ""), request.query.get("delimiter", "")
    # A marker that is a common prefix stands for all of its keys.
    after = marker + _LAST_CHARACTER if delimiter and marker.endswith(delimiter) else marker
    found, fields, coded = _listed(store, at, request, after)
    more = found.truncated and bool(delimiter)
    return {
        **fields,
        "Marker": coded(marker),
        "NextMarker": coded(found.last.removesuffix(_LAST_CHARACTER)) if more else None,
    }


def _listed(
    store: ObjectStore, at: Route, request: Request, after: str
) -> tuple[Page, dict[str, Any], Callable[[str], str]]:
    query = request.query
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    limit = min(_number(query.get("max-keys", str(_MOST))), _MOST)
    coded = _coding(request)
    found = page(store, at.bucket, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
    fields = {
        "Name": at.bucket,
        "Prefix": coded(prefix),
        "Delimiter": coded(delimiter) if delimiter else None,
        "MaxKeys": limit,
        "EncodingType": query.get("encoding-type"),
        "IsTruncated": found.truncated,
        "Contents": [
            {
                "Key": coded(item.key),
                "LastModified": timestamp(item.modified),
                "ETag": f'"{item.etag}"',
                "Size": item.size,
                "StorageClass": "STANDARD",
            }
            for item in found.objects
        ],
        "CommonPrefixes": [{"Prefix": coded(each)} for each in found.prefixes],
    }
    return found, fields, coded


def parts(upload: Upload, held: Sequence[Part], request: Request) -> dict[str, Any]:
    """ListParts' answer."""
    marker = _number(request.query.get("part-number-marker", "0"))
    limit = min(_number(request.query.get("max-parts", str(_MOST))), _MOST)
    rest = [part for part in held if part.number > marker]
    shown = rest[:limit]
    return {
        "Bucket": upload.bucket,
        "Key": upload.key,
        "UploadId": upload.id,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": shown[-1].number if shown else 0,
        "MaxParts": limit,
        "IsTruncated": len(rest) > len(shown),
        "Part": [
            {
                "PartNumber": part.number,
                "LastModified": timestamp(part.modified),
                "ETag": f'"{part.etag}"',
                "Size": part.size,
                **{f"Checksum{name}": value for name, value in part.checksums.items()},
            }
            for part in shown
        ],
    }


def uploads(bucket: str, held: Sequence[Upload], request: Request) -> dict[str, Any]:
    """ListMultipartUploads' answer: all of them, for nobody has thousands here.

    Raises:
        ServiceError: NotImplemented, if there are more than one page would show.
    """
    prefix, coded = request.query.get("prefix", ""), _coding(request)
    shown = [upload for upload in held if upload.key.startswith(prefix)]
    if len(shown) > _number(request.query.get("max-uploads", str(_MOST))):
        raise ServiceError(
            "NotImplemented", "The local engine's S3 lists uploads in one page only.", status=501
        )
    return {
        "Bucket": bucket,
        "Prefix": coded(prefix),
        "EncodingType": request.query.get("encoding-type"),
        "MaxUploads": _MOST,
        "IsTruncated": False,
        "Upload": [
            {
                "Key": coded(upload.key),
                "UploadId": upload.id,
                "Initiated": timestamp(upload.begun),
                "StorageClass": "STANDARD",
            }
            for upload in shown
        ],
    }


def timestamp(seconds: float) -> str:
    """S3's way to write a time.

    >>> timestamp(0)
    '1970-01-01T00:00:00.000Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{int(seconds * 1000) % 1000:03d}Z"
    )


def _coding(request: Request) -> Callable[[str], str]:
    return _url_coded if request.query.get("encoding-type") == "url" else str


def _url_coded(text: str) -> str:
    return quote(text, safe="/~*")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ServiceError("InvalidArgument", f"{text!r} is not a number of 0 or more.")
    return int(text)


def _to_token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _from_token(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError):
        raise ServiceError("InvalidArgument", "The continuation token is not ours.") from None
