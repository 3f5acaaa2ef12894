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
from tests.environments import machine, make_environment

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
        "evaluation.json",
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
    assert keys[0] == f"demo/dev/code/{bundle.digest}/source/evaluation.json"
    assert len(keys) == len(bundle.files) + 1


def test_a_project_without_packages_of_its_own_gets_those_of_the_tool(tmp_path):
    assert "jobs/train.py" in build_bundle(tmp_path, ENVIRONMENT).files


def test_it_holds_the_python_files_that_the_configuration_names(project):
    for name in ("wages.py", "expect.py", "mine/train.py", "mine/helper.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(f"# {name}")
    environment = make_environment(
        features={**ENVIRONMENT.features.model_dump(), "derive": "wages.py"},
        validation={"python": "expect.py"},
        model={"script": "mine/train.py"},
        steps={**ENVIRONMENT.steps.model_dump(), "validate_data": machine()},
    )

    files = build_bundle(project, environment).files

    assert files["derive.py"] == b"# wages.py"
    assert files["validation.py"] == b"# expect.py"
    assert files["mine/train.py"] == b"# mine/train.py"
    assert files["mine/helper.py"] == b"# mine/helper.py"
    assert json.loads(files["validation.json"])["python"] == "expect.py"


def test_a_named_file_that_is_missing_is_refused_with_its_key(project):
    environment = make_environment(model={"script": "mine.py"})

    with pytest.raises(InputError, match=r"mine\.py is not a file, and model\.script names it"):
        build_bundle(project, environment)


def test_a_section_that_is_off_is_null_for_the_job_that_reads_several(project):
    files = build_bundle(project, make_environment(gate=None)).files

    assert json.loads(files["evaluation.json"])["gate"] is None
    assert "validation.json" not in files


def test_a_link_is_refused_by_name(project):
    (project / "jobs" / "more.py").symlink_to(project / "jobs" / "train.py")

    with pytest.raises(InputError, match=r"jobs/more\.py is not a plain file"):
        build_bundle(project, ENVIRONMENT)


def test_a_missing_package_is_refused_by_name(project):
    (project / "preprocessing" / "__init__.py").unlink()

    with pytest.raises(InputError, match="preprocessing is not a Python package"):
        build_bundle(project, ENVIRONMENT)
