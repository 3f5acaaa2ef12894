"""A program's log: a text file with one line per event, `2026-11-21T01:47:20.123Z the line`.

A person reads it as it is; CloudWatch Logs' operations read it by byte offsets, so that following
a growing log costs what is new and no more.
"""

from __future__ import annotations

import codecs
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# CloudWatch's limit on one event is 256 KiB; a longer line becomes several events.
MAX_MESSAGE = 200_000
_STAMP = len("2026-11-21T01:47:20.123Z ")
_BLOCK = 1 << 16


@dataclass(frozen=True)
class LogEvent:
    """One line; `timestamp` is in milliseconds since the epoch."""

    timestamp: int
    message: str


class LogFile:
    """Writes a log. Each source (standard output, standard error) has lines of its own.

    Attributes:
        heard: Called with the lines of sources, once they are written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: Callable[[list[str]], None] = lambda lines: None
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self._sources: dict[str, _Lines] = {}

    def say(self, text: str) -> None:
        """Write something of the engine's own."""
        self._write(text.splitlines() or [""])

    def feed(self, source: str, data: bytes) -> None:
        """Write what has come from a source: its complete lines, the rest when it is complete."""
        lines = self._sources.setdefault(source, _Lines())
        self._hear(lines.feed(data))

    def last_line(self, source: str) -> str:
        """The last line of a source that is not blank; empty if there is none."""
        return self._sources[source].last if source in self._sources else ""

    def finish(self) -> None:
        """Write the lines that never got their newline."""
        for lines in self._sources.values():
            self._hear(lines.finish())

    def size(self) -> int:
        """How many bytes it has."""
        return os.fstat(self._file).st_size

    def close(self) -> None:
        os.close(self._file)

    def _hear(self, lines: list[str]) -> None:
        self._write(lines)
        self.heard(lines)

    def _write(self, lines: list[str]) -> None:
        if not lines:
            return
        stamp = f"{_stamp(time.time())} "
        # A lone surrogate cannot come from the decoder; one in our own text must not end a job.
        data = "".join(f"{stamp}{line}\n" for line in lines).encode("utf-8", "replace")
        while data:
            data = data[os.write(self._file, data) :]


class _Lines:
    """Bytes to lines: UTF-8, with U+FFFD for what is none."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self.last = ""

    def feed(self, data: bytes) -> list[str]:
        text = self._rest + self._decoder.decode(data)
        *lines, self._rest = text.split("\n")
        if len(self._rest) > MAX_MESSAGE:
            lines.append(self._rest)
            self._rest = ""
        return self._note([piece for line in lines for piece in _pieces(line)])

    def finish(self) -> list[str]:
        rest = self._rest + self._decoder.decode(b"", final=True)
        self._rest = ""
        return self._note(_pieces(rest)) if rest else []

    def _note(self, lines: list[str]) -> list[str]:
        self.last = next((line.strip() for line in reversed(lines) if line.strip()), self.last)
        return lines


def _pieces(line: str) -> list[str]:
    line = line.removesuffix("\r")
    return [line[i : i + MAX_MESSAGE] for i in range(0, len(line), MAX_MESSAGE)] or [""]


def _stamp(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(line: bytes) -> LogEvent:
    stamp = datetime.fromisoformat(line[: _STAMP - 1].decode("ascii"))
    return LogEvent(round(stamp.timestamp() * 1000), line[_STAMP:].decode("utf-8"))


def read_forward(
    path: Path, offset: int, limit: int, max_bytes: int = 1 << 20
) -> tuple[list[LogEvent], int]:
    """Events from a byte offset onwards, and the offset behind the last of them.

    At most `limit` events and about `max_bytes`; a line that is still being written is left for
    the next call.
    """
    events: list[LogEvent] = []
    end = offset
    with path.open("rb") as file:
        file.seek(offset)
        while len(events) < limit and end - offset < max_bytes:
            line = file.readline()
            if not line.endswith(b"\n"):
                break
            events.append(_event(line[:-1]))
            end += len(line)
    return events, end


def read_backward(path: Path, end: int | None, limit: int) -> tuple[list[LogEvent], int, int]:
    """The last events before a byte offset (None: the end of the file).

    Returns:
        The events in order, the offset of the first, and the offset behind the last.
    """
    with path.open("rb") as file:
        if end is None:
            end = file.seek(0, os.SEEK_END)
        start, tail = end, b""
        while start > 0 and tail.count(b"\n") <= limit:
            step = min(_BLOCK, start)
            start -= step
            file.seek(start)
            tail = file.read(step) + tail
    complete = tail[: tail.rfind(b"\n") + 1]
    end = start + len(complete)
    lines = complete.split(b"\n")[:-1][-limit:]
    first = end - sum(len(line) + 1 for line in lines)
    return [_event(line) for line in lines], first, end
