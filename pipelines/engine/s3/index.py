"""The index of the objects on disk: one SQLite table of buckets, one of objects."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

_PAGE = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (
    bucket TEXT PRIMARY KEY, region TEXT NOT NULL, created REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, etag TEXT NOT NULL, modified REAL NOT NULL,
    content_type TEXT NOT NULL, headers TEXT NOT NULL, metadata TEXT NOT NULL,
    checksums TEXT NOT NULL, PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """What the index holds of one object.

    Attributes:
        path: The file, relative to the store's root.
        mtime_ns: The file's time of change when the entry was written.
        modified: S3's LastModified, in seconds since the epoch.
    """

    bucket: str
    key: str
    path: str
    size: int
    mtime_ns: int
    etag: str
    modified: float
    content_type: str
    headers: Mapping[str, str]
    metadata: Mapping[str, str]
    checksums: Mapping[str, str]


_NAMES = [field.name for field in fields(Entry)]
_COLUMNS = ", ".join(_NAMES)
_MARKS = ", ".join("?" for _ in _NAMES)


class Index:
    """Entries by bucket and key; keys compare by their UTF-8 bytes, as S3's do."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def add_bucket(self, bucket: str, region: str, created: float) -> None:
        self._run("INSERT INTO buckets VALUES (?, ?, ?)", bucket, region, created)

    def remove_bucket(self, bucket: str) -> None:
        self._run("DELETE FROM buckets WHERE bucket = ?", bucket)

    def buckets(self) -> list[tuple[str, float]]:
        rows = self._run("SELECT bucket, created FROM buckets ORDER BY bucket")
        return [(name, created) for name, created in rows]

    def bucket_region(self, bucket: str) -> str | None:
        rows = self._run("SELECT region FROM buckets WHERE bucket = ?", bucket)
        return rows[0][0] if rows else None

    def get(self, bucket: str, key: str) -> Entry | None:
        rows = self._run(
            f"SELECT {_COLUMNS} FROM objects WHERE bucket = ? AND key = ?", bucket, key
        )
        return _entry(rows[0]) if rows else None

    def put(self, entry: Entry) -> None:
        values = [
            json.dumps(value) if isinstance(value, Mapping) else value for value in astuple(entry)
        ]
        self._run(f"INSERT OR REPLACE INTO objects ({_COLUMNS}) VALUES ({_MARKS})", *values)

    def remove(self, bucket: str, key: str) -> None:
        self._run("DELETE FROM objects WHERE bucket = ? AND key = ?", bucket, key)

    def scan(self, bucket: str, prefix: str, after: str) -> Iterator[Entry]:
        """Entries in order, page by page, so that nobody waits for the end of a long listing."""
        statement = (
            f"SELECT {_COLUMNS} FROM objects WHERE bucket = ? AND key > ? AND key >= ? "
            f"ORDER BY key LIMIT {_PAGE}"
        )
        while page := self._run(statement, bucket, after, prefix):
            for row in page:
                entry = _entry(row)
                if not entry.key.startswith(prefix):
                    return
                yield entry
            after = page[-1][1]


def _entry(row: tuple[Any, ...]) -> Entry:
    values = dict(zip(_NAMES, row, strict=True))
    for name in ("headers", "metadata", "checksums"):
        values[name] = json.loads(values[name])
    return Entry(**values)
