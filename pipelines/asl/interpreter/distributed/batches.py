"""ItemBatcher: what each child execution gets: one item, or several of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import RUNTIME, StateError
from pipelines.asl.json_text import MAX_PAYLOAD_BYTES, dumps


@dataclass(frozen=True)
class Batch:
    """The input of a child execution, and how many items are in it."""

    input: Any
    items: int


def batched(values: Iterable[Any], batcher: Mapping[str, Any] | None) -> Iterator[Batch]:
    """The inputs of the children, from what ItemSelector made of the items.

    Args:
        batcher: ItemBatcher, evaluated; None: each item is an input of its own.

    Raises:
        StateError: a limit is no positive number.
    """
    if batcher is None:
        yield from (Batch(value, 1) for value in values)
        return
    most_items = _limit(batcher, "MaxItemsPerBatch")
    most_bytes = min(
        _limit(batcher, "MaxInputBytesPerBatch") or MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES
    )
    around = {"BatchInput": batcher["BatchInput"]} if "BatchInput" in batcher else {}
    empty = _size({**around, "Items": []})
    items: list[Any] = []
    size = empty
    for value in values:
        more = _size(value) + bool(items)  # with the comma before it
        if items and ((most_items and len(items) >= most_items) or size + more > most_bytes):
            yield Batch({**around, "Items": items}, len(items))
            items, size = [], empty
            more = _size(value)
        items.append(value)
        size += more
    if items:
        yield Batch({**around, "Items": items}, len(items))


def _limit(batcher: Mapping[str, Any], name: str) -> int:
    """The limit of this name; 0: there is none."""
    if name not in batcher:
        return 0
    limit = batcher[name]
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        raise StateError(RUNTIME, f"{name} must be a positive integer, but was {dumps(limit)}")
    return int(limit)


def _size(value: Any) -> int:
    return len(dumps(value).encode("utf-8", "surrogatepass"))
