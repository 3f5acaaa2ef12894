"""The formats of what an ItemReader reads: each gives the items in an object's bytes.

The rules for CSV are those of
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}


class Unreadable(Exception):
    """The data are not in the format that ReaderConfig says; `str()` says why."""


def items_in(data: bytes, config: Mapping[str, Any]) -> Iterator[Any]:
    """The items of an object, in the InputType that the ReaderConfig names.

    Raises:
        Unreadable: the object is not of that type.
    """
    kind = str(config.get("InputType", "JSON"))
    read = _READERS.get(kind)
    if read is None:
        raise Unreadable(f"An object of InputType {kind} cannot be read here.")
    return read(data, config)


def _json(data: bytes, config: Mapping[str, Any]) -> Iterator[Any]:
    value = _parsed(_text(data))
    pointer = config.get("ItemsPointer")
    if pointer:
        value = _pointed(value, str(pointer))
    if not isinstance(value, list):
        raise Unreadable("Attempting to map over non-iterable node.")
    return iter(value)


def _pointed(value: Any, pointer: str) -> Any:
    """What a JSON pointer (RFC 6901) leads to.

    >>> _pointed({"a": {"b/c": [1, 2]}}, "/a/b~1c/1")
    2
    """
    if not pointer.startswith("/"):
        raise Unreadable(f"ItemsPointer '{pointer}' is no JSON pointer.")
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (LookupError, TypeError, ValueError):
            raise Unreadable(f"ItemsPointer '{pointer}' leads to nothing.") from None
    return value


def _json_lines(data: bytes, config: Mapping[str, Any]) -> Iterator[Any]:
    for line in _text(data).splitlines():
        if line.strip():
            yield _parsed(line)


def _csv(data: bytes, config: Mapping[str, Any]) -> Iterator[Any]:
    rows = csv.reader(
        io.StringIO(_text(data), newline=""),
        delimiter=DELIMITERS.get(str(config.get("CSVDelimiter", "COMMA")), ","),
        escapechar="\\",
    )
    try:
        given = config.get("CSVHeaderLocation") == "GIVEN"
        headers = list(config.get("CSVHeaders", ())) if given else next(rows, [])
        if len(set(headers)) < len(headers):
            raise Unreadable("CSV headers cannot contain duplicates.")
        # What a row has not is an empty text; what it has beyond its headers is left out.
        return (
            dict(zip(headers, itertools.chain(row, itertools.repeat("")), strict=False))
            for row in _whole(rows)
            if row
        )
    except csv.Error as error:
        raise Unreadable(f"The CSV cannot be read: {error}.") from None


def _whole(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise Unreadable(f"The CSV cannot be read: {error}.") from None


def _parquet(data: bytes, config: Mapping[str, Any]) -> Iterator[Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise Unreadable("Reading Parquet needs the package pyarrow.") from None
    try:
        for batch in parquet.ParquetFile(io.BytesIO(data)).iter_batches():
            yield from (_plain(row) for row in batch.to_pylist())
    except pyarrow.ArrowException as error:
        raise Unreadable(f"The Parquet file cannot be read: {error}.") from None


def _plain(value: Any) -> Any:
    """A value of Parquet as JSON: dates and the like as text."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def inventory_files(data: bytes) -> tuple[str, list[str], list[str]]:
    """What the manifest of an S3 inventory names: bucket, keys of its files, and their columns.

    Raises:
        Unreadable: it is no such manifest, or one of files that are no CSV.
    """
    manifest = _parsed(_text(data))
    try:
        bucket = str(manifest["destinationBucket"]).rpartition(":")[2]
        keys = [str(each["key"]) for each in manifest["files"]]
        kind, columns = str(manifest["fileFormat"]), str(manifest["fileSchema"])
    except (LookupError, TypeError):
        raise Unreadable("The object is no manifest of an S3 inventory.") from None
    if kind != "CSV":
        raise Unreadable(f"An S3 inventory of {kind} files cannot be read here.")
    return bucket, keys, [each.strip() for each in columns.split(",")]


def listed_uris(data: bytes) -> list[tuple[str, str]]:
    """What a manifest of Athena names: bucket and key of each of its files."""
    found = []
    for line in _text(data).splitlines():
        bucket, _, key = line.strip().strip('"').removeprefix("s3://").partition("/")
        if bucket and key:
            found.append((bucket, key))
    return found


def unpacked(data: bytes) -> bytes:
    """The bytes, out of gzip if they are in it.

    Raises:
        Unreadable: they are broken.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise Unreadable(f"The object cannot be unpacked: {error}.") from None


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"The object is not in UTF-8: {error}.") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The object is no JSON: {error}.") from None


_READERS: dict[str, Callable[[bytes, Mapping[str, Any]], Iterator[Any]]] = {
    "CSV": _csv,
    "JSON": _json,
    "JSONL": _json_lines,
    "PARQUET": _parquet,
}
