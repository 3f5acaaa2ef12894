"""What only a distributed Map has: where its items come from, and where its results go."""

from __future__ import annotations

from typing import Any

from tests.asl.strategies.dice import Dice

_OBJECT = {"Bucket": "bucket", "Key": "items"}
_READERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("getObject", _OBJECT, {"InputType": "JSON"}),
    ("getObject", _OBJECT, {"InputType": "JSONL", "MaxItems": 2}),
    ("getObject", _OBJECT, {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}),
    (
        "getObject",
        _OBJECT,
        {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]},
    ),
    ("getObject", _OBJECT, {"InputType": "MANIFEST"}),
    ("listObjectsV2", {"Bucket": "bucket", "Prefix": "items"}, {}),
]
_BATCHERS = [
    {"MaxItemsPerBatch": 2},
    {"MaxInputBytesPerBatch": 1000},
    {"MaxItemsPerBatch": 1, "BatchInput": {"fixed": [1, None]}},
]
_WRITER = {"Bucket": "bucket", "Prefix": "results"}


def distributed_fields(dice: Dice, jsonpath: bool, number: str) -> dict[str, Any]:
    """ItemReader, ItemBatcher, ResultWriter, the tolerated failures and a label, which has a
    number of its own."""
    request = "Parameters" if jsonpath else "Arguments"
    fields: dict[str, Any] = {}
    if dice.once_in(3):
        action, parameters, config = dice.pick(_READERS)
        reader = {"Resource": f"arn:aws:states:::s3:{action}", request: parameters}
        fields["ItemReader"] = reader | ({"ReaderConfig": config} if config else {})
    if dice.once_in(3):
        fields["ItemBatcher"] = dice.pick(_BATCHERS)
    if dice.once_in(4):
        fields["ResultWriter"] = {"Resource": "arn:aws:states:::s3:putObject", request: _WRITER}
    if dice.once_in(4):
        fields["ToleratedFailurePercentage"] = dice.pick([0, 12.5, 100])
    if dice.once_in(4):
        fields["ToleratedFailureCount"] = dice.number(0, 2)
    if dice.once_in(4):
        fields["Label"] = f"Items{number}"
    return fields
