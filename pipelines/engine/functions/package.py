"""Deployment packages: a function's code, unpacked in a folder that bears its digest."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import stat
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

MAX_BYTES = 250 * 1024 * 1024
"""Lambda's quota on a deployment package, unpacked."""
MAX_FILES = 50_000


@dataclass(frozen=True)
class Package:
    """A deployment package.

    Attributes:
        sha256: The archive's digest, in base64, as Lambda's CodeSha256.
        size: The archive's bytes.
        folder: The name of the folder that it is unpacked in.
    """

    sha256: str
    size: int
    folder: str


def store(code: Mapping[str, Any], objects: ObjectStore, folder: Path) -> Package:
    """Unpack a request's code (ZipFile, or S3Bucket and S3Key) below `folder`.

    Raises:
        ServiceError: InvalidParameterValueException, for what is no package.
    """
    archive = _archive(code, objects)
    digest = hashlib.sha256(archive).digest()
    package = Package(base64.b64encode(digest).decode("ascii"), len(archive), digest.hex()[:32])
    target = folder / package.folder
    if not target.exists():
        new = folder / f".{uuid.uuid4().hex}"
        new.mkdir(parents=True)
        try:
            _unpack(archive, new)
            os.rename(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return package


def zipped(name: str, text: str) -> bytes:
    """A package of one file: the same text gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _archive(code: Mapping[str, Any], objects: ObjectStore) -> bytes:
    if "ZipFile" in code:
        return bytes(code["ZipFile"])
    if "S3Bucket" not in code or "S3Key" not in code:
        raise invalid("Please provide a source for function code.")
    try:
        return objects.read(code["S3Bucket"], code["S3Key"])
    except ServiceError as error:
        raise invalid(
            f"Error occurred while GetObject. S3 Error Code: {error.code}. "
            f"S3 Error Message: {error.message}"
        ) from error


def _unpack(archive: bytes, folder: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as package:
            members = package.infolist()
            if len(members) > MAX_FILES or sum(each.file_size for each in members) > MAX_BYTES:
                raise invalid(f"Unzipped size must be smaller than {MAX_BYTES} bytes")
            for member in members:
                _require_harmless(member)
                package.extract(member, folder)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise invalid(
            f"Could not unzip uploaded file. Please check your file, then try to upload again. "
            f"({error})"
        ) from error


def _require_harmless(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts:
        raise invalid(f"{member.filename!r} leads out of the package.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise invalid(f"{member.filename!r} is a link, which the local engine does not unpack.")


def invalid(message: str) -> ServiceError:
    """Lambda's way to refuse a request."""
    return ServiceError("InvalidParameterValueException", message)
