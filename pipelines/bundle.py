"""The code bundle: everything of ours that runs inside a container, named by its digest.

It holds `preprocessing/`, `jobs/` and the environment's `features.json`. Processing jobs mount it
as a folder, training jobs unpack it as an archive; both come from the same bytes. The digest is of
the names and contents, not of the archive, so that it does not depend on a compression library.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.errors import InputError

PACKAGES = ("jobs", "preprocessing")
FEATURES = "features.json"
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


def features_json(environment: Environment) -> bytes:
    """The features section of the configuration, as the jobs read it."""
    features = environment.features.model_dump(mode="json")
    return (json.dumps(features, indent=2, ensure_ascii=False) + "\n").encode()


def build_bundle(root: Path, environment: Environment) -> Bundle:
    """Read the bundle from the project at `root`.

    Hidden files, `__pycache__` and compiled files are not part of it.

    Raises:
        InputError: a package is missing, or something in it is not a plain file.
    """
    files = {FEATURES: features_json(environment)}
    for package in PACKAGES:
        if not (root / package / "__init__.py").is_file():
            raise InputError(
                f"{root / package} is not a Python package",
                hint=f"The code bundle needs {' and '.join(PACKAGES)}, with an __init__.py each.",
            )
        for path in sorted((root / package).rglob("*")):
            relative = path.relative_to(root)
            if any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
                continue
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise InputError(
                    f"{relative} is not a plain file, and the code bundle holds nothing else",
                    hint="Put a copy in its place, or move it out of the package.",
                )
            if path.is_file() and path.suffix not in {".pyc", ".pyo"}:
                files[relative.as_posix()] = path.read_bytes()
    return Bundle(files)
