"""Values in groups of one size, whatever the batches that they arrive in.

What is fitted depends on the order of floating-point operations. Every fit therefore works on
groups of `GROUP` values counted from the first one, so that the result depends on the values and
their order alone: not on the size of a batch, nor on how the rows are spread over files.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

GROUP = 1 << 16

Floats = npt.NDArray[np.float64]


class Groups:
    """Collects values; gives them back in groups of `GROUP`, and at the end what is left."""

    def __init__(self) -> None:
        self._parts: list[Floats] = []
        self._count = 0

    def add(self, values: Floats) -> Iterator[Floats]:
        """Take values, shape (n,); yield each group that they complete."""
        self._parts.append(values)
        self._count += len(values)
        if self._count < GROUP:
            return
        together = np.concatenate(self._parts)
        whole = self._count - self._count % GROUP
        yield from together[:whole].reshape(-1, GROUP)
        self._parts, self._count = [together[whole:]], self._count - whole

    def rest(self) -> Floats:
        """The values that complete no group; fewer than `GROUP`."""
        return np.concatenate([np.array([], np.float64), *self._parts])
