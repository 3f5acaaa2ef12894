"""What SageMaker copies before and after a job: S3 prefixes into folders, folders to S3."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from pipelines.engine.jobs.container import JobError
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

Stored = Callable[[str, Path], None]
"""Called with the key of each object that a job has stored, and its file in the store."""


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of an S3 URI.

    >>> split_uri("s3://bucket/a/b.csv")
    ('bucket', 'a/b.csv')
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def relative_name(key: str, prefix: str) -> str:
    """What an object below a prefix is called in the folder that the prefix is copied to.

    A prefix that is a folder, with or without its slash, is left out; of any other the part
    after the last slash stays.

    >>> relative_name("data/train/a.csv", "data/train"), relative_name("data/train.csv", "data/tr")
    ('a.csv', 'train.csv')
    """
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    if key.startswith(folder):
        return key[len(folder) :]
    return key[prefix.rfind("/") + 1 :]


def download(objects: ObjectStore, uri: str, folder: Path) -> int:
    """Copy every object whose key starts with the URI's key into `folder`; returns how many.

    Copies: a job may write to its inputs, and the store's files are the objects themselves.

    Raises:
        JobError: there is no such object, or one that cannot be a file in the folder.
    """
    bucket, prefix = split_uri(uri)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    try:
        for listed in objects.list(bucket, prefix):
            name = relative_name(listed.key, prefix)
            if not name or name.endswith("/"):
                continue  # what the S3 console calls a folder
            _copy(objects, bucket, listed.key, folder, name)
            count += 1
    except ServiceError as error:
        raise JobError(f"ClientError: Data download failed: {uri}: {error.message}") from error
    if count == 0:
        raise JobError(
            "ClientError: Data download failed: No S3 objects found under S3 URL "
            f'"{uri}" given in input data source.'
        )
    return count


def _copy(objects: ObjectStore, bucket: str, key: str, folder: Path, name: str) -> None:
    if ".." in PurePosixPath(name).parts or "\0" in name:
        raise JobError(f"ClientError: Data download failed: the key {key!r} is no file's name")
    target = folder / name.lstrip("/")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(objects.get_path(bucket, key), target)
    except OSError as error:
        # `a` and `a/b` are two objects, but not two files.
        raise JobError(
            f"ClientError: Data download failed: {key!r} cannot be a file: {error.strerror}"
        ) from error


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every regular file below a folder, by its relative name, in order.

    A link to a file of the same folder counts as that file.

    Raises:
        JobError: a link that leaves the folder, or something that is no file.
    """
    root = folder.resolve()
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files) + [
            each for each in folders if (Path(parent) / each).is_symlink()
        ]:
            path = Path(parent) / name
            relative = path.relative_to(folder).as_posix()
            target = path.resolve()
            if not target.is_relative_to(root):
                raise JobError(
                    f"ClientError: Data upload failed: {relative} is a link to {target}, "
                    "which is not among the job's outputs"
                )
            if not target.exists() or not stat.S_ISREG(target.stat().st_mode):
                raise JobError(f"ClientError: Data upload failed: {relative} is not a file")
            yield relative, path


def upload(objects: ObjectStore, folder: Path, uri: str, stored: Stored) -> int:
    """Move every file below `folder` to S3 under the URI; returns how many.

    Raises:
        JobError: an output cannot be stored.
    """
    # Links first: they are copied, and moving a file would take it away from a link to it.
    files = sorted(files_below(folder), key=lambda file: not file[1].is_symlink())
    for name, path in files:
        upload_file(objects, path, f"{uri.rstrip('/')}/{name}", stored)
    return len(files)


def upload_file(objects: ObjectStore, path: Path, uri: str, stored: Stored) -> None:
    """Move one file to S3.

    Raises:
        JobError: it cannot be stored.
    """
    bucket, key = split_uri(uri)
    try:
        objects.put_file(bucket, key, path, move=not path.is_symlink())
        stored(key, objects.get_path(bucket, key))
    except ServiceError as error:
        raise JobError(f"ClientError: Data upload failed: {uri}: {error.message}") from error
    except OSError as error:
        raise JobError(f"ClientError: Data upload failed: {uri}: {error}") from error
