"""How much one evaluation may use: an expression must neither hang nor crash what runs it."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.asl.jsonata.failures import Exhausted
from pipelines.asl.jsonata.messages import MEMORY, TIMEOUT

MAX_DEPTH = 100
"""How deeply evaluations may be nested, as measured on AWS; a tail call nests nothing."""
MAX_ITEMS = 873_782
"""How many numbers an array may have, as measured on AWS; more pass its limit on memory."""
MAX_TEXT = 6_990_256
"""How many characters a text may have: the same limit in bytes."""
MAX_WORK = 8_000_000
"""How much work an evaluation may be.  AWS bounds its time; here a number gives the same result on
every machine.  It is some seconds' work."""
STEP = 8
"""The work that one node of an expression is, each time it is evaluated; an item that is looked
at is 1."""


@dataclass
class Budget:
    """What one evaluation has used."""

    work: int = 0
    depth: int = 0
    items: int = 0

    def spend(self, work: int) -> None:
        """Raises:
        Exhausted: the evaluation has been too much work.
        """
        self.work += work
        if self.work > MAX_WORK:
            raise Exhausted(TIMEOUT)

    def hold(self, items: int) -> None:
        """Room for an array of so many items.

        Raises:
            Exhausted: that is too much memory.
        """
        self.items += items
        if items > MAX_ITEMS or self.items > 8 * MAX_ITEMS:
            raise Exhausted(MEMORY)

    def text(self, text: str) -> str:
        """A text that was made.

        Raises:
            Exhausted: it is too long.
        """
        if len(text) > MAX_TEXT:
            raise Exhausted(MEMORY)
        return text
