"""The code bundle: the same code is the same digest and the same bytes, and nothing else is."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.bundle import Bundle, build_bundle
from pipelines.errors import InputError
from tests.environments import make_environment

ENVIRONMENT = make_environment()
paths = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20)
contents = st.dictionaries(paths, st.binary(max_size=50), min_size=1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for package in ("jobs", "preprocessing"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "jobs" / "train.py").write_text("print('training')\n")
    return tmp_path


@given(contents)
def test_the_order_of_the_files_does_not_matter(files):
    backwards = dict(reversed(files.items()))

    assert Bundle(files).digest == Bundle(backwards).digest
    assert Bundle(files).archive() == Bundle(backwards).archive()


@given(contents, contents)
def test_other_files_have_another_digest(some, others):
    assert (Bundle(some).digest == Bundle(others).digest) is (some == others)


@given(contents)
def test_the_archive_holds_the_files_and_nothing_of_the_machine(files):
    with tarfile.open(fileobj=io.BytesIO(Bundle(files).archive())) as archive:
        entries = archive.getmembers()
        read = {entry.name: archive.extractfile(entry).read() for entry in entries}

    assert read == files
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname) for entry in entries} == {
        (0, 0, 0, "")
    }


def test_it_holds_both_packages_and_the_features(project):
    bundle = build_bundle(project, ENVIRONMENT)

    assert sorted(bundle.files) == [
        "features.json",
        "jobs/__init__.py",
        "jobs/train.py",
        "preprocessing/__init__.py",
    ]
    assert json.loads(bundle.files["features.json"])["label"] == {
        "column": "income",
        "positive": "high",
    }


def test_what_tools_leave_behind_is_not_part_of_it(project):
    before = build_bundle(project, ENVIRONMENT).digest
    (project / "jobs" / "__pycache__").mkdir()
    (project / "jobs" / "__pycache__" / "train.cpython-311.pyc").write_bytes(b"x")
    (project / "jobs" / ".train.py.swp").write_bytes(b"x")

    assert build_bundle(project, ENVIRONMENT).digest == before


def test_other_features_are_another_bundle(project):
    other = make_environment(features={"label": {"column": "income", "positive": "low"}})

    assert build_bundle(project, other).digest != build_bundle(project, ENVIRONMENT).digest


def test_the_archive_is_uploaded_last_so_that_it_says_all_is_there(project):
    bundle = build_bundle(project, ENVIRONMENT)

    keys = list(bundle.objects(ENVIRONMENT))

    assert keys[-1] == f"demo/dev/code/{bundle.digest}/sourcedir.tar.gz"
    assert keys[0] == f"demo/dev/code/{bundle.digest}/source/features.json"
    assert len(keys) == len(bundle.files) + 1


def test_a_link_is_refused_by_name(project):
    (project / "jobs" / "more.py").symlink_to(project / "jobs" / "train.py")

    with pytest.raises(InputError, match=r"jobs/more\.py is not a plain file"):
        build_bundle(project, ENVIRONMENT)


def test_a_missing_package_is_refused_by_name(project):
    (project / "preprocessing" / "__init__.py").unlink()

    with pytest.raises(InputError, match="preprocessing is not a Python package"):
        build_bundle(project, ENVIRONMENT)
