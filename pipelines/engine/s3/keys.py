"""From keys to files: a path of the same name where there can be one, a digest elsewhere."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

UNUSUAL_KEYS = ".keys"


def place(home: Path, key: str) -> Path:
    """A free path for a key below its bucket's folder: its own, else under a digest of it.

    An object on the way down, or a folder (or, where the file system ignores case, another
    key's file) at the end, leaves no room for a file of the key's own name.
    """
    if is_plain(key):
        path = home / key
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(path):
                return path
    path = home / UNUSUAL_KEYS / hashlib.sha256(key.encode()).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def is_plain(key: str) -> bool:
    """Whether a key can be a file's path below its bucket's folder.

    >>> is_plain("data/train.csv"), is_plain("data/"), is_plain("a//b"), is_plain("../x")
    (True, False, False, False)
    """
    parts = key.split("/")
    return (
        parts[0] != UNUSUAL_KEYS
        and "\0" not in key
        and all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in parts)
    )


def prune(folder: Path, home: Path) -> None:
    """Remove folders that the last object has left: they would stand in other keys' way."""
    with suppress(OSError):
        while folder != home:
            folder.rmdir()
            folder = folder.parent


def digest(path: Path) -> str:
    """The MD5 of a file, in hex: the ETag of an object in one part."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def sync(path: Path) -> None:
    """Force a file, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
