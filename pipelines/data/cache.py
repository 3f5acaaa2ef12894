"""Where fetched data are kept between runs, outside of any project."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.data.download import Wanted
from pipelines.data.progress import Progress
from pipelines.errors import DataError


def cache_folder(variables: Mapping[str, str] = os.environ) -> Path:
    """$PIPELINES_CACHE, or `pipelines` in the user's cache folder."""
    if named := variables.get("PIPELINES_CACHE"):
        return Path(named).expanduser().absolute()
    users = Path(variables.get("XDG_CACHE_HOME", ""))
    # A relative XDG folder is to be ignored, says its specification.
    return (users if users.is_absolute() else Path.home() / ".cache") / "pipelines"


class Seen:
    """Files whose digests were right, remembered by their size and time of change.

    Reading 190 MB for their digest takes half a second; a look at the folder takes none. Whatever
    touches a file makes it be read again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / ".seen.json"

    def all_are_unchanged(self, files: Sequence[Wanted]) -> bool:
        """Whether the files were right and have not been touched since."""
        try:
            noted = json.loads(self._note.read_bytes())
            return bool(noted == self._look(files))
        except (OSError, ValueError):
            return False

    def all_are_right(self, files: Sequence[Wanted]) -> None:
        """Remember it; where that is not possible, they will be read again."""
        new = self._note.with_suffix(f".{os.getpid()}")
        try:
            new.write_text(json.dumps(self._look(files)))
            os.replace(new, self._note)
        except OSError:
            new.unlink(missing_ok=True)

    def _look(self, files: Sequence[Wanted]) -> list[list[str | int]]:
        looks = ((wanted, (self._folder / wanted.name).stat()) for wanted in files)
        return [
            [wanted.name, wanted.sha256, stat.st_size, stat.st_mtime_ns, stat.st_ino]
            for wanted, stat in looks
        ]


@contextmanager
def lock(folder: Path, progress: Progress) -> Iterator[None]:
    """Nobody else fetches into `folder`, which is made, as long as this lasts.

    The system takes the lock from a process that ends, however it ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("w")
    except OSError as error:
        raise DataError(
            f"{folder} cannot be written to: {error.strerror}",
            hint="PIPELINES_CACHE names another folder.",
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say(f"Waiting for another process that fetches into {folder} …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
