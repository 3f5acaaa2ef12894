"""What is said of steps that were run again, and of those that were not."""

import json
from types import SimpleNamespace

import pytest

from pipelines.errors import InputError
from pipelines.execution.reuse import explain_reuse
from tests.environments import make_environment
from tests.steps.test_reuse import SOURCES, World, definition, execute


def explained(world, run, document, name):
    """What is said of an execution; AWS answers from the world in which it ran."""
    states = SimpleNamespace(
        describe_state_machine_for_execution=lambda executionArn: {
            "definition": json.dumps(document)
        }
    )
    table = SimpleNamespace(
        query=lambda TableName, ExpressionAttributeValues, **_: {
            "Items": [
                item
                for (step, _), item in world.tables[TableName].items()
                if step == ExpressionAttributeValues[":step"]["S"]
            ]
        }
    )
    clients = {"stepfunctions": states, "dynamodb": table}
    connection = SimpleNamespace(client=clients.__getitem__)
    return [str(each) for each in explain_reuse(connection, f"arn:{name}", run.history)]


def test_the_first_time_nothing_is_remembered():
    world = World()
    run = execute(world, "run-1")

    assert explained(world, run, definition(), "run-1") == [
        "Preprocess: run, because no earlier result of it is remembered",
        "Train: run, because no earlier result of it is remembered",
    ]


def test_what_was_taken_over_names_the_execution_that_made_it():
    world = World()
    execute(world, "run-1")

    assert explained(world, execute(world, "run-2"), definition(), "run-2") == [
        "Preprocess: not run again; its result is that of run-1",
        "Train: not run again; its result is that of run-1",
    ]


def test_a_changed_file_a_changed_setting_and_changed_data_are_named():
    world = World()
    execute(world, "run-1")
    world.etags["data/test.csv"] = ["another"]
    changes = {
        "environment": make_environment(
            reuse=True,
            model={"algorithm": "hist_gradient_boosting", "hyperparameters": {"max_iter": 40}},
        ),
        "sources": {**SOURCES, "jobs/train.py": SOURCES["jobs/train.py"] + b"\n"},
    }

    run = execute(world, "run-2", **changes)

    assert explained(world, run, definition(**changes), "run-2") == [
        "Preprocess: run; since run-1 has changed: test data",
        "Train: run; since run-1 has changed: HyperParameters.max_iter (30 → 40), "
        "jobs/train.py, test data",
    ]


def test_a_pipeline_that_reuses_nothing_says_what_to_configure():
    with pytest.raises(InputError, match="no step"):
        explained(World(), SimpleNamespace(history=[]), {"States": {}}, "run-1")
