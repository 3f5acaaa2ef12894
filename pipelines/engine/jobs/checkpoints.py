"""Checkpoints: what a training job writes to a folder is kept in S3, and there again for the next.

On AWS the folder is there before the program starts, holds what lies under the S3 URI, and is
copied to it while the program runs; so a job that was interrupted goes on where it was.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.engine.jobs.container import JobError
from pipelines.engine.jobs.transfer import download, split_uri
from pipelines.engine.processes.log import LogFile
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

LOCAL_PATH = "/opt/ml/checkpoints"
_EVERY_S = 1.0


def local_path(config: Mapping[str, Any]) -> str:
    """The folder of a CheckpointConfig, as the container sees it."""
    path: str = config.get("LocalPath") or LOCAL_PATH
    return path.rstrip("/")


class Checkpoints:
    """A folder and the S3 URI that it is kept under."""

    def __init__(self, folder: Path, uri: str, objects: ObjectStore) -> None:
        self._folder = folder
        self._uri = uri
        self._objects = objects
        # file → what it was like when it was copied
        self._kept: dict[str, tuple[int, int]] = {}

    def restore(self) -> None:
        """Make the folder, with what an earlier job has left.

        Raises:
            JobError: it cannot be had.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        bucket, prefix = split_uri(self._uri.rstrip("/") + "/")
        try:
            found = any(not each.key.endswith("/") for each in self._objects.list(bucket, prefix))
        except ServiceError as error:
            raise JobError(
                f"ClientError: Checkpoint download failed: {self._uri}: {error.message}"
            ) from error
        if found:
            download(self._objects, f"s3://{bucket}/{prefix}", self._folder)
        self._kept = {name: _state(path) for name, path in self._files()}

    def keep(self) -> int:
        """Copy what is new or has changed; returns how many files. Nothing is deleted in S3.

        Raises:
            JobError: it cannot be stored.
        """
        count = 0
        for name, path in self._files():
            try:
                state = _state(path)
                if self._kept.get(name) == state:
                    continue
                bucket, key = split_uri(f"{self._uri.rstrip('/')}/{name}")
                self._objects.put_file(bucket, key, path, move=False)
            except FileNotFoundError:
                continue  # the program has renamed or removed it meanwhile
            except OSError as error:
                raise JobError(f"ClientError: Checkpoint upload failed: {name}: {error}") from error
            except ServiceError as error:
                raise JobError(
                    f"ClientError: Checkpoint upload failed: {self._uri}: {error.message}"
                ) from error
            self._kept[name] = state
            count += 1
        return count

    @contextmanager
    def kept(self, log: LogFile) -> Iterator[None]:
        """Keep them while the program runs, and once more when it has ended, however it ended."""
        ended = threading.Event()

        def follow() -> None:
            while not ended.wait(_EVERY_S):
                try:
                    self.keep()
                except JobError as error:  # the last time decides
                    log.say(str(error))

        thread = threading.Thread(target=follow, name="checkpoints", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.keep()

    def _files(self) -> list[tuple[str, Path]]:
        return sorted(
            (path.relative_to(self._folder).as_posix(), path)
            for path in self._folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        )


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size
