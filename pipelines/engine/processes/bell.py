"""A bell: something to select on beside files, which any thread can ring."""

from __future__ import annotations

import os
import threading
from contextlib import suppress


class Bell:
    """One end to ring and one to listen at.

    >>> bell = Bell()
    >>> bell.ring()
    >>> bell.ring()
    >>> bell.hear()
    >>> bell.close()
    >>> bell.ring()
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        # Somebody may ring while we leave: the number of a closed file is soon another file's.
        self._lock = threading.Lock()
        self._open = True

    def fileno(self) -> int:
        return self._read

    def ring(self) -> None:
        """Make it readable; once it is closed, nothing."""
        with self._lock, suppress(BlockingIOError):  # a full pipe has rung often enough
            if self._open:
                os.write(self._write, b"!")

    def hear(self) -> None:
        """Have it silent again."""
        with suppress(BlockingIOError):
            os.read(self._read, 1 << 16)

    def close(self) -> None:
        with self._lock:
            self._open = False
            os.close(self._read)
            os.close(self._write)
