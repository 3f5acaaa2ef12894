"""Archives of jobs: packed so that the same files give the same bytes, unpacked with limits."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pipelines.engine.jobs.container import JobError

MAX_FILES = 10_000
MAX_BYTES = 1 << 30
"""The limits on what is unpacked, unless the caller says otherwise: source code, never data."""


def pack(files: Iterable[tuple[str, Path]], archive: Path) -> None:
    """Write a tar.gz of files by their names: no times, owners or other modes than two."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in sorted(files):
            status = path.stat()
            member = tarfile.TarInfo(name)
            member.size = status.st_size
            member.mode = 0o755 if status.st_mode & 0o100 else 0o644
            with path.open("rb") as content:
                tar.addfile(member, content)


def unpack(archive: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Unpack a tar.gz of plain files and folders.

    Raises:
        JobError: not such an archive, a link, a path that leaves the folder, or too much.
    """
    count = size = 0
    try:
        with tarfile.open(archive, mode="r|gz") as tar:
            for member in tar:
                count += 1
                size += member.size
                _require_harmless(member, archive.name)
                if count > MAX_FILES or size > max_bytes:
                    raise JobError(
                        f"ClientError: {archive.name} holds more than {MAX_FILES} files "
                        f"or {max_bytes} bytes"
                    )
                tar.extract(member, folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise JobError(f"ClientError: {archive.name} cannot be unpacked: {error}") from error


def _require_harmless(member: tarfile.TarInfo, archive: str) -> None:
    if not (member.isreg() or member.isdir()):
        raise JobError(f"ClientError: {archive}: {member.name} is neither a file nor a folder")
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise JobError(f"ClientError: {archive}: {member.name} leads out of the folder")
