"""Maps: inline and distributed."""

import pytest

from pipelines.asl.checker.rules.examples import END, machine
from tests.asl.checker.rules.found import rules

DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"
PUT = "arn:aws:states:::s3:putObject"
OBJECT = {"Bucket": "b", "Key": "k"}


def mapped(config=DISTRIBUTED, **fields):
    processor = {"ProcessorConfig": config, "StartAt": "Work", "States": {"Work": END}}
    each = {"Type": "Map", "ItemProcessor": processor, **fields, "End": True}
    return machine(Each=each)


def reader(resource=GET, parameters=OBJECT, **config):
    return {"Resource": resource, "Parameters": parameters, "ReaderConfig": config}


@pytest.mark.parametrize("field", ["ItemReader", "ItemBatcher", "ResultWriter"])
def test_an_inline_map_neither_reads_nor_batches_nor_writes(field):
    assert "P108" in rules(mapped({"Mode": "INLINE"}, **{field: {}}))
    assert "P108" in rules(mapped({}, **{field: {}}))
    assert "P108" not in rules(mapped(**{field: {}}))
    assert "P108" not in rules(mapped({"Mode": "${Mode}"}, **{field: {}}))


def test_a_distributed_map_says_of_what_type_its_executions_are():
    assert rules(mapped({"Mode": "DISTRIBUTED"})) == {"P108"}


@pytest.mark.parametrize(
    "item_reader",
    [
        reader(),
        reader(InputType="CSV"),
        reader(InputType="CSV", CSVHeaderLocation="GIVEN"),
        reader("arn:aws:states:::s3:headObject", InputType="JSON"),
        reader("arn:aws:lambda:eu-central-1:123456789012:function:read"),
        reader(parameters={"Key": "k"}, InputType="JSON"),
        reader(parameters={"Bucket": "b"}, InputType="JSON"),
        {"Resource": LIST},
    ],
)
def test_a_reader_that_does_not_say_what_it_reads_is_found(item_reader):
    assert rules(mapped(ItemReader=item_reader)) == {"P109"}


@pytest.mark.parametrize(
    "item_reader",
    [
        reader(InputType="JSON"),
        reader(InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVDelimiter="TAB", MaxItems=10),
        reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=["a"]),
        reader(ManifestType="S3_INVENTORY"),
        reader(LIST, {"Bucket.$": "$.bucket"}),
        reader("${Reader}"),
        {"Resource": LIST, "Parameters": {"Bucket": "b"}},
    ],
)
def test_a_reader_that_says_what_it_reads_is_sound(item_reader):
    assert rules(mapped(ItemReader=item_reader)) == set()


@pytest.mark.parametrize(
    ("batcher", "broken"),
    [
        ({}, {"P110"}),
        ({"BatchInput": {}}, {"P110"}),
        ({"MaxItemsPerBatch": 0}, {"P105"}),
        ({"MaxInputBytesPerBatch": 262_145}, {"P105"}),
        ({"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.n"}, {"P104"}),
        ({"MaxItemsPerBatchPath": "n"}, {"P151"}),
        ({"MaxItemsPerBatchPath": "$$.Execution.Input.n"}, {"P152"}),
        ({"MaxItemsPerBatchPath": "$.n", "BatchInput": {"a.$": "$.a"}}, set()),
    ],
)
def test_a_batcher_has_a_limit(batcher, broken):
    assert rules(mapped(ItemBatcher=batcher)) == broken


@pytest.mark.parametrize(
    ("writer", "broken"),
    [
        ({}, {"P115"}),
        ({"Resource": PUT}, {"P115"}),
        ({"Resource": GET, "Parameters": {"Bucket": "b"}}, {"P115"}),
        ({"Parameters": {"Bucket": "b"}}, {"P115"}),
        ({"Resource": PUT, "Parameters": {"Prefix": "p"}}, {"P115"}),
        ({"Resource": PUT, "Parameters": {"Bucket": "b"}}, set()),
        ({"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}, set()),
        ({"WriterConfig": {"Transformation": "SOME"}}, {"P105"}),
    ],
)
def test_a_writer_says_where_it_writes(writer, broken):
    assert rules(mapped(ResultWriter=writer)) == broken


@pytest.mark.parametrize("label", ["", "x" * 41, "a b", "a*b", "a:b", "a{b}", "a\tb"])
def test_a_label_that_cannot_stand_in_an_arn_is_found(label):
    assert rules(mapped(Label=label)) == {"P116"}


def test_two_maps_cannot_have_one_label():
    first = mapped(Label="rows")["States"]["Each"]
    second = mapped(Label="rows")["States"]["Each"]
    second["ItemProcessor"] = {
        "ProcessorConfig": DISTRIBUTED,
        "StartAt": "Other",
        "States": {"Other": END},
    }
    del first["End"]

    assert rules(machine(A={**first, "Next": "B"}, B=second)) == {"P116"}


def test_an_inline_map_tolerates_no_failures():
    assert rules(mapped({}, ToleratedFailureCount=1)) == {"P120"}
    assert rules(mapped(ToleratedFailureCount=1, ToleratedFailurePercentagePath="$.p")) == set()
