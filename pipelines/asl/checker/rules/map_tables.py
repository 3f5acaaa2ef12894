"""The fields of what a Map is made of: its processor, and how it reads, batches and writes.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from pipelines.asl.checker.rules.shapes import Field, Shape

MAX_BATCH_BYTES = 262_144
MAX_ITEMS = 100_000_000
"""Rows that a reader can be limited to; 0 is no limit."""

_PATH_TO_VALUE = Field("path", language="JSONPath")
_PARAMETERS = Field("object", language="JSONPath")
_ARGUMENTS = Field("object", language="JSONata", expression=True)

PROCESSOR_CONFIG = Shape(
    "ProcessorConfig",
    {
        "Mode": Field("text", words=("INLINE", "DISTRIBUTED")),
        "ExecutionType": Field("text", words=("STANDARD", "EXPRESS")),
    },
)
ITEM_PROCESSOR = Shape(
    "an ItemProcessor",
    {
        "Comment": Field("text or null"),
        "StartAt": Field("text", required=True),
        "States": Field("object", required=True),
        "ProcessorConfig": Field("object", inner=PROCESSOR_CONFIG),
    },
)
READER_CONFIG = Shape(
    "ReaderConfig",
    {
        "InputType": Field("text", words=("CSV", "JSON", "JSONL", "MANIFEST", "PARQUET")),
        "Transformation": Field("text", words=("NONE", "LOAD_AND_FLATTEN")),
        "ManifestType": Field("text", words=("ATHENA_DATA", "S3_INVENTORY")),
        "CSVDelimiter": Field("text", words=("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
        "CSVHeaderLocation": Field("text", words=("FIRST_ROW", "GIVEN")),
        "CSVHeaders": Field("texts"),
        "ItemsPointer": Field("text"),
        "MaxItems": Field("integer", least=0, most=MAX_ITEMS, expression=True),
        "MaxItemsPath": _PATH_TO_VALUE,
    },
    at_most_one_of=(("MaxItems", "MaxItemsPath"),),
)
ITEM_READER = Shape(
    "an ItemReader",
    {
        "Resource": Field("text", required=True),
        "Parameters": _PARAMETERS,
        "Arguments": _ARGUMENTS,
        "ReaderConfig": Field("object", inner=READER_CONFIG),
    },
)
ITEM_BATCHER = Shape(
    "an ItemBatcher",
    {
        "BatchInput": Field("object", expression=True),
        "MaxItemsPerBatch": Field("integer", least=1, expression=True),
        "MaxItemsPerBatchPath": _PATH_TO_VALUE,
        "MaxInputBytesPerBatch": Field("integer", least=1, most=MAX_BATCH_BYTES, expression=True),
        "MaxInputBytesPerBatchPath": _PATH_TO_VALUE,
    },
    at_most_one_of=(
        ("MaxItemsPerBatch", "MaxItemsPerBatchPath"),
        ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"),
    ),
)
WRITER_CONFIG = Shape(
    "WriterConfig",
    {
        "Transformation": Field("text", words=("NONE", "COMPACT", "FLATTEN")),
        "OutputType": Field("text", words=("JSON", "JSONL")),
    },
)
RESULT_WRITER = Shape(
    "a ResultWriter",
    {
        "Resource": Field("text"),
        "Parameters": _PARAMETERS,
        "Arguments": _ARGUMENTS,
        "WriterConfig": Field("object", inner=WRITER_CONFIG),
    },
)
