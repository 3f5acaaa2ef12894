"""What an image lacks is installed where that was asked for, and otherwise named."""

import pytest

from jobs import requirements
from preprocessing.errors import DataError

MISSING = "a-package-that-is-not-there"


@pytest.fixture(autouse=True)
def pinned(monkeypatch):
    monkeypatch.setitem(requirements.PINNED, MISSING, "1.2.3")
    monkeypatch.delenv(requirements.VARIABLE, raising=False)


def never(command):
    raise AssertionError(f"nothing is to be run: {command}")


def test_a_package_that_is_there_is_left_as_it_is():
    requirements.need("lightgbm", never)


def test_nothing_is_installed_unasked():
    with pytest.raises(DataError) as error:
        requirements.need(MISSING, never)

    assert f"this needs the package {MISSING}, which is not installed" in str(error.value)
    assert f"`pip install {MISSING}==1.2.3`" in str(error.value)


def test_the_pinned_version_is_installed_and_what_is_there_stays(monkeypatch):
    monkeypatch.setenv(requirements.VARIABLE, "1")
    commands = []

    def pip(command):
        constraints = command[command.index("--constraint") + 1]
        with open(constraints, encoding="utf-8") as file:
            commands.append((command[-1], file.read()))

    requirements.need(MISSING, pip)

    ((wanted, constraints),) = commands
    assert wanted == f"{MISSING}==1.2.3"
    assert f"numpy=={requirements.version('numpy')}\n" in constraints


def test_a_package_index_out_of_reach_is_one_clear_error(monkeypatch):
    monkeypatch.setenv(requirements.VARIABLE, "1")

    with pytest.raises(DataError) as error:
        requirements.need(MISSING, lambda command: "ERROR: No matching distribution")

    assert "pip could not install" in str(error.value)
    assert "No matching distribution; use an image that has it" in str(error.value)
