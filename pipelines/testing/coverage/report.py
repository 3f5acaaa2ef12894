"""The coverage of state machines as text."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.testing.coverage.coverage import Coverage, MachineCoverage
from pipelines.testing.coverage.items import KINDS

_PLURAL = {
    "state": "states",
    "transition": "transitions",
    "retrier": "retriers",
    "catcher": "catchers",
}


def report(coverage: Coverage) -> str:
    """A line for each machine, and below it what was never exercised."""
    width = max((len(name) for name in coverage.machines), default=0)
    lines = []
    for machine in coverage.machines.values():
        lines.append(f"{machine.name:<{width}}  {machine.percent:5.1f} %  {_counts(machine)}")
        lines += [f"  never: {item.kind:<10} {item.label}" for item in machine.missing]
    return "\n".join(lines)


def _counts(machine: MachineCoverage) -> str:
    return ", ".join(_count(machine))


def _count(machine: MachineCoverage) -> Iterator[str]:
    for kind in KINDS:
        done, there = machine.of(kind)
        if there:
            yield f"{done} of {there} {_PLURAL[kind]}"
    times = machine.executions
    yield f"{times} execution{'s' * (times != 1)}"
