"""The pytest plugin: the fixture `state_machine`, and the report of `--asl-coverage`.

Switch it on in the topmost conftest.py:
    pytest_plugins = ["pipelines.testing.plugin"]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pipelines.testing.coverage import Coverage
    from pipelines.testing.machine import StateMachine

_COVERAGE = pytest.StashKey["Coverage"]()
_NOT_WRITTEN = pytest.StashKey[str]()
_WORKER_KEY = "asl_coverage"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("state machines")
    group.addoption(
        "--asl-coverage",
        action="store_true",
        help="Report the states, transitions, retriers and catchers never exercised.",
    )
    group.addoption(
        "--asl-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="Fail if a machine's coverage is below this; implies --asl-coverage.",
    )
    group.addoption(
        "--asl-coverage-json",
        type=Path,
        metavar="FILE",
        help="Write the coverage as JSON, too; implies --asl-coverage.",
    )


@pytest.fixture(scope="session")
def asl_coverage(request: pytest.FixtureRequest) -> Coverage:
    """What the session's executions have exercised."""
    return _coverage(request.config)


@pytest.fixture(scope="session")
def state_machine(asl_coverage: Coverage) -> Callable[..., StateMachine]:
    """Makes a state machine under test of a definition, or of a file that holds one."""
    from pipelines.testing.machine import StateMachine, load_definition

    def make(
        source: Mapping[str, Any] | str | Path,
        *,
        name: str | None = None,
        tasks: Mapping[str, Any] | None = None,
        substitutions: Mapping[str, str] | None = None,
        resource: str | None = None,
    ) -> StateMachine:
        definition = load_definition(source, substitutions, resource=resource)
        return StateMachine(
            name or resource or _name_of(source), definition, tasks or {}, asl_coverage
        )

    return make


def _name_of(source: Mapping[str, Any] | str | Path) -> str:
    """The file's name without its endings, or what the definition says of itself."""
    if isinstance(source, Mapping):
        return str(source.get("Comment", f"machine that starts at {source.get('StartAt')}"))
    return Path(source).name.partition(".")[0]


def _coverage(config: pytest.Config) -> Coverage:
    if _COVERAGE not in config.stash:
        from pipelines.testing.coverage import Coverage

        config.stash[_COVERAGE] = Coverage()
    return config.stash[_COVERAGE]


def _wanted(config: pytest.Config) -> bool:
    names = ("asl_coverage", "asl_coverage_fail_under", "asl_coverage_json")
    asked = any(config.getoption(name) not in (None, False) for name in names)
    return asked and not config.getoption("collectonly")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what one of pytest-xdist's workers counted."""
    if _WORKER_KEY in getattr(node, "workeroutput", {}):
        _coverage(node.config).merge(node.workeroutput[_WORKER_KEY])


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):  # one of pytest-xdist's workers
        if _COVERAGE in config.stash:
            config.workeroutput[_WORKER_KEY] = config.stash[_COVERAGE].to_json()
        return
    if not _wanted(config):
        return
    path = config.getoption("asl_coverage_json")
    if path is not None:
        _write(path, config)
    if _shortfall(config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _write(path: Path, config: pytest.Config) -> None:
    content = json.dumps(_coverage(config).to_json(), indent=2, ensure_ascii=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n", encoding="utf-8")
    except OSError as error:
        config.stash[_NOT_WRITTEN] = f"{path} cannot be written: {error.strerror}"


def _shortfall(config: pytest.Config) -> str | None:
    """What is wrong with the coverage, or with the file that it should be in; None: nothing."""
    if _NOT_WRITTEN in config.stash:
        return config.stash[_NOT_WRITTEN]
    threshold = config.getoption("asl_coverage_fail_under")
    if threshold is None:
        return None
    machines = _coverage(config).machines.values()
    if not machines:
        return "no state machine was run"
    below = [machine.name for machine in machines if machine.percent < threshold]
    return f"below {threshold:g} %: {', '.join(below)}" if below else None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not _wanted(config):
        return
    from pipelines.testing.coverage import report

    terminalreporter.section("coverage of state machines")
    coverage = _coverage(config)
    terminalreporter.write_line(report(coverage) if coverage.machines else "none was run")
    shortfall = _shortfall(config)
    if shortfall:
        terminalreporter.write_line(f"FAILED: {shortfall}", red=True)
