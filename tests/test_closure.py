"""What a program of the bundle needs: what its imports lead to."""

import pytest

from pipelines.bundle.closure import closure

FILES = {
    "jobs/__init__.py": b"",
    "jobs/train.py": b"def main():\n    from jobs import model\n    import numpy\n",
    "jobs/model.py": b"from jobs import algorithms\nfrom preprocessing.tables import Tables\n",
    "jobs/report.py": b"import jobs.model\n",
    "jobs/algorithms/__init__.py": b"from importlib import import_module\n",
    "jobs/algorithms/trees.py": b"from . import shared\nfrom .. import seeds\n",
    "jobs/algorithms/shared.py": b"",
    "jobs/seeds.py": b"",
    "preprocessing/__init__.py": b"",
    "preprocessing/tables.py": b"",
    "preprocessing/reading.py": b"",
    "features.json": b"{}",
}


def test_what_is_imported_is_needed_and_what_that_imports_too():
    assert [*closure(FILES, "jobs/train.py")] == [
        "jobs/__init__.py",
        "jobs/algorithms/__init__.py",
        "jobs/algorithms/shared.py",
        "jobs/algorithms/trees.py",
        "jobs/model.py",
        "jobs/seeds.py",
        "jobs/train.py",
        "preprocessing/__init__.py",
        "preprocessing/tables.py",
    ]


def test_who_imports_it_is_not_needed():
    assert "jobs/report.py" not in closure(FILES, "jobs/model.py")


def test_the_training_program_of_this_project_needs_no_report(real_files):
    needed = closure(real_files, "jobs/train.py")

    assert "jobs/algorithms/logistic_regression.py" in needed
    assert "preprocessing/encoding.py" in needed
    assert "jobs/report.py" not in needed


@pytest.fixture
def real_files():
    from pipelines.bundle import build_bundle
    from tests.conftest import ROOT
    from tests.environments import make_environment

    return build_bundle(ROOT, make_environment()).files
