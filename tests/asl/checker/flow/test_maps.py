"""Map states in both query languages: what an iteration gets, what all of them give."""

import pytest

from tests.asl.checker.flow.machines import chain, make, read, rules, use

ORDER = {"shop": "s1", "items": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}


def each(*states, **fields):
    """A Map over the items of an order."""
    return {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": chain(*states),
        **fields,
    }


def distributed(*states, **fields):
    """The same as child executions."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        **chain(*states),
    }
    return {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, **fields}


@pytest.mark.parametrize(
    ("iteration", "path"),
    [
        (each(read("$.id")), "$[0].it"),
        (each(read("$.id"), ResultPath="$.done"), "$.done[0].it"),
        (each(read("$.id"), ResultPath="$.done"), "$.shop"),
        (each(read("$.id"), ResultSelector={"all.$": "$[*].it"}), "$.all"),
        (
            each(read("$.item.n"), ItemSelector={"item.$": "$$.Map.Item.Value", "in.$": "$.shop"}),
            "$[1].it",
        ),
        (each(read("$.number"), ItemSelector={"number.$": "$$.Map.Item.Index"}), "$[0].it"),
        (each(read("$.shop"), Parameters={"shop.$": "$.shop"}), "$[0].it"),
        (each(read("$$.Map.Item.Value.id")), "$[0].it"),
        (distributed(read("$.id")), "$[0].it"),
        (distributed(read("$.Items[0].id"), ItemBatcher={"MaxItemsPerBatch": 2}), "$[0].it"),
        (
            distributed(
                read("$.BatchInput.shop"),
                ItemBatcher={"MaxItemsPerBatch": 2, "BatchInput": {"shop.$": "$.shop"}},
            ),
            "$[0].it",
        ),
        (
            distributed(read("$.id"), ResultWriter={"Resource": "arn:aws:states:::s3:putObject"}),
            "$.ResultWriterDetails.Key",
        ),
    ],
)
def test_an_iteration_gets_an_item_and_the_map_gives_an_array(iteration, path):
    assert rules(chain(make(ORDER), iteration, read(path))) == []


INNER = "States.Two.ItemProcessor.States.One.Parameters.it.$"


@pytest.mark.parametrize(
    ("iteration", "path", "found"),
    [
        (each(read("$.ID")), "$[0]", f"P301 {INNER}"),
        (each(read("$.shop")), "$[0]", f"P301 {INNER}"),
        (each(read("$.id")), "$.shop", "P301 States.Three.Parameters.it.$"),
        (each(read("$.id")), "$[0].other", "P301 States.Three.Parameters.it.$"),
        (
            each(read("$.item"), ItemSelector={"item.$": "$$.Map.Item.Value.ID"}),
            "$[0]",
            "P303 States.Two.ItemSelector.item.$",
        ),
        (each(read("$.id"), ItemsPath="$.shop"), "$[0]", "P306 States.Two.ItemsPath"),
        (each(read("$.id"), ItemsPath="$.no"), "$[0]", "P301 States.Two.ItemsPath"),
        (
            each(read("$.x"), MaxConcurrencyPath="$.shop"),
            "$[0]",
            "P306 States.Two.MaxConcurrencyPath",
        ),
        (
            distributed(read("$.id"), ItemBatcher={"MaxItemsPerBatchPath": "$.shop"}),
            "$[0]",
            "P306 States.Two.ItemBatcher.MaxItemsPerBatchPath",
        ),
        (
            distributed(
                read("$.id"), ItemReader={"Resource": "r", "Parameters": {"Bucket.$": "$.bucket"}}
            ),
            "$[0]",
            "P301 States.Two.ItemReader.Parameters.Bucket.$",
        ),
    ],
)
def test_what_neither_has_is_an_error(iteration, path, found):
    assert found in rules(chain(make(ORDER), iteration, read(path)))


def test_the_items_of_a_reader_are_not_known_but_for_their_kind():
    reader = {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV"}}
    machine = chain(
        make(ORDER),
        distributed(use({"a.$": "States.StringSplit($.column, ',')"}), ItemReader=reader),
    )

    assert rules(machine) == []


def test_only_distributed_maps_go_over_an_object():
    over_object = {"ItemsPath": "$.by_name"}
    data = make({"by_name": {"a": {"id": 1}}})

    assert rules(chain(data, distributed(read("$.id"), **over_object))) == []
    assert rules(chain(data, each(read("$.id"), **over_object))) == ["P306 States.Two.ItemsPath"]


def test_a_map_over_nothing_runs_nothing():
    machine = chain(make({"items": []}), each(read("$.anything")), read("$"))

    assert rules(machine) == []


def test_the_context_has_a_map_only_within_one():
    assert rules(chain(make(ORDER), read("$$.Map.Item.Index"))) == [
        "P303 States.Two.Parameters.it.$"
    ]


def test_a_text_has_no_place_for_a_result():
    texts = {"items": ["a", "b"]}
    iteration = each({"Type": "Pass", "Result": 1, "ResultPath": "$.done"})

    assert rules(chain(make(texts), iteration)) == [
        "P310 States.Two.ItemProcessor.States.One.ResultPath"
    ]


def expressions(*states):
    return {"QueryLanguage": "JSONata", **chain(*states)}


def give(output):
    return {"Type": "Pass", "Output": output}


@pytest.mark.parametrize(
    ("iteration", "output"),
    [
        ({"Items": "{% $states.input.items %}"}, "{% $states.input.id %}"),
        (
            {
                "Items": "{% $states.input.items %}",
                "ItemSelector": {"item": "{% $states.context.Map.Item.Value %}"},
            },
            "{% $states.input.item.id %}",
        ),
        ({"Items": [{"id": 1}, {"id": 2}]}, "{% $states.input.id %}"),
    ],
)
def test_jsonata_items(iteration, output):
    state = {"Type": "Map", "ItemProcessor": chain(give(output)), **iteration}
    machine = expressions(give(ORDER), state, give("{% $states.input[0] %}"))

    assert rules(machine) == []


def test_jsonata_items_that_are_no_array():
    state = {
        "Type": "Map",
        "Items": "{% $states.input.shop %}",
        "ItemProcessor": chain(give(1)),
    }

    assert rules(expressions(give(ORDER), state)) == ["P306 States.Two.Items"]
