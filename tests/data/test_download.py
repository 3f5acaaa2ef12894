"""A download: resumed, bounded, and right or not there at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.data.download import Wanted, WrongFileError, download
from pipelines.data.http import Opener, UnreachableError
from pipelines.data.progress import Advance, Quiet
from tests.data.served import Served, serve

CONTENT = bytes(range(256)) * 2000
WANTED = Wanted("file.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
OTHER = CONTENT[::-1]


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as server:
        server.files["/file.bin"] = CONTENT
        yield server


def fetch(served: Served, folder: Path, progress: Quiet | None = None) -> Path:
    return download(
        f"{served.url}/file.bin",
        folder,
        WANTED,
        opener=Opener(),
        progress=progress or Quiet(),
        sleep=lambda seconds: None,
    )


def test_a_file_arrives_whole_and_leaves_nothing_beside_it(served: Served, tmp_path: Path) -> None:
    assert fetch(served, tmp_path).read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]


def test_an_interrupted_download_goes_on_where_it_was(served: Served, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])

    assert fetch(served, tmp_path).read_bytes() == CONTENT
    assert served.asked_for("/file.bin") == ["bytes=1000-"]


def test_a_connection_that_breaks_is_made_again(served: Served, tmp_path: Path) -> None:
    served.cut_after = [100_000, 50_000]

    assert fetch(served, tmp_path).read_bytes() == CONTENT
    assert served.asked_for("/file.bin") == [None, "bytes=100000-", "bytes=150000-"]


def test_a_server_that_is_busy_is_asked_again(served: Served, tmp_path: Path) -> None:
    served.statuses = [503, 429, 500]

    assert fetch(served, tmp_path).read_bytes() == CONTENT


def test_a_server_without_ranges_sends_the_whole_file_again(served: Served, tmp_path: Path) -> None:
    served.ranges = False
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:1000])

    assert fetch(served, tmp_path).read_bytes() == CONTENT


def test_what_has_arrived_is_kept_when_the_server_stays_silent(
    served: Served, tmp_path: Path
) -> None:
    served.cut_after = [1000, 0, 0, 0, 0, 0]

    with pytest.raises(UnreachableError, match="ended early, 5 times in a row"):
        fetch(served, tmp_path)

    assert (tmp_path / "file.bin.part").read_bytes() == CONTENT[:1000]


def test_a_server_that_never_gets_further_is_given_up(served: Served, tmp_path: Path) -> None:
    served.ranges = False
    served.cut_after = [1000] * 20

    with pytest.raises(UnreachableError, match="5 times in a row"):
        fetch(served, tmp_path)

    assert len(served.asked) == 6


def test_an_error_that_stays_is_not_tried_again(served: Served, tmp_path: Path) -> None:
    del served.files["/file.bin"]

    with pytest.raises(UnreachableError, match="answers 404"):
        fetch(served, tmp_path)

    assert len(served.asked) == 1


def test_a_wrong_digest_is_refused_and_the_file_removed(served: Served, tmp_path: Path) -> None:
    served.files["/file.bin"] = OTHER

    with pytest.raises(WrongFileError) as error:
        fetch(served, tmp_path)

    assert str(error.value) == (
        f"{served.url}/file.bin has the sha256 {hashlib.sha256(OTHER).hexdigest()}; "
        f"it must be {WANTED.sha256}"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_file_is_thrown_away(served: Served, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(OTHER[:1000])

    assert fetch(served, tmp_path).read_bytes() == CONTENT
    assert served.asked_for("/file.bin") == ["bytes=1000-", None]


@pytest.mark.parametrize("length", [len(CONTENT), len(CONTENT) + 5])
def test_a_part_that_is_too_long_or_wrong_as_a_whole_is_thrown_away(
    served: Served, tmp_path: Path, length: int
) -> None:
    (tmp_path / "file.bin.part").write_bytes((OTHER * 2)[:length])

    assert fetch(served, tmp_path).read_bytes() == CONTENT


def test_a_whole_part_is_not_fetched_again(served: Served, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT)

    assert fetch(served, tmp_path).read_bytes() == CONTENT
    assert served.asked == []


@pytest.mark.parametrize("content", [CONTENT * 20, CONTENT[:7]])
def test_a_file_of_another_length_is_not_fetched_at_all(
    served: Served, tmp_path: Path, content: bytes
) -> None:
    served.files["/file.bin"] = content

    with pytest.raises(WrongFileError, match=f"has {len(content):,} bytes; it must have 512,000"):
        fetch(served, tmp_path)

    assert list(tmp_path.iterdir()) == []
    assert len(served.asked) == 1


def test_a_file_without_end_is_cut_off(served: Served, tmp_path: Path) -> None:
    served.files["/file.bin"] = CONTENT * 20
    served.says_length = False

    with pytest.raises(WrongFileError, match="has more than 512,000 bytes"):
        fetch(served, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_file_url_is_read_too(tmp_path: Path) -> None:
    source = tmp_path / "source" / "file.bin"
    source.parent.mkdir()
    source.write_bytes(CONTENT)
    target = tmp_path / "target"
    target.mkdir()
    (target / "file.bin.part").write_bytes(CONTENT[:1000])

    path = download(source.as_uri(), target, WANTED, opener=Opener(), progress=Quiet())

    assert path.read_bytes() == CONTENT


class Counting(Quiet):
    """Adds up what is shown."""

    done = 0

    @contextmanager
    def bytes(self, what: str, total: int) -> Iterator[Advance]:
        def advance(count: int) -> None:
            self.done += count

        yield advance


@pytest.mark.parametrize("ranges", [True, False])
def test_progress_adds_up_to_the_file_whatever_happens(
    served: Served, tmp_path: Path, ranges: bool
) -> None:
    served.ranges = ranges
    served.cut_after = [1000, 70_000]
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:500])
    progress = Counting()

    fetch(served, tmp_path, progress)

    assert progress.done == len(CONTENT)
