"""Reuse: what has changed is run again, and nothing else."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from pipelines.asl.checker import check
from pipelines.asl.interpreter import TaskCall, TaskTokens
from pipelines.asl.simulation import Simulation, simulate
from pipelines.bundle import build_bundle
from pipelines.definitions.definition import render
from pipelines.sdk import Pass, bind
from pipelines.steps import preprocess, reuse, train
from pipelines.steps.expressions import NEW_ID
from pipelines.steps.segment import Segment, joined
from pipelines.steps.step import Scope
from tests.conftest import ROOT
from tests.environments import machine, make_environment

ENVIRONMENT = make_environment(reuse=True)
SOURCES = build_bundle(ROOT, ENVIRONMENT).files
MODEL = "s3://a-bucket/model.tar.gz"


@dataclass
class World:
    """S3, DynamoDB and the jobs, as far as the machine asks them.

    Attributes:
        etags: of the data's objects, by the beginning of their keys.
        tables: items by table, step and digest.
        started: the jobs of every execution, by the state that started them.
    """

    etags: dict[str, list[str]] = field(
        default_factory=lambda: {"data/train.csv": ["e1"], "data/test.csv": ["e2"]}
    )
    tables: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    truncated: bool = False
    callbacks: TaskTokens = field(default_factory=TaskTokens)

    def supports(self, resource: str) -> str | None:
        return None

    async def run(self, call: TaskCall) -> Any:
        what, given = call.resource.rsplit(":", 1)[1], call.parameters
        if what == "listObjectsV2":
            assert given["Bucket"] == "a-bucket"
            etags = self.etags[given["Prefix"]]
            objects = [{"Key": f"{given['Prefix']}{n}", "ETag": e} for n, e in enumerate(etags)]
            return {"IsTruncated": self.truncated, **({"Contents": objects} if objects else {})}
        if what in ("getItem", "putItem"):
            table = self.tables.setdefault(given["TableName"], {})
            key = given["Key"] if what == "getItem" else given["Item"]
            place = (key["step"]["S"], key["digest"]["S"])
            if what == "putItem":
                table[place] = given["Item"]
                return {}
            return {"Item": table[place]} if place in table else {}
        self.started.append(call.state)
        if what == "createTrainingJob.sync":
            return {
                "TrainingJobName": given["TrainingJobName"],
                "ModelArtifacts": {"S3ModelArtifacts": MODEL},
            }
        return {"ProcessingJobName": given["ProcessingJobName"]}


def definition(
    environment: Any = ENVIRONMENT, sources: Any = SOURCES, purpose: str = "register"
) -> dict[str, Any]:
    """Preprocess → Train, both reusable; `$` at the end is what the execution came to."""
    scope = Scope(environment, "training", "c" * 64, sources)
    prepare = Segment.of(preprocess.preprocess_training(scope))
    of_prepare = reuse.ingredients(
        scope,
        prepare,
        program="jobs/preprocess.py",
        documents=["features.json"],
        data=["training", "test"],
    )
    fit = Segment.of(train.train(scope))
    of_fit = reuse.ingredients(scope, fit, program="jobs/train.py", after=[of_prepare])
    begin = Pass(
        "Begin",
        parameters=bind(
            {
                "id": NEW_ID,
                "input": {
                    "purpose": purpose,
                    "training_data": "s3://${Bucket}/data/train.csv",
                    "test_data": "s3://${Bucket}/data/test.csv",
                },
            }
        ),
    )
    whole = joined(
        [
            Segment(begin, (begin,), ()),
            reuse.list_data(scope, "training", is_first=True),
            reuse.list_data(scope, "test"),
            reuse.reusable(scope, prepare, of_prepare),
            reuse.reusable(scope, fit, of_fit),
        ]
    )
    whole.then(Pass("Done"))
    return render(whole.start, "Reuse")


def execute(world: World, name: str = "run-1", **changes: Any) -> Simulation:
    """One execution in the world."""
    text = json.dumps(definition(**changes))
    for key, value in {
        "${Bucket}": "a-bucket",
        "${JobRoleArn}": "arn:aws:iam::000000000000:role/jobs",
    }.items():
        text = text.replace(key, value)
    run = simulate(
        json.loads(text),
        {},
        tasks=world,
        check=False,  # a test of its own has done that
        context={
            "Execution": {
                "Id": f"arn:aws:states:eu-central-1:000000000000:execution:m:{name}",
                "Name": name,
            }
        },
    )
    assert run.status == "SUCCEEDED", (run.error, run.cause)
    return run


@pytest.fixture
def world() -> World:
    """A world in which one execution has succeeded."""
    world = World()
    execute(world)
    assert world.started == ["Preprocess", "Train"]
    world.started.clear()
    return world


def test_what_a_look_up_is_said_to_find_is_what_was_remembered(world):
    """By it the checker knows a path to nothing in what is reused."""
    scope = Scope(ENVIRONMENT, "training", "c" * 64, SOURCES)
    fit = Segment.of(train.train(scope))
    of_fit = reuse.ingredients(scope, fit, program="jobs/train.py")
    [look] = [step for step in reuse.reusable(scope, fit, of_fit).steps if step.answer is not None]
    [found] = [
        item
        for table in world.tables.values()
        for (step, _), item in table.items()
        if step == "Train"
    ]

    said = look.answer["properties"]["Item"]["properties"]["result"]["properties"]["S"]

    assert set(said["contentSchema"]["required"]) == set(json.loads(found["result"]["S"]))


def test_the_checker_has_nothing_to_say_of_it():
    assert [f for f in check(definition(), substitutions=["Bucket", "JobRoleArn"])] == []


def test_with_nothing_changed_no_job_is_started(world):
    run = execute(world, "run-2")

    assert world.started == []
    assert run.output["Train"]["model"] == MODEL
    assert run.output["Train"]["reused_from"] == "run-1"
    assert "/run-1/" in run.output["Preprocess"]["folder"]


def test_what_a_job_left_is_found_through_an_execution_that_reused_it(world):
    execute(world, "run-2")
    run = execute(world, "run-3")

    assert run.output["Preprocess"]["reused_from"] == "run-1"


@pytest.mark.parametrize("changed", ["data/train.csv", "data/test.csv"])
def test_other_data_are_processed_and_trained_on(world, changed):
    world.etags[changed] = ["another"]

    execute(world, "run-2")

    assert world.started == ["Preprocess", "Train"]


def test_data_that_cannot_be_listed_as_a_whole_are_never_taken_for_known(world):
    world.truncated = True

    execute(world, "run-2")
    execute(world, "run-3")

    assert world.started == ["Preprocess", "Train"] * 2


def test_what_is_to_be_reproduced_is_made_again(world):
    execute(world, "run-2", purpose="reproduce")

    assert world.started == ["Preprocess", "Train"]


def test_data_that_are_not_there_are_left_to_the_job(world):
    world.etags["data/train.csv"] = []

    execute(world, "run-2")

    assert world.started == ["Preprocess", "Train"]


@pytest.mark.parametrize(
    ("file", "started"),
    [
        ("jobs/page.py", []),
        ("jobs/train.py", ["Train"]),
        ("jobs/algorithms/hist_gradient_boosting.py", ["Train"]),
        ("preprocessing/fitting.py", ["Preprocess", "Train"]),
        ("features.json", ["Preprocess", "Train"]),
    ],
)
def test_code_and_documents_concern_the_steps_that_need_them(world, file, started):
    execute(world, "run-2", sources={**SOURCES, file: SOURCES[file] + b"\n"})

    assert world.started == started


@pytest.mark.parametrize(
    ("changes", "started"),
    [
        ({"model": {"algorithm": "hist_gradient_boosting"}}, ["Train"]),
        (
            {"image": {"training": {"framework": "sklearn", "version": "1.2-1"}}},
            ["Preprocess", "Train"],
        ),
        ({"tags": {"team": "another"}}, []),
        (
            {
                "steps": {
                    step: machine(instance_type="ml.m5.4xlarge")
                    for step in ("preprocess", "train", "evaluate", "predict")
                }
            },
            [],
        ),
    ],
)
def test_settings_concern_the_steps_whose_results_they_change(world, changes, started):
    execute(world, "run-2", environment=make_environment(reuse=True, **changes))

    assert world.started == started


def test_another_environment_knows_nothing_of_it(world):
    execute(world, "run-2", environment=make_environment(reuse=True, name="prod"))

    assert world.started == ["Preprocess", "Train"]


def test_another_environment_may_be_told_to(world):
    prod = make_environment(reuse=True, name="prod", reuse_from=("dev",))

    run = execute(world, "run-2", environment=prod)

    assert world.started == []
    assert run.output["Train"]["reused_from"] == "run-1"


def test_who_takes_over_from_another_environment_may_read_what_it_wrote():
    prod = make_environment(reuse=True, name="prod", reuse_from=("dev",))
    scope = Scope(prod, "training", "c" * 64, SOURCES)
    prepare = Segment.of(preprocess.preprocess_training(scope))
    made_of = reuse.ingredients(scope, prepare, program="jobs/preprocess.py")

    read = [
        resource
        for step in reuse.reusable(scope, prepare, made_of).steps
        for statement in step.job
        for resource in statement.resources
    ]

    assert "arn:${AWS::Partition}:s3:::${Bucket}/demo/dev/runs/training/*" in read


def test_the_table_says_what_a_result_was_made_of(world):
    [item] = [i for (step, _), i in world.tables["demo-dev-reuse"].items() if step == "Preprocess"]

    parts = set(item["parts"]["M"])
    assert parts > {"features.json", "settings", "test data", "training data"}
    assert parts > {"jobs/preprocess.py", "preprocessing/fitting.py"}
    assert "jobs/train.py" not in parts
    assert item["execution"] == {"S": "run-1"}
    assert int(item["expires"]["N"]) > 0
