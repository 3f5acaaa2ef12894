"""The first rows of a table, to try things with."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from pipelines.aws import AwsError, Connection
from pipelines.data.upload import find_bucket
from pipelines.environment.model import Environment
from pipelines.errors import InputError

# Enough for the first rows of any table that people look at.
_BEGINNING = 1 << 18

Row = Mapping[str, str | None]


def first_rows(path: Path, count: int) -> list[Row]:
    """The first rows of a CSV file with a header.

    Raises:
        InputError: it cannot be read, or has none.
    """
    try:
        with path.open("rb") as file:
            return _rows(file.read(_BEGINNING), count, str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def first_people(connection: Connection, environment: Environment, count: int) -> list[Row]:
    """The first rows of the data that the environment is to score, `data.inference`.

    Raises:
        InputError: they are not there, or not CSV.
        AwsError
    """
    uri = environment.data.inference
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    if bucket == "${bucket}":
        bucket = find_bucket(environment, connection)
    s3 = connection.client("s3")
    try:
        body = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{_BEGINNING - 1}")["Body"]
    except AwsError as error:
        raise InputError(
            f"{uri} cannot be read: {error.reason or error}", hint="Name a FILE of rows instead."
        ) from error
    return _rows(body.read(), count, uri)


def _rows(beginning: bytes, count: int, source: str) -> list[Row]:
    text = beginning.decode("utf-8-sig", "replace")
    if len(beginning) == _BEGINNING:
        text = text[: text.rindex("\n") + 1] if "\n" in text else text
    rows: list[Row] = []
    for row in csv.DictReader(io.StringIO(text)):
        if len(rows) == count:
            break
        if None in row:
            raise InputError(f"{source}: row {len(rows) + 1} has more values than the header")
        rows.append(row)
    if not rows:
        raise InputError(f"{source} has no rows", hint="It needs a header, and a row below it.")
    return rows
