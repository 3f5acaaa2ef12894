"""What every test has: no way to an AWS account, and golden files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and a machine that is busy with something else is not a failure.
# Others are looked for with `--hypothesis-profile=explore`.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("suite")

# The cores are shared with other tests: threads that wait for one another do not spin.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
# The files that take longest, the longest first.
_LONGEST = (
    "tests/end_to_end/test_demo.py",
    "tests/end_to_end/test_wages.py",
    "tests/end_to_end/test_lineage.py",
    "tests/end_to_end/test_faults.py",
    "tests/end_to_end/test_failures.py",
    "tests/jobs/test_by_hand.py",
    "tests/end_to_end/test_main_job.py",
    "tests/asl/properties/test_running.py",
    "tests/engine/test_durability.py",
    "tests/preprocessing/test_census.py",
    "tests/checks/test_project.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Accept what is generated now as the reviewed one.",
    )


@pytest.hookimpl(optionalhook=True)  # the jobs are tested without pytest-xdist, too
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, since many tests wait for processes: jobs and engines."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: at the end, no worker waits long for what another began late."""
    order = {ROOT / file: number for number, file in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.fixture(autouse=True)
def _no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test can reach an account: nothing ambient is there to reach it with."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with `tests/golden/<name>`, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing: look at the output, then `make golden`"
        assert text.encode() == path.read_bytes(), f"differs from {path}; see `make golden`"

    return compare
