"""The census data, with a small made package in the place of the real one; and the real ones."""

from __future__ import annotations

import csv
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.data.cache import cache_folder, lock
from pipelines.data.census import CENSUS, COLUMNS, CensusFiles, Dataset, check_features, fetch
from pipelines.data.download import Wanted, sha256_of
from pipelines.data.http import Opener
from pipelines.data.pip_settings import PipSettings
from pipelines.data.progress import Quiet
from pipelines.errors import DataError, InputError
from tests.data.served import Served, serve
from tests.environments import make_environment

TRAIN = b"73, Not in universe, - 50000.\n58, Private , 50000+.\n"
TEST = b"38, ?, - 50000.\n"
FILES = {
    "train.csv": b"age,class of worker,income\n73,Not in universe,- 50000.\n58,Private,50000+.\n",
    "test.csv": b"age,class of worker,income\n38,?,- 50000.\n",
    "people.csv": b"age,class of worker\n38,?\n",
}


def wanted(name: str, content: bytes) -> Wanted:
    return Wanted(name, len(content), hashlib.sha256(content).hexdigest())


def archive(members: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.type = len(content), kind
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


ARCHIVE = archive({"made/setup.py": b"1/0", "made/test.csv": TEST, "made/train.csv": TRAIN})


def dataset(content: bytes = ARCHIVE) -> Dataset:
    return Dataset(
        package="made",
        archive=wanted("made-1.0.tar.gz", content),
        training=("made/train.csv", len(TRAIN)),
        test=("made/test.csv", len(TEST)),
        columns=("age", "class of worker", "income"),
        files=tuple(wanted(*file) for file in FILES.items()),  # type: ignore[arg-type]
    )


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as server:
        server.files["/simple/made/"] = b'<a href="/made-1.0.tar.gz">made</a>'
        server.files["/made-1.0.tar.gz"] = ARCHIVE
        yield server


def opener(*served: Served) -> Opener:
    return Opener(PipSettings(tuple(f"{server.url}/simple" for server in served)))


def contents(files: CensusFiles) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (files.train, files.test, files.people)}


class Heard(Quiet):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_the_files_have_a_header_and_no_blanks_and_people_have_no_label(
    served: Served, tmp_path: Path
) -> None:
    files = fetch(tmp_path, dataset=dataset(), opener=opener(served))

    assert contents(files) == FILES


def test_a_second_call_needs_no_network_and_says_so(served: Served, tmp_path: Path) -> None:
    fetch(tmp_path, dataset=dataset(), opener=opener(served))
    heard = Heard()

    files = fetch(tmp_path, dataset=dataset(), opener=Opener(PipSettings(())), progress=heard)

    assert contents(files) == FILES
    assert heard.lines == [f"The data are in {tmp_path / 'census'} already."]


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_that_was_changed_is_made_again_from_the_archive(
    served: Served, tmp_path: Path, name: str
) -> None:
    fetch(tmp_path, dataset=dataset(), opener=opener(served))
    (tmp_path / "census" / name).write_bytes(b"x" * len(FILES[name]))

    files = fetch(tmp_path, dataset=dataset(), opener=Opener(PipSettings(())))

    assert contents(files) == FILES


def test_a_changed_archive_is_fetched_again(served: Served, tmp_path: Path) -> None:
    fetch(tmp_path, dataset=dataset(), opener=opener(served))
    (tmp_path / "census" / "test.csv").unlink()
    (tmp_path / "census" / "made-1.0.tar.gz").write_bytes(b"x" * len(ARCHIVE))

    assert contents(fetch(tmp_path, dataset=dataset(), opener=opener(served))) == FILES


def test_a_wrong_archive_is_refused_and_nothing_is_written(served: Served, tmp_path: Path) -> None:
    served.files["/made-1.0.tar.gz"] = ARCHIVE[::-1]

    with pytest.raises(DataError, match=r"has the sha256 .*; it must be"):
        fetch(tmp_path, dataset=dataset(), opener=opener(served))

    assert [path.name for path in (tmp_path / "census").iterdir()] == [".lock"]


def test_the_next_index_is_tried_when_one_has_a_wrong_archive(
    served: Served, tmp_path: Path
) -> None:
    with serve() as wrong:
        wrong.files = {**served.files, "/made-1.0.tar.gz": b"another"}

        files = fetch(tmp_path, dataset=dataset(), opener=opener(wrong, served))

    assert contents(files) == FILES


def test_an_index_that_does_not_answer_is_said(tmp_path: Path) -> None:
    nowhere = Opener(PipSettings(("http://127.0.0.1:1/simple",)))

    with pytest.raises(DataError, match=r"http://127\.0\.0\.1:1/simple/made/: .*refused"):
        fetch(tmp_path, dataset=dataset(), opener=nowhere)


@pytest.mark.parametrize(
    ("members", "kind", "said"),
    [
        ({"made/test.csv": TEST}, tarfile.REGTYPE, "has no made/train.csv"),
        ({"made/train.csv": TRAIN[1:], "made/test.csv": TEST}, tarfile.REGTYPE, "not a file of"),
        ({"made/train.csv": TRAIN}, tarfile.SYMTYPE, "not a file of"),
    ],
)
def test_an_archive_that_holds_something_else_is_refused(
    served: Served, tmp_path: Path, members: dict[str, bytes], kind: bytes, said: str
) -> None:
    content = archive(members, kind)
    served.files["/made-1.0.tar.gz"] = content

    with pytest.raises(DataError, match=said):
        fetch(tmp_path, dataset=dataset(content), opener=opener(served))

    assert not (tmp_path / "census" / "train.csv").exists() or "train" not in said


def test_files_that_come_out_wrong_are_refused(served: Served, tmp_path: Path) -> None:
    train, *others = dataset().files
    other = replace(dataset(), files=(replace(train, sha256="0" * 64), *others))

    with pytest.raises(DataError, match=r"train\.csv came out with the sha256"):
        fetch(tmp_path, dataset=other, opener=opener(served))

    assert not list(tmp_path.glob("census/train.csv*"))


def test_two_at_once_fetch_only_once(served: Served, tmp_path: Path) -> None:
    results: list[CensusFiles] = []

    def run() -> None:
        results.append(fetch(tmp_path, dataset=dataset(), opener=opener(served)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [contents(files) for files in results] == [FILES] * 4
    assert len(served.asked_for("/made-1.0.tar.gz")) == 1


def test_who_has_to_wait_is_told(tmp_path: Path) -> None:
    heard = Heard()
    waited = threading.Event()

    def second() -> None:
        with lock(tmp_path, heard):
            waited.set()

    with lock(tmp_path, Quiet()):
        thread = threading.Thread(target=second)
        thread.start()
        assert not waited.wait(0.2)
    thread.join()

    assert waited.is_set()
    assert heard.lines == [f"Waiting for another process that fetches into {tmp_path} …"]


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"PIPELINES_CACHE": "/data/cache", "XDG_CACHE_HOME": "/xdg"}, Path("/data/cache")),
        ({"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/pipelines")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache" / "pipelines"),
        ({}, Path.home() / ".cache" / "pipelines"),
    ],
)
def test_the_cache_lies_where_the_variables_say(variables: dict[str, str], folder: Path) -> None:
    assert cache_folder(variables) == folder


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DataError) as error:
        fetch(tmp_path / "file", dataset=dataset(), opener=Opener(PipSettings(())))

    assert "cannot be written to: Not a directory" in str(error.value)
    assert "PIPELINES_CACHE" in error.value.hint


@pytest.fixture(scope="module")
def real() -> CensusFiles:
    """The data themselves; without a network and a filled cache there is nothing to test."""
    try:
        return fetch()
    except DataError as error:
        pytest.skip(str(error))


@pytest.mark.census
def test_the_real_data_are_what_they_should_be(real: CensusFiles) -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 42
    labels: dict[str, int] = {}
    for path, rows, columns in [
        (real.train, 199_523, COLUMNS),
        (real.test, 99_762, COLUMNS),
        (real.people, 99_762, COLUMNS[:-1]),
    ]:
        with path.open(encoding="ascii", newline="") as file:
            reader = csv.reader(file)
            assert tuple(next(reader)) == columns
            count = 0
            for row in reader:
                count += 1
                assert len(row) == len(columns)
                if path == real.train:
                    labels[row[-1]] = labels.get(row[-1], 0) + 1
                    assert 0 <= int(row[0]) <= 90
                    assert row[12] in {"Male", "Female"}
            assert count == rows
    assert labels == {"- 50000.": 187_141, "50000+.": 12_382}


@pytest.mark.census
def test_the_people_are_the_test_rows_in_their_order(real: CensusFiles) -> None:
    with real.test.open() as test, real.people.open() as people:
        for row, person in zip(test, people, strict=True):
            assert row.rpartition(",")[0] == person.rstrip("\n")


@pytest.mark.census
def test_the_pinned_digests_are_those_of_the_files(real: CensusFiles) -> None:
    paths = (real.train, real.test, real.people)
    assert [sha256_of(path) for path in paths] == [file.sha256 for file in CENSUS.files]


def test_an_environment_about_other_data_is_refused_before_its_own_are_overwritten() -> None:
    other = make_environment(features={"label": {"column": "wage", "positive": "high"}})

    with pytest.raises(InputError, match="no column 'wage'") as refused:
        check_features(other)

    assert "data upload dev" in refused.value.hint
    check_features(make_environment(features={"label": {"column": "income", "positive": "x"}}))
