"""ItemReader: the items of a Map that lie in S3, and where each of them is from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.distributed.formats import (
    Unreadable,
    inventory_files,
    items_in,
    listed_uris,
    unpacked,
)
from pipelines.asl.interpreter.distributed.seam import Items
from pipelines.asl.json_text import dumps

ITEM_READER_FAILED = "States.ItemReaderFailed"
MOST_ITEMS = 100_000_000
"""AWS's limit on MaxItems, which also holds where there is none."""


@dataclass(frozen=True)
class Item:
    """One item.

    Attributes:
        source: Where it is from, as the context object's Map.Item.Source has it: the URI of an
            object or a bucket, or STATE_DATA.
        key: Its key in the object that the Map goes through; None: that is an array.
    """

    value: Any
    source: str = "STATE_DATA"
    key: str | None = None


def read_items(reader: Mapping[str, Any], store: Items) -> list[Item]:
    """The items that an ItemReader names.

    Args:
        reader: Resource, Parameters (or Arguments) and ReaderConfig, evaluated.

    Raises:
        StateError: States.ItemReaderFailed.
    """
    try:
        most = _most(reader.get("ReaderConfig", {}))
        return list(itertools.islice(_items(reader, store), most))
    except Unreadable as error:
        raise StateError(ITEM_READER_FAILED, str(error)) from None
    except StateError as error:
        raise StateError(ITEM_READER_FAILED, error.cause) from None


def require_whole(value: Any, path: str) -> None:
    """Hold that MaxItemsPath leads to a whole number, or to its digits, as AWS words it.

    Raises:
        StateError: States.ItemReaderFailed.
    """
    if _whole(value) is None:
        shown = value if isinstance(value, str) else dumps(value)
        raise StateError(
            ITEM_READER_FAILED,
            f"The MaxItemsPath field refers to value '{shown}'"
            f" which is not a valid integer: {path}",
        )


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        return None
    return int(value)


def _most(config: Mapping[str, Any]) -> int:
    most = _whole(config.get("MaxItems", 0))
    if most is None:
        raise Unreadable("field MaxItems must be an integer")
    if most < 0:
        raise Unreadable("field MaxItems must be positive")
    return min(most, MOST_ITEMS) or MOST_ITEMS


def _items(reader: Mapping[str, Any], store: Items) -> Iterator[Item]:
    request = reader.get("Parameters", reader.get("Arguments", {}))
    config = reader.get("ReaderConfig", {})
    if str(reader.get("Resource", "")).endswith(":listObjectsV2"):
        yield from _listed(request, config, store)
        return
    bucket, key = str(request.get("Bucket", "")), str(request.get("Key", ""))
    data = b"".join(store.read(request))
    if config.get("ManifestType") == "ATHENA_DATA":
        for each in listed_uris(data):
            yield from _of_object(*each, config, store)
    elif config.get("InputType") == "MANIFEST":
        yield from _inventory(data, store)
    else:
        for value in items_in(unpacked(data), config):
            yield Item(value, f"s3://{bucket}/{key}")


def _listed(request: Mapping[str, Any], config: Mapping[str, Any], store: Items) -> Iterator[Item]:
    """The objects that are listed, or, flattened, the items in them."""
    bucket = str(request.get("Bucket", ""))
    flatten = config.get("Transformation") == "LOAD_AND_FLATTEN"
    for each in store.list(request):
        if not flatten:
            yield Item({_LISTED.get(name, name): each[name] for name in each}, f"s3://{bucket}")
        elif not str(each["Key"]).endswith("/"):  # what only stands for a folder has no items
            yield from _of_object(bucket, str(each["Key"]), config, store)


_LISTED = {"ETag": "Etag"}
"""Members of ListObjectsV2 that an item has by another name."""


def _of_object(bucket: str, key: str, config: Mapping[str, Any], store: Items) -> Iterator[Item]:
    data = unpacked(b"".join(store.read({"Bucket": bucket, "Key": key})))
    for value in items_in(data, config):
        yield Item(value, f"s3://{bucket}/{key}")


def _inventory(data: bytes, store: Items) -> Iterator[Item]:
    """The objects that an S3 inventory lists: of its CSV files, a row each."""
    bucket, keys, columns = inventory_files(data)
    config = {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": columns}
    for key in keys:
        yield from _of_object(bucket, key, config, store)
