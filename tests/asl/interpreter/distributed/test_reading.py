"""ItemReader and ItemBatcher: where the items of a Map come from, and how many go into a child."""

import gzip
import io
import json

import pytest

from tests.asl.interpreter.distributed.machines import (
    MapTasks,
    distributed,
    reader,
    run_map,
    stored,
)

LIST = "arn:aws:states:::s3:listObjectsV2"


def items(tasks, item_reader, input=None, **fields):
    """The inputs of the children of a Map with this ItemReader."""
    mapped = run_map(distributed(ItemReader=item_reader, **fields), input, tasks=tasks)
    assert mapped.outcome.status == "SUCCEEDED", mapped.outcome
    return mapped.inputs


def refusal(tasks, item_reader, input=None):
    """Why the items could not be read."""
    mapped = run_map(distributed(ItemReader=item_reader), input, tasks=tasks)
    assert mapped.outcome.error == "States.ItemReaderFailed"
    assert mapped.types[-4:] == [
        "MapRunStarted",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert mapped.details("MapRunFailed")["cause"] == mapped.outcome.cause
    return mapped.outcome.cause


class TestFormats:
    def test_json_is_an_array(self):
        tasks = stored(list__json=[{"a": 1}, 2])
        mapped = run_map(distributed(ItemReader=reader("list.json", InputType="JSON")), tasks=tasks)
        assert mapped.inputs == [{"a": 1}, 2]
        assert mapped.details("MapStateStarted") == {"length": 0}

    def test_json_may_hold_the_array_where_a_pointer_leads(self):
        tasks = stored(deep__json={"Prod": {"a/b": [[], [1, 2]]}})
        read = reader("deep.json", InputType="JSON", ItemsPointer="/Prod/a~1b/1")
        assert items(tasks, read) == [1, 2]

    def test_json_lines_are_a_value_each(self):
        tasks = stored(lines__jsonl='{"a": 1}\n\n[2]\n3')
        assert items(tasks, reader("lines.jsonl", InputType="JSONL")) == [{"a": 1}, [2], 3]

    def test_csv_gives_an_object_of_texts_for_each_row(self):
        tasks = stored(t__csv='id,name\n1,"Ann, B"\r\n2,"say ""hi""\nthere"\n')
        assert items(tasks, reader("t.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [
            {"id": "1", "name": "Ann, B"},
            {"id": "2", "name": 'say "hi"\nthere'},
        ]

    def test_csv_headers_may_be_given(self):
        tasks = stored(t__csv="1,2\n3,4\n")
        read = reader("t.csv", InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=["a", "b"])
        assert items(tasks, read) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]

    def test_a_csv_row_may_be_short_or_long(self):
        tasks = stored(t__csv="a,b\n1\n1,2,3\n")
        assert items(tasks, reader("t.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [
            {"a": "1", "b": ""},
            {"a": "1", "b": "2"},
        ]

    def test_in_csv_a_backslash_keeps_the_character_after_it_from_meaning_anything(self):
        tasks = stored(t__csv='a,b\n1\\,2,\\"x\\\\\\y\n')
        assert items(tasks, reader("t.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [
            {"a": "1,2", "b": '"x\\y'}
        ]

    @pytest.mark.parametrize(
        ("name", "character"),
        [("COMMA", ","), ("PIPE", "|"), ("SEMICOLON", ";"), ("SPACE", " "), ("TAB", "\t")],
    )
    def test_csv_may_have_another_delimiter(self, name, character):
        tasks = stored(t__csv=f"a{character}b\n1{character}2\n")
        read = reader("t.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVDelimiter=name)
        assert items(tasks, read) == [{"a": "1", "b": "2"}]

    def test_parquet_gives_an_object_for_each_row(self):
        import pyarrow
        from pyarrow import parquet

        table = pyarrow.table({"n": [1, None], "t": ["x", "y"]})
        parquet.write_table(table, file := io.BytesIO())
        tasks = stored(t__parquet=file.getvalue())
        assert items(tasks, reader("t.parquet", InputType="PARQUET")) == [
            {"n": 1, "t": "x"},
            {"n": None, "t": "y"},
        ]

    def test_a_byte_order_mark_and_gzip_are_no_part_of_the_data(self):
        tasks = stored(t__csv="\ufeffa\n1\n".encode(), z__json=gzip.compress(b"[1]"))
        assert items(tasks, reader("t.csv", InputType="CSV", CSVHeaderLocation="FIRST_ROW")) == [
            {"a": "1"}
        ]
        assert items(tasks, reader("z.json", InputType="JSON")) == [1]

    @pytest.mark.parametrize(
        ("body", "config", "cause"),
        [
            ("{}", {"InputType": "JSON"}, "Attempting to map over non-iterable node."),
            ("[1", {"InputType": "JSON"}, "The object is no JSON: "),
            ("[" * 100_000, {"InputType": "JSON"}, "The object is no JSON: "),
            ("1\n{", {"InputType": "JSONL"}, "The object is no JSON: "),
            ("[1]", {"InputType": "JSON", "ItemsPointer": "/a"}, "ItemsPointer '/a' leads to"),
            ("a,a\n1,2", {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
             "CSV headers cannot contain duplicates."),
            (b"\xff\xfe", {"InputType": "JSON"}, "The object is not in UTF-8: "),
            (b"\x1f\x8bx", {"InputType": "JSON"}, "The object cannot be unpacked: "),
            ("x", {"InputType": "PARQUET"}, "The Parquet file cannot be read: "),
            ("{}", {"InputType": "MANIFEST"}, "The object is no manifest of an S3 inventory."),
        ],
    )  # fmt: skip
    def test_what_is_not_in_its_format_is_refused(self, body, config, cause):
        assert refusal(stored(x=body), reader("x", **config)).startswith(cause)


class TestSources:
    def test_the_items_say_where_they_are_from(self):
        tasks = stored(list__json=[1])
        selector = {"from.$": "$$.Map.Item.Source"}
        read = reader("list.json", InputType="JSON")
        assert items(tasks, read, ItemSelector=selector) == [{"from": "s3://data/list.json"}]

    def test_parameters_are_a_template(self):
        tasks = stored(list__json=[1])
        read = {
            "Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "data", "Key.$": "$.key", "VersionId": "v"},
            "ReaderConfig": {"InputType": "JSON"},
        }
        assert items(tasks, read, {"key": "list.json"}) == [1]
        assert tasks.items.requests == [{"Bucket": "data", "Key": "list.json", "VersionId": "v"}]

    def test_in_jsonata_they_are_arguments_and_expressions(self):
        tasks = stored(list__json=[1, 2, 3])
        read = {
            "Resource": "arn:aws:states:::s3:getObject",
            "Arguments": {"Bucket": "data", "Key": "{% $states.input.key & '.json' %}"},
            "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% 1 + 1 %}"},
        }
        mapped = run_map(
            distributed(ItemReader=read), {"key": "list"}, language="JSONata", tasks=tasks
        )
        assert mapped.outcome.output == [1, 2]

    def test_objects_that_are_listed_are_items(self):
        tasks = stored(in_a="xx", in_b="y", other="z")
        read = {"Resource": LIST, "Parameters": {"Bucket": "data", "Prefix": "in_"}}
        first, second = items(tasks, read)
        assert first == {
            "Key": "in_a",
            "Size": 2,
            "Etag": '"2"',
            "LastModified": 1_767_225_600.0,
            "StorageClass": "STANDARD",
        }
        assert second["Key"] == "in_b"
        selector = {"from.$": "$$.Map.Item.Source"}
        assert items(tasks, read, ItemSelector=selector)[0] == {"from": "s3://data"}

    def test_or_the_items_in_them(self):
        tasks = stored(in_1=[1, 2], in_2=[3])
        tasks.items.objects["data", "in_folder/"] = b""
        read = {
            "Resource": LIST,
            "Parameters": {"Bucket": "data", "Prefix": "in_"},
            "ReaderConfig": {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"},
        }
        assert items(tasks, read) == [1, 2, 3]

    def test_an_s3_inventory_lists_objects_in_packed_csv_files(self):
        rows = gzip.compress(b'"data","a.txt","12"\n"data","b.txt","34"\n')
        manifest = {
            "sourceBucket": "data",
            "destinationBucket": "arn:aws:s3:::reports",
            "fileFormat": "CSV",
            "fileSchema": "Bucket, Key, Size",
            "files": [{"key": "inventory/1.csv.gz", "size": len(rows), "MD5checksum": "…"}],
        }
        tasks = stored(manifest__json=manifest)
        tasks.items.objects["reports", "inventory/1.csv.gz"] = rows
        assert items(tasks, reader("manifest.json", InputType="MANIFEST")) == [
            {"Bucket": "data", "Key": "a.txt", "Size": "12"},
            {"Bucket": "data", "Key": "b.txt", "Size": "34"},
        ]

    def test_a_manifest_of_athena_lists_files_of_data(self):
        tasks = stored(manifest__csv="s3://data/out/1\ns3://data/out/2\n")
        tasks.items.objects |= {
            ("data", "out/1"): b'{"a": 1}\n',
            ("data", "out/2"): gzip.compress(b'{"a": 2}\n'),
        }
        read = reader("manifest.csv", ManifestType="ATHENA_DATA", InputType="JSONL")
        assert items(tasks, read) == [{"a": 1}, {"a": 2}]

    def test_what_is_not_there_cannot_be_read(self):
        cause = refusal(stored(), reader("gone", InputType="JSON"))
        assert cause == "The specified key does not exist."

    def test_without_anything_that_serves_objects_nothing_can_be_read(self):
        tasks = MapTasks()
        tasks.items = None
        assert refusal(tasks, reader("x", InputType="JSON")) == "nothing here serves objects"


class TestMaxItems:
    @pytest.mark.parametrize(("most", "count"), [(2, 2), (0, 5), (100, 5)])
    def test_no_more_are_read(self, most, count):
        tasks = stored(l=list(range(5)))
        assert len(items(tasks, reader("l", InputType="JSON", MaxItems=most))) == count

    @pytest.mark.parametrize("most", [2, "2"])
    def test_a_path_may_say_how_many(self, most):
        read = reader("l", InputType="JSON", MaxItemsPath="$.most")
        assert items(stored(l=[1, 2, 3]), read, {"most": most}) == [1, 2]

    def test_it_has_to_be_positive(self):
        read = reader("l", InputType="JSON", MaxItemsPath="$.most")
        assert refusal(stored(l=[1]), read, {"most": -1}) == "field MaxItems must be positive"

    @pytest.mark.parametrize(("most", "shown"), [("x", "x"), ([], "[]"), (1.5, "1.5")])
    def test_a_path_to_no_integer_fails_before_the_map_run(self, most, shown):
        read = reader("l", InputType="JSON", MaxItemsPath="$.most")
        mapped = run_map(distributed(ItemReader=read), {"most": most}, tasks=stored(l=[1]))
        assert mapped.types[2:] == ["MapStateStarted", "ExecutionFailed"]
        assert (mapped.outcome.error, mapped.outcome.cause) == (
            "States.ItemReaderFailed",
            f"The MaxItemsPath field refers to value '{shown}'"
            " which is not a valid integer: $.most",
        )


class TestBatches:
    def batches(self, batcher, input, language="JSONPath", **fields):
        path = (
            {"ItemsPath": "$.l"} if language == "JSONPath" else {"Items": "{% $states.input.l %}"}
        )
        mapped = run_map(
            distributed(ItemBatcher=batcher, **path, **fields), input, language=language
        )
        assert mapped.outcome.status == "SUCCEEDED", mapped.outcome
        return mapped.inputs

    def test_so_many_items_go_into_a_child(self):
        assert self.batches({"MaxItemsPerBatch": 2}, {"l": [1, 2, 3]}) == [
            {"Items": [1, 2]},
            {"Items": [3]},
        ]

    def test_or_so_many_bytes(self):
        texts = ["x" * 10] * 5
        found = self.batches({"MaxInputBytesPerBatch": 40}, {"l": texts})
        assert [len(each["Items"]) for each in found] == [2, 2, 1]
        assert all(len(json.dumps(each, separators=(",", ":"))) <= 40 for each in found)

    def test_an_item_that_is_too_large_goes_alone(self):
        found = self.batches({"MaxInputBytesPerBatch": 20}, {"l": ["x", "y" * 50, "z"]})
        assert [each["Items"] for each in found] == [["x"], ["y" * 50], ["z"]]

    def test_each_batch_has_the_batch_input(self):
        batcher = {"MaxItemsPerBatch": 1, "BatchInput": {"fixed": 1, "from.$": "$.x"}}
        assert self.batches(batcher, {"l": [5], "x": 7}) == [
            {"BatchInput": {"fixed": 1, "from": 7}, "Items": [5]}
        ]

    def test_paths_may_give_the_limits(self):
        batcher = {"MaxItemsPerBatchPath": "$.n", "MaxInputBytesPerBatchPath": "$.b"}
        found = self.batches(batcher, {"l": [1, 2, 3], "n": 2, "b": 1000})
        assert [each["Items"] for each in found] == [[1, 2], [3]]

    def test_and_so_may_expressions(self):
        batcher = {"MaxItemsPerBatch": "{% 3 - 1 %}", "BatchInput": "{% {'a': $states.input.n} %}"}
        assert self.batches(batcher, {"l": [1, 2, 3], "n": 4}, "JSONata")[1] == {
            "BatchInput": {"a": 4},
            "Items": [3],
        }

    def test_they_hold_what_item_selector_makes(self):
        found = self.batches(
            {"MaxItemsPerBatch": 2}, {"l": [1, 2]}, ItemSelector={"n.$": "$$.Map.Item.Value"}
        )
        assert found == [{"Items": [{"n": 1}, {"n": 2}]}]

    @pytest.mark.parametrize("limit", [0, -1, "x", None, True])
    def test_a_limit_that_is_none_fails_the_map_run(self, limit):
        state = distributed(ItemBatcher={"MaxItemsPerBatchPath": "$.n"}, ItemsPath="$.l")
        mapped = run_map(state, {"l": [1], "n": limit})
        assert mapped.outcome.error == "States.Runtime"
        assert "MapRunFailed" in mapped.types
