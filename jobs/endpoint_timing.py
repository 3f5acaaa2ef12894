"""How fast an endpoint answers, seen from a client: latency of one, throughput of several."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from jobs.endpoint_checks import JSON, Ask

# The first requests find connections that are not made and code that is not warm.
WARM_UP = 20


@dataclass(frozen=True)
class Timing:
    """What was measured with requests of one row.

    Attributes:
        p50_ms, p99_ms: latency, of one client that waits for each answer.
        requests_per_s: of all clients at once.
        errors: answers other than 200.
    """

    p50_ms: float
    p99_ms: float
    requests_per_s: float
    errors: int


def measure(
    ask: Ask,
    bodies: Sequence[bytes],
    requests: int,
    clients: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Timing:
    """Send `requests` twice: one after the other, and shared among `clients`.

    Args:
        bodies: JSON, taken in turn.
        clock: seconds.
    """

    def send(number: int) -> tuple[float, int]:
        start = clock()
        status = ask(bodies[number % len(bodies)], JSON).status
        return clock() - start, status

    for number in range(min(WARM_UP, requests)):
        send(number)
    alone = [send(number) for number in range(requests)]
    with ThreadPoolExecutor(clients) as threads:
        start = clock()
        together = list(threads.map(send, range(requests)))
        seconds = clock() - start
    latencies = sorted(seconds for seconds, _ in alone)
    return Timing(
        p50_ms=round(1000 * percentile(latencies, 0.50), 3),
        p99_ms=round(1000 * percentile(latencies, 0.99), 3),
        requests_per_s=round(requests / seconds, 1) if seconds else 0.0,
        errors=sum(1 for _, status in [*alone, *together] if status != 200),
    )


def percentile(ascending: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5), percentile([1.0], 0.99)
    (2.0, 1.0)
    """
    position = -(-len(ascending) * share // 1)  # rounded up
    return ascending[max(0, int(position) - 1)]
