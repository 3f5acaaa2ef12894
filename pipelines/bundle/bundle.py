"""The code bundle: everything of ours that runs inside a container, named by its digest.

Processing jobs mount it as a folder, training jobs unpack it as an archive; both come from the same
bytes. The digest is of the names and contents, not of the archive, so that it does not depend on a
compression library.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines import naming
from pipelines.environment.model import Environment

ARCHIVE = "sourcedir.tar.gz"


@dataclass(frozen=True)
class Bundle:
    """The files of a bundle.

    Attributes:
        files: contents by path, relative to the root of the bundle, with forward slashes.
    """

    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 over every path and content, in hex."""
        sha256 = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            for part in (path.encode(), content):
                sha256.update(len(part).to_bytes(8, "big"))
                sha256.update(part)
        return sha256.hexdigest()

    def archive(self) -> bytes:
        """The bundle as a tar.gz: the same files give the same bytes."""
        buffer = io.BytesIO()
        # Stored, not compressed: versions of zlib differ in their output, and code is small.
        with (
            gzip.GzipFile(
                fileobj=buffer, mode="wb", compresslevel=0, mtime=0, filename=""
            ) as zipped,
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for path, content in sorted(self.files.items()):
                entry = tarfile.TarInfo(path)
                entry.size = len(content)
                entry.mode = 0o644
                archive.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()

    def objects(self, environment: Environment) -> dict[str, bytes]:
        """What is uploaded, by S3 key: the archive last, whose presence says that all is there."""
        prefix = naming.code_prefix(environment, self.digest)
        objects = {f"{prefix}/source/{path}": self.files[path] for path in sorted(self.files)}
        objects[f"{prefix}/{ARCHIVE}"] = self.archive()
        return objects
