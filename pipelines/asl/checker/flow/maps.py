"""Map states: what an iteration gets, and what all of them give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.asl.checker.flow.context import is_distributed
from pipelines.asl.checker.flow.facts import Facts
from pipelines.asl.checker.flow.problems import Source
from pipelines.asl.checker.flow.values.joining import element_of, join, value_of
from pipelines.asl.checker.flow.values.types import (
    ANY_ARRAY,
    EMPTY_OBJECT,
    NEVER,
    TEXT,
    UNKNOWN,
    Object,
    Type,
    array_of,
    object_of,
)
from pipelines.asl.checker.flow.visit import Visit
from pipelines.asl.checker.flow.wants import ARRAY, ARRAY_OR_OBJECT
from pipelines.asl.model import Object as Fields
from pipelines.asl.model import Place

_ROW = Type(object=Object({}, TEXT))
"""A row of a CSV file: its columns by name."""
_MAP_RUN = object_of(
    {"MapRunArn": TEXT, "ResultWriterDetails": object_of({"Bucket": TEXT, "Key": TEXT})}, UNKNOWN
)
"""The result of a Map whose ResultWriter writes its iterations' results to S3."""


def iterate(visit: Visit, source: Source) -> Type:
    """The type of a Map's result; NEVER: no iteration can end well.

    Args:
        visit: The Map.
        source: Its effective input.
    """
    scopes = visit.state.scopes
    is_child = bool(scopes) and is_distributed(scopes[0])
    item = _items(visit, source, is_child)
    given = NEVER  # if there is no item, nothing is asked for one
    if not item.is_never:
        given = _batched(visit, source, _selected(visit, source, item))
    if isinstance(visit.fields.get("ResultWriter"), Mapping):
        writer = visit.fields["ResultWriter"]
        _request(visit, visit.state.at("ResultWriter"), writer, source)
    if not scopes:
        return UNKNOWN
    variables = EMPTY_OBJECT if is_child else visit.facts.variables
    output = NEVER if given.is_never else visit.around.run(scopes[0], Facts(given, variables))
    writer = visit.fields.get("ResultWriter")
    if writer is not None:
        # Without a Resource it only says in which form the results are given.
        return _MAP_RUN if isinstance(writer, Mapping) and "Resource" in writer else UNKNOWN
    if output.is_never and not given.is_never:
        return ANY_ARRAY  # of no elements, or of those failures that are tolerated
    return array_of(output)


def _items(visit: Visit, source: Source, is_child: bool) -> Type:
    """The type of an item."""
    fields, state = visit.fields, visit.state
    reader = fields.get("ItemReader")
    if isinstance(reader, Mapping):
        place = state.at("ItemReader")
        _request(visit, place, reader, source)
        config = reader.get("ReaderConfig")
        if isinstance(config, Mapping):
            visit.bound((*place, "ReaderConfig"), config, "MaxItems", source)
        return _read_item(config)
    items, place, what = visit.items(source)
    visit.wanted(place, items, ARRAY_OR_OBJECT if is_child else ARRAY, what)
    return UNKNOWN if items.unknown else _element(items)


def _element(items: Type) -> Type:
    """An element of an array; or a field of an object, with its name."""
    found = NEVER
    if items.array is not None:
        found = element_of(items.array)
    if items.object is not None:
        found = join(found, object_of({"Key": TEXT, "Value": value_of(items.object)}, UNKNOWN))
    is_empty_array = items.array is not None and items.array.length == 0
    return UNKNOWN if found.is_never and not is_empty_array else found


def _read_item(config: Any) -> Type:
    """What an ItemReader gives."""
    kind = config.get("InputType") if isinstance(config, Mapping) else None
    return _ROW if kind == "CSV" else UNKNOWN


def _request(visit: Visit, place: Place, part: Fields, source: Source) -> None:
    """The request by which items are read, or results written."""
    name = "Arguments" if visit.state.language == "JSONata" else "Parameters"
    if name in part:
        visit.evaluate((*place, name), part[name], source)


def _selected(visit: Visit, source: Source, item: Type) -> Type:
    """What ItemSelector makes of an item; Parameters is its old name."""
    for name in ("ItemSelector", "Parameters"):
        if name in visit.fields:
            return visit.evaluate(visit.state.at(name), visit.fields[name], source, item)
    return item


def _batched(visit: Visit, source: Source, item: Type) -> Type:
    """What ItemBatcher makes of the items."""
    batcher = visit.fields.get("ItemBatcher")
    if not isinstance(batcher, Mapping):
        return item
    place = visit.state.at("ItemBatcher")
    for name in ("MaxItemsPerBatch", "MaxInputBytesPerBatch"):
        visit.bound(place, batcher, name, source)
    batch = {"Items": array_of(item)}
    if "BatchInput" in batcher:
        batch["BatchInput"] = visit.evaluate((*place, "BatchInput"), batcher["BatchInput"], source)
    return object_of(batch)
