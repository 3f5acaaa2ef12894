"""Model archives: plain files of a bounded size, or nothing."""

import hashlib
import io
import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from jobs import archive, model
from preprocessing.errors import DataError
from tests.jobs.made import pack


def make(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def file(name, content=b"x"):
    return tarfile.TarInfo(name), content


def link(kind, target):
    member = tarfile.TarInfo("innocent")
    member.type, member.linkname = kind, target
    return member, b""


def test_plain_files_and_folders_are_unpacked(tmp_path):
    source = make(tmp_path / "a", file("model.joblib", b"m"), file("./code/x.py", b"c"))

    archive.unpack(source, tmp_path / "out")

    assert (tmp_path / "out" / "model.joblib").read_bytes() == b"m"
    assert (tmp_path / "out" / "code" / "x.py").read_bytes() == b"c"


@pytest.mark.parametrize(
    "member",
    [
        file("../escaped"),
        file("a/../../escaped"),
        link(tarfile.SYMTYPE, "/etc/passwd"),
        link(tarfile.LNKTYPE, "model.joblib"),
        link(tarfile.FIFOTYPE, ""),
    ],
)
def test_nothing_is_unpacked_of_an_archive_that_leads_elsewhere(tmp_path, member):
    source = make(tmp_path / "a", file("model.joblib"), member)

    with pytest.raises(DataError):
        archive.unpack(source, tmp_path / "out")

    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "out" / "innocent").exists()


def test_a_leading_slash_stays_inside(tmp_path):
    archive.unpack(make(tmp_path / "a", file("/model.joblib")), tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["model.joblib"]


def test_the_number_of_files_is_bounded(tmp_path):
    source = make(tmp_path / "a", *[file(f"f{i}") for i in range(archive.FILES + 1)])

    with pytest.raises(DataError, match="more than 100 files"):
        archive.unpack(source, tmp_path / "out")


def test_the_size_is_bounded_by_what_the_archive_says_before_anything_is_written(tmp_path):
    huge = tarfile.TarInfo("huge")
    huge.size = archive.BYTES + 1
    path = tmp_path / "a"
    import gzip

    path.write_bytes(gzip.compress(huge.tobuf()))

    with pytest.raises(DataError, match="8 GiB"):
        archive.unpack(path, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08damaged"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)

    with pytest.raises(DataError, match="cannot be unpacked"):
        archive.unpack(tmp_path / "a", tmp_path / "out")


def test_the_digest_is_compared_before_the_archive_is_opened(tmp_path):
    (tmp_path / "model.tar.gz").write_bytes(b"not an archive")

    with pytest.raises(DataError, match="is not the expected model"):
        archive.find(tmp_path, "0" * 64)


def test_an_archive_that_was_changed_is_said_with_what_to_do(tmp_path):
    (tmp_path / "model.tar.gz").write_bytes(b"changed")

    with pytest.raises(DataError, match=r"train again, or name another model package$"):
        archive.find(tmp_path, "0" * 64)


@pytest.mark.parametrize("folder", ["out/my model", "out"])
def test_a_model_that_is_not_packed_is_said_with_how_to_pack_it(tmp_path, monkeypatch, folder):
    name = "my model" if folder != "out" else "model"
    monkeypatch.chdir(tmp_path)
    Path("out", name).mkdir(parents=True)
    Path("out", name, "manifest.json").write_text("{}")

    with pytest.raises(DataError) as error:
        archive.find(Path(folder))

    (command,) = re.findall("`(.*)`, then --model out$", str(error.value))
    subprocess.run(command, shell=True, check=True)
    assert archive.find(Path("out"))[0] == Path("out/model.tar.gz")


def test_where_nothing_was_trained_nothing_can_be_packed(tmp_path):
    with pytest.raises(DataError, match="has the train job written here"):
        archive.find(tmp_path)


def write_model(folder, manifest):
    folder.mkdir()
    (folder / "model.joblib").write_bytes(b"not even a pickle")
    (folder / "preprocessor.json").write_text("{}")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    pack(folder, folder.parent)


def manifest(folder, **changes):
    digests = {"model.joblib": "0" * 64, "preprocessor.json": "0" * 64}
    packages = {"scikit-learn": "0.1.0"}
    return {"format": "model", "version": 1, "files": digests, "packages": packages, **changes}


def test_a_model_whose_digest_does_not_match_is_never_loaded(tmp_path):
    preprocessor = hashlib.sha256(b"{}").hexdigest()
    files = {"model.joblib": "0" * 64, "preprocessor.json": preprocessor}
    write_model(tmp_path / "model", manifest(tmp_path, files=files))

    with pytest.raises(DataError, match=r"model\.joblib is damaged: its digest does not match"):
        model.load(tmp_path)


def test_a_model_of_another_scikit_learn_is_never_loaded(tmp_path):
    digests = {
        "model.joblib": hashlib.sha256(b"not even a pickle").hexdigest(),
        "preprocessor.json": hashlib.sha256(b"{}").hexdigest(),
    }
    write_model(tmp_path / "model", manifest(tmp_path, files=digests))

    with pytest.raises(DataError, match=r"was trained with scikit-learn 0\.1\.0, and this is"):
        model.load(tmp_path)


@pytest.mark.parametrize(
    "content", [{}, {"format": "other"}, {"format": "model", "version": 2}, []]
)
def test_an_archive_that_is_no_model_of_ours_is_refused(tmp_path, content):
    write_model(tmp_path / "model", content)

    with pytest.raises(DataError):
        model.load(tmp_path)
