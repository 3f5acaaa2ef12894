"""Whether what is recorded of a model is still true of what lies in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.aws import pages
from pipelines.execution.model_files import (
    ModelFiles,
    Unreadable,
    read_document,
    read_model,
    sha256_of,
)
from pipelines.execution.registry import Registered


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `problem` is empty if it is as recorded."""

    what: str
    problem: str = ""


def verify(model: Registered, s3: Any) -> Iterator[Finding]:
    """Look at the archive, what is inside it, and the data: all that a digest is recorded of.

    Raises:
        AwsError: S3 does not answer, or does not allow it.
    """
    try:
        files = read_model(s3, model.archive)
    except Unreadable as error:
        yield Finding("model", str(error))
    else:
        yield _same("model", files.sha256, model.get("model_sha256"))
        yield from _inside(files, model)
    for role in ("training", "test"):
        if model.get(f"{role}_data"):
            yield from _data(role, model, s3)


def _inside(files: ModelFiles, model: Registered) -> Iterator[Finding]:
    """The archive's members against its manifest, and that against the registry."""
    # A digest of what the document means, not of its bytes: the jobs compare it as they load it.
    fitted = str(files.manifest.get("preprocessor_sha256", ""))
    yield _same("preprocessor", fitted, model.get("preprocessor_sha256"))
    listed: Mapping[str, str] = files.manifest.get("files", {})
    for name, digest in listed.items():
        if files.members.get(name) != digest:
            yield Finding(f"{name} in the archive", "is not the one that its manifest lists")
    data = files.manifest.get("data") or {}
    said = {
        "code": (files.manifest.get("code_sha256"), "code_sha256"),
        "algorithm": (files.manifest.get("algorithm"), "algorithm"),
        "training data of the manifest": (data.get("training_sha256"), "training_sha256"),
        "test data of the manifest": (data.get("test_sha256"), "test_sha256"),
    }
    for what, (value, key) in said.items():
        # A script of one's own need not say where its data came from.
        if value is not None and model.get(key):
            yield _same(what, str(value), model.get(key))


def _data(role: str, model: Registered, s3: Any) -> Iterator[Finding]:
    """The objects that were read, by the document that Preprocess wrote of them."""
    what = f"{role} data"
    try:
        described = read_document(s3, model.data)["data"][role]
    except Unreadable as error:
        yield Finding(what, str(error))
        return
    except (KeyError, TypeError):
        yield Finding(what, f"{model.data} does not describe them")
        return
    yield _same(f"digest of the {what}", described["sha256"], model.get(f"{role}_sha256"))
    before = {file["name"]: file["sha256"] for file in described["files"]}
    problems = list(_changes(before, model.get(f"{role}_data"), s3))
    yield Finding(what, "; ".join(problems))


def _changes(before: Mapping[str, str], location: str, s3: Any) -> Iterator[str]:
    """What is no longer as it was at a location, which is a file or a folder."""
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    now = {
        _name_in_job(entry["Key"], prefix): entry["Key"]
        for page in pages(
            _list_objects(s3), token="NextContinuationToken", Bucket=bucket, Prefix=prefix
        )
        for entry in page.get("Contents", [])
    }
    for name, digest in before.items():
        if name not in now:
            yield f"{name} is gone"
            continue
        found = sha256_of(s3, f"s3://{bucket}/{now[name]}")
        if found != digest:
            yield f"{name} has been changed: it is {found}, and was {digest}"
    for name in sorted(now.keys() - before.keys()):
        # Jobs pass over the same.
        if not any(part.startswith((".", "_")) for part in name.split("/")):
            yield f"{name} was not there"


def _list_objects(s3: Any) -> Callable[..., Any]:
    """ListObjectsV2, whose token is asked for under another name than it is given under."""

    def list_objects(**parameters: Any) -> Any:
        token = parameters.pop("NextContinuationToken", None)
        more = {} if token is None else {"ContinuationToken": token}
        return s3.list_objects_v2(**parameters, **more)

    return list_objects


def _name_in_job(key: str, prefix: str) -> str:
    """What SageMaker calls an object in the folder that it copies a prefix to.

    >>> _name_in_job("data/train/a.csv", "data/train"), _name_in_job("data/a.csv", "data/a.csv")
    ('a.csv', 'a.csv')
    """
    folder = prefix if prefix.endswith("/") else f"{prefix}/"
    return key[len(folder) :] if key.startswith(folder) else key[prefix.rfind("/") + 1 :]


def _same(what: str, found: str, recorded: str) -> Finding:
    if found == recorded:
        return Finding(what)
    return Finding(what, f"is {found or 'not there'}, and {recorded or 'nothing'} is recorded")
