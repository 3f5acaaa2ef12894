"""Two things measured in turn, A B A B …, and compared pair by pair.

A machine's speed drifts, so a ratio of neighbours holds where absolute times do not.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Comparison:
    """Seconds of each run, in the order in which they were measured."""

    ours: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of ours divided by the other, pair by pair."""
        return statistics.median(a / b for a, b in zip(self.ours, self.other, strict=True))

    @property
    def difference_s(self) -> float:
        """The median of ours minus the other, pair by pair, in seconds."""
        return statistics.median(a - b for a, b in zip(self.ours, self.other, strict=True))


def compare(
    ours: Callable[[], object],
    other: Callable[[], object],
    *,
    pairs: int = 5,
    warm_up: int = 1,
    before: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Comparison:
    """Call both in turn, `pairs` times after `warm_up` uncounted rounds, each after `before`.

    With `time.process_time` as the clock, what only computes is not charged for other processes.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for round in range(-warm_up, pairs):
        before()
        for run, seconds in zip((ours, other), times, strict=True):
            start = clock()
            run()
            if round >= 0:
                seconds.append(clock() - start)
    return Comparison(tuple(times[0]), tuple(times[1]))


def command(
    *words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Callable[[], None]:
    """A whole process, its output thrown away; one that fails ends the benchmark."""

    def run() -> None:
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr}")

    return run


def report(what: str, measured: str, target: str, met: bool, times: Sequence[str] = ()) -> None:
    """One line for each comparison, the same for all of them."""
    print(f"{'ok  ' if met else 'MISS'}  {what}: {measured}  (target: {target})")
    for line in times:
        print(f"      {line}")


def seconds(times: Sequence[float]) -> str:
    """Median and range, in seconds or milliseconds."""
    unit, scale = ("ms", 1000.0) if statistics.median(times) < 1 else ("s", 1.0)
    low, middle, high = (
        f"{value * scale:.4g}" for value in (min(times), statistics.median(times), max(times))
    )
    return f"{middle} {unit} ({low}–{high}, {len(times)} runs)"
