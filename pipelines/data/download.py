"""A URL → a file that is known to be right: resumed, bounded, checked, and renamed at the end."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.data.http import Opener, UnreachableError, split_credentials
from pipelines.data.progress import Advance, Progress
from pipelines.errors import DataError

_BLOCK = 1 << 16
_TRIES = 5


@dataclass(frozen=True)
class Wanted:
    """The file as it must be: its name, length in bytes and hexadecimal SHA-256."""

    name: str
    size: int
    sha256: str


class WrongFileError(DataError):
    """What was fetched is not the file that is wanted; it has been removed."""


def sha256_of(path: Path) -> str:
    """The file's digest, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_as_wanted(path: Path, wanted: Wanted) -> bool:
    """Whether the file is there, whole and right."""
    return (
        path.is_file() and path.stat().st_size == wanted.size and sha256_of(path) == wanted.sha256
    )


def download(
    url: str,
    folder: Path,
    wanted: Wanted,
    *,
    opener: Opener,
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Fetch `url` to `folder`, going on where an earlier call was interrupted.

    What has arrived lies in `<name>.part` and is renamed once its digest is right. A connection
    that breaks is made again, up to five times in a row without a byte of progress. If a resumed
    file turns out wrong, the part from before may be to blame, and it is fetched once more as a
    whole.

    Raises:
        WrongFileError: the file's length or digest is not what is wanted; nothing is kept.
        UnreachableError: the URL does not answer; what has arrived is kept for the next call.
    """
    part = folder / f"{wanted.name}.part"
    resumed = part.is_file() and part.stat().st_size > 0
    with progress.bytes(f"Fetching {wanted.name}", wanted.size) as advance:
        transfer = _Transfer(url, part, wanted, opener, advance, sleep)
        transfer.run()
        if resumed and sha256_of(part) != wanted.sha256:
            transfer.discard()
            transfer.run()
    found = sha256_of(part)
    if found != wanted.sha256:
        part.unlink()
        raise WrongFileError(
            f"{split_credentials(url)[0]} has the sha256 {found}; it must be {wanted.sha256}",
            hint="It was removed. Something between here and the index changes files, or the "
            "index has another one under this name.",
        )
    whole = folder / wanted.name
    os.replace(part, whole)
    return whole


@dataclass
class _Transfer:
    """Bytes of a URL on their way to a file."""

    url: str
    part: Path
    wanted: Wanted
    opener: Opener
    advance: Advance
    sleep: Callable[[float], None]
    shown: int = 0

    def run(self) -> None:
        """Until the file has the length that is wanted."""
        if self._size() > self.wanted.size:
            self.discard()
        self._show(self._size())
        tries, most = 0, self._size()
        while (size := self._size()) < self.wanted.size:
            reason = f"{split_credentials(self.url)[0]} ended early"
            try:
                self._continue_from(size)
            except UnreachableError as error:
                if not error.again:
                    raise
                reason = str(error)
            tries = 0 if self._size() > most else tries + 1
            most = max(most, self._size())
            if tries == _TRIES:
                raise UnreachableError(f"{reason}, {_TRIES} times in a row")
            if self._size() < self.wanted.size:
                self.sleep(min(0.5 * 2**tries, 8.0))

    def discard(self) -> None:
        self.part.unlink(missing_ok=True)
        self._show(0)

    def _continue_from(self, offset: int) -> None:
        """Ask for what is missing; a server that knows no ranges sends the whole file again."""
        # Without identity, a proxy may compress: the range would be one of something else.
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        try:
            response = self.opener.open(self.url, headers)
        except UnreachableError as error:
            if error.status != 416:
                raise
            self.discard()
            return
        with response:
            if not (offset and _begins_at(response, offset)):
                offset = 0
                self.discard()
            length = response.headers.get("Content-Length", "")
            if length.isdecimal() and offset + int(length) != self.wanted.size:
                raise self._wrong_length(f"{offset + int(length):,}")
            self._receive(response, offset)

    def _receive(self, response: Any, offset: int) -> None:
        size = offset
        with self.part.open("ab" if offset else "wb") as file:
            while True:
                try:
                    block = response.read(_BLOCK)
                except (OSError, http.client.HTTPException) as error:
                    where = split_credentials(self.url)[0]
                    raise UnreachableError(f"{where}: {error}", again=True) from error
                if not block:
                    return
                size += len(block)
                if size > self.wanted.size:
                    break
                file.write(block)
                self._show(size)
        raise self._wrong_length(f"more than {self.wanted.size:,}")

    def _wrong_length(self, length: str) -> WrongFileError:
        self.discard()
        return WrongFileError(
            f"{split_credentials(self.url)[0]} has {length} bytes; "
            f"it must have {self.wanted.size:,}"
        )

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _show(self, size: int) -> None:
        self.advance(size - self.shown)
        self.shown = size


def _begins_at(response: Any, offset: int) -> bool:
    """Whether the answer is the part that was asked for."""
    if response.status != 206:
        return False
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == offset
