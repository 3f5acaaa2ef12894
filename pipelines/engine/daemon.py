"""The engine's process: start it, find it, stop it, delete what it keeps.

    .local/engine.json    pid, when that process began, URL, since when
    .local/engine.lock    held while one starts, or while what it keeps is deleted
    .local/engine.log     what it says

Light to import: neither moto, boto3 nor the engine itself, which is another process.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipelines.errors import EngineError

FOLDER = ".local"
START_TIMEOUT_S = 60.0
# Jobs get their grace first (PIPELINES_STOP_GRACE_S, 120 seconds on AWS): an engine that takes
# longer than this hangs, and is killed.
STOP_TIMEOUT_S = 150.0
# All that the engine takes from the shell it is started from, which it outlives.
_INHERITED = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ")
_CODE = Path(__file__).resolve().parents[2]
# One of each part of the extra `local`: the engine itself, the language, the jobs.
NEEDED = ("moto", "jsonpath", "pyarrow", "sklearn")


@dataclass(frozen=True)
class Running:
    """An engine that is up.

    Attributes:
        url: Its endpoint.
        pid: Its process.
        since: When it was started, in epoch seconds.
        remarks: What a person should know of this start: a line each.
    """

    url: str
    pid: int
    since: float = 0.0
    remarks: tuple[str, ...] = ()


def find(root: Path) -> Running | None:
    """The engine of the project at `root`, if it is up."""
    record = _record(root)
    if record is None or process_start(record["pid"]) != record["started"]:
        return None
    return Running(record["url"], record["pid"], record["since"])


def stale(root: Path) -> str | None:
    """What to say of an engine that has ended without being stopped; None if there is none."""
    record = _record(root)
    if record is None or find(root) is not None:
        return None
    return f"The engine that ran as process {record['pid']} has ended without being stopped."


def ensure_started(root: Path, needed: Sequence[str] = NEEDED) -> Running:
    """The engine of the project at `root`; started if it is not up, and ready when this returns.

    Args:
        needed: The packages, by the names they are imported by, without which it does not start.

    Raises:
        EngineError: it did not start; the message says why.
    """
    if running := find(root):
        return running
    with _locked(root):
        # Somebody else may have started it while we waited.
        return find(root) or _start(root, needed)


def stop(root: Path) -> Running | None:
    """End the engine and every job of its; what was running, or None.

    Raises:
        EngineError: the process cannot be ended.
    """
    running = find(root)
    if running is not None and not _end(running.pid, signal.SIGTERM, STOP_TIMEOUT_S):
        _end(running.pid, signal.SIGKILL, 5.0)
        if find(root) is not None:
            raise EngineError(f"Process {running.pid} does not end.")
    (_folder(root) / "engine.json").unlink(missing_ok=True)
    return running


def kept(root: Path) -> list[tuple[str, int]]:
    """What `reset` would delete: each name under `.local`, and its size in bytes."""
    folder = _folder(root)
    if not folder.is_dir():
        return []
    return [(path.name, _size(path)) for path in sorted(folder.iterdir())]


def reset(root: Path) -> None:
    """Stop the engine, and delete all that it keeps: `.local`, and nothing outside of it.

    Raises:
        EngineError: `.local` is not a folder of this project's own.
    """
    folder = _folder(root)
    if folder.is_symlink():
        raise EngineError(
            f"{folder} is a link to {folder.resolve()}, outside of the project.",
            hint="Delete what it points at yourself, or remove the link.",
        )
    if not folder.is_dir():
        return
    stop(root)
    with _locked(root):
        if find(root) is not None:
            raise EngineError("The engine was started again meanwhile.")
        # A job may have left a folder that cannot be written.
        shutil.rmtree(folder, onerror=_writable_then_again)


def process_start(pid: int) -> str | None:
    """When a process began, as its system writes it; None if there is none.

    With the process id it names one process: a later one may get the same id.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        # A zombie has ended; only its parent has not noticed.
        return None if fields[0] in "ZX" else fields[19]
    listed = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip() or None


def write_record(local: Path, url: str, since: float) -> None:
    """Say where this process's engine is."""
    pid = os.getpid()
    record = {"pid": pid, "started": process_start(pid), "url": url, "since": since}
    new = local / "engine.json.new"
    new.write_text(json.dumps(record), encoding="utf-8")
    os.replace(new, local / "engine.json")


def _start(root: Path, needed: Sequence[str]) -> Running:
    if missing := [name for name in needed if find_spec(name) is None]:
        raise EngineError(
            f"The local engine needs packages that are not installed: {', '.join(missing)}.",
            hint="Install them, in the project's folder: pip install '.[local]'",
        )
    remarks = (said,) if (said := stale(root)) else ()
    ready, report = os.pipe()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in _INHERITED or name.startswith("PIPELINES_")
    }
    try:
        with (_folder(root) / "engine.log").open("ab") as log:
            # The process that this starts ends at once; the engine is its child, and nobody's.
            subprocess.run(
                [sys.executable, "-m", "pipelines.engine.server", str(_folder(root)), str(report)],
                cwd=_CODE,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(report,),
                start_new_session=True,
                check=False,
            )
    finally:
        os.close(report)
    with open(ready, "rb") as pipe:
        answer = _read(pipe.fileno(), START_TIMEOUT_S)
    log_path = _folder(root) / "engine.log"
    if not answer:
        raise EngineError("The local engine did not start.", hint=f"See {log_path}.")
    said_back: dict[str, Any] = json.loads(answer)
    if "error" in said_back:
        raise EngineError(said_back["error"], hint=said_back.get("hint") or f"See {log_path}.")
    return Running(
        said_back["url"],
        said_back["pid"],
        said_back["since"],
        (*remarks, *said_back["remarks"]),
    )


def _read(handle: int, timeout_s: float) -> bytes:
    """What comes through a pipe until its end, or until it is too late."""
    deadline = time.monotonic() + timeout_s
    data = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([handle], [], [], left)[0]:
            break
        piece = os.read(handle, 65536)
        if not piece:
            return data
        data += piece
    return b""


def _end(pid: int, signal_number: int, timeout_s: float) -> bool:
    """Signal a process and wait for its end; whether it has ended."""
    with suppress(ProcessLookupError):
        if hasattr(os, "pidfd_open"):
            handle = os.pidfd_open(pid)
            try:
                signal.pidfd_send_signal(handle, signal_number)
                return bool(select.select([handle], [], [], timeout_s)[0])
            finally:
                os.close(handle)
        os.kill(pid, signal_number)
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            time.sleep(0.02)
        return False
    return True


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Be the only one that starts or deletes here."""
    path = _folder(root) / "engine.lock"
    while True:
        path.parent.mkdir(exist_ok=True)
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # A reset may have deleted the file that we waited for: then nobody else waits on it.
            if path.exists() and os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                yield
                return


def _record(root: Path) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads((_folder(root) / "engine.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record


def _folder(root: Path) -> Path:
    return root / FOLDER


def _size(path: Path) -> int:
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum(each.lstat().st_size for each in path.rglob("*") if not each.is_dir())


def _writable_then_again(function: Any, path: str, error: Any) -> None:
    os.chmod(os.path.dirname(path), 0o700)
    function(path)
