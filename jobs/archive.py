"""`model.tar.gz`: checked before it is unpacked, and unpacked with limits."""

from __future__ import annotations

import hashlib
import shlex
import tarfile
from pathlib import Path

from preprocessing.errors import DataError

NAME, MANIFEST = "model.tar.gz", "manifest.json"
# A model archive holds a handful of files; these bounds are there for archives that are not one.
FILES = 100
BYTES = 8 << 30


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def find(folder: Path, expected_sha256: str | None = None) -> tuple[Path, str]:
    """The model archive in `folder`, and its digest.

    Raises:
        DataError: there is none, or its digest is not the expected one; nothing in it was read.
    """
    path = folder if folder.is_file() else folder / NAME
    if not path.is_file():
        raise DataError(f"{folder}: no {NAME}; {_remedy(folder)}")
    digest = sha256(path)
    if expected_sha256 is not None and digest != expected_sha256.lower():
        raise DataError(
            f"{path} is not the expected model: its sha256 is {digest}, not {expected_sha256}; the "
            "archive was changed after training: train again, or name another model package"
        )
    return path, digest


def _remedy(folder: Path) -> str:
    """What to do when there is no archive: pack the model that lies here, or else train one."""
    for model in (folder, folder / "model"):
        if (model / MANIFEST).is_file():
            above = model.parent if model.name else model / ".."
            source, target = shlex.quote(str(model)), shlex.quote(str(above / NAME))
            return (
                f"{model} holds a model that is not packed (SageMaker does that for a training "
                f"job): `tar -czf {target} -C {source} .`, then --model {shlex.quote(str(above))}"
            )
    return "has the train job written here?"


def unpack(archive: Path, folder: Path) -> None:
    """Unpack plain files into `folder`.

    Raises:
        DataError: not an archive, too many files or bytes, or a member that is a link or a device,
            or whose path leads out of the folder; then nothing is unpacked.
    """
    if not hasattr(tarfile, "data_filter"):
        raise DataError(
            "this Python unpacks archives without a safety filter; use 3.10.12 or later"
        )
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = []
            size = 0
            for member in tar:
                size += member.size
                members.append(member)
                if len(members) > FILES or size > BYTES:
                    raise DataError(
                        f"{archive} holds more than {FILES} files or {BYTES >> 30} GiB: not a model"
                    )
                if not (member.isfile() or member.isdir()):
                    raise DataError(
                        f"{archive}: {member.name!r} is a link or a device: not a model"
                    )
            tar.extractall(folder, members=members, filter="data")
    except tarfile.FilterError as error:
        raise DataError(f"{archive} leads out of its folder: {error}") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            # The archive's own faults have no number: this is a full disk, or the like.
            raise
        raise DataError(f"{archive} cannot be unpacked: {error}") from error
