"""Tuning jobs on the local engine: real trials, as many and as parallel as asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.jobs.jobs import ENGINE_STOPPED
from pipelines.engine.jobs.record import Record
from pipelines.engine.jobs.tuning.trials import best_of
from pipelines.engine.wire.service import ServiceError
from tests.engine.running import Running, archive, eventually, training

# A trial: how good it is depends on its one hyperparameter `at` alone, which is best at 0.3.
PROGRAM = """
import argparse, os, sys, time
parser = argparse.ArgumentParser()
parser.add_argument("--at", type=float, default=0.0)
parser.add_argument("--does", default="well")
values, _ = parser.parse_known_args()
print("threads", os.environ["OMP_NUM_THREADS"], os.environ["SM_NUM_CPUS"])
if values.does == "nothing":
    sys.exit()
if values.does == "fail":
    sys.exit("no such column: age")
if values.does == "wait":
    print("up", os.getpid(), flush=True)
    time.sleep(60)
print(f"validation:score={1 - abs(values.at - 0.3)};")
open(os.environ["SM_MODEL_DIR"] + "/model", "w").write(str(values.at))
"""
METRIC = {"Name": "validation:score", "Regex": "validation:score=([0-9.eE+-]+);"}
AT = {"ContinuousParameterRanges": [{"Name": "at", "MinValue": "0", "MaxValue": "1"}]}


def does(*values: str) -> dict[str, Any]:
    """Ranges that have a trial do each of these things once."""
    return {"CategoricalParameterRanges": [{"Name": "does", "Values": list(values)}]}


def tuning(
    name: str,
    *,
    strategy: str = "Random",
    jobs: int | None = 4,
    parallel: int = 2,
    ranges: Mapping[str, Any] | None = None,
    goal: str = "Maximize",
    definition: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
    **config: Any,
) -> dict[str, Any]:
    """A CreateHyperParameterTuningJob request for `PROGRAM`."""
    trial = training("x")
    del trial["TrainingJobName"]
    trial["StaticHyperParameters"] = trial.pop("HyperParameters")
    trial["AlgorithmSpecification"]["MetricDefinitions"] = [METRIC]
    limits = {"MaxParallelTrainingJobs": parallel}
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": goal, "MetricName": METRIC["Name"]},
            "ResourceLimits": {**limits, **({"MaxNumberOfTrainingJobs": jobs} if jobs else {})},
            "ParameterRanges": ranges or AT,
            "RandomSeed": 7,
            **config,
        },
        "TrainingJobDefinition": {**trial, **(definition or {})},
        **(more or {}),
    }


class Searching(Running):
    """An engine with the program in its bucket."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.put("code/sourcedir.tar.gz", archive({"train.py": PROGRAM}))

    def search(self, name: str, **more: Any) -> dict[str, Any]:
        """Run a tuning job to its end; its description."""
        self.sagemaker("CreateHyperParameterTuningJob", **tuning(name, **more))
        return self.ended("HyperParameterTuning", name)

    def trials(self, name: str, **more: Any) -> list[dict[str, Any]]:
        response = self.sagemaker(
            "ListTrainingJobsForHyperParameterTuningJob",
            HyperParameterTuningJobName=name,
            MaxResults=100,
            **more,
        )
        trials: list[dict[str, Any]] = response["TrainingJobSummaries"]
        return trials

    def tried(self, name: str) -> list[dict[str, str]]:
        """The hyperparameters of the trials, in their order."""
        return [trial["TunedHyperParameters"] for trial in self.trials(name)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searching]:
    engine = Searching(tmp_path_factory.mktemp("tuning") / ".local")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def searched(engine: Searching) -> dict[str, Any]:
    """A search that has found something."""
    tags = [{"Key": "team", "Value": "data"}]
    return engine.search("found", jobs=5, more={"Tags": tags})


def test_a_search_has_as_many_trials_as_it_may_and_the_best_is_the_best(engine, searched):
    trials = engine.trials("found")
    values = [trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for trial in trials]

    assert searched["HyperParameterTuningJobStatus"] == "Completed"
    assert len(trials) == 5
    for trial, value in zip(trials, values, strict=True):
        at = float(trial["TunedHyperParameters"]["at"])
        assert value == pytest.approx(1 - abs(at - 0.3))
    best = searched["BestTrainingJob"]
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == max(values)
    assert best["TrainingJobName"] == trials[values.index(max(values))]["TrainingJobName"]


def test_the_best_trial_of_a_metric_to_minimize_has_the_least(engine):
    found = engine.search("least", goal="Minimize")

    values = [
        trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for trial in engine.trials("least")
    ]
    assert found["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"] == {
        "MetricName": "validation:score",
        "Value": min(values),
    }


def test_the_best_is_one_that_has_completed_and_of_equals_the_first():
    def trial(name: str, status: str, value: float | None) -> Record:
        metrics = () if value is None else ({"MetricName": "score", "Value": value},)
        return Record(name, name, {}, 0.0, 0.0, name, status=status, metrics=metrics)

    trials = [
        trial("silent", "Completed", None),
        trial("first", "Completed", 0.7),
        trial("second", "Completed", 0.7),
        trial("stopped", "Stopped", 0.9),
        trial("failed", "Failed", 0.9),
    ]

    assert getattr(best_of(trials, "score", 1), "name", None) == "first"
    assert best_of(trials[3:], "score", 1) is None


def test_a_search_is_described_as_sagemaker_describes_it(searched):
    assert searched["TrainingJobStatusCounters"] == {
        "Completed": 5,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 0,
        "Stopped": 0,
    }
    assert searched["ObjectiveStatusCounters"] == {"Succeeded": 5, "Pending": 0, "Failed": 0}
    assert searched["HyperParameterTuningJobArn"] == (
        "arn:aws:sagemaker:eu-central-1:000000000000:hyper-parameter-tuning-job/found"
    )
    assert searched["CreationTime"] <= searched["HyperParameterTuningEndTime"]
    static = searched["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static["_tuning_objective_metric"] == "validation:score"


def test_a_trial_is_a_training_job_like_any_other(engine, searched):
    name = searched["BestTrainingJob"]["TrainingJobName"]
    trial = engine.sagemaker("DescribeTrainingJob", TrainingJobName=name)

    assert trial["TuningJobArn"] == searched["HyperParameterTuningJobArn"]
    assert (
        trial["HyperParameters"]["at"]
        == (searched["BestTrainingJob"]["TunedHyperParameters"]["at"])
    )
    [metric] = trial["FinalMetricDataList"]
    assert metric["MetricName"] == "validation:score"
    uri = trial["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == f"s3://bucket/models/{name}/output/model.tar.gz"
    assert f"models/{name}/output/model.tar.gz" in engine.keys("models/")
    tags = engine.sagemaker("ListTags", ResourceArn=trial["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "data"}]


def test_trials_at_a_time_share_the_cores_and_the_last_has_what_is_left(engine, searched):
    cores = os.cpu_count() or 1
    share = max(1, cores // 2)
    *first, last = [
        engine.log(trial["TrainingJobName"], "Training")[0] for trial in engine.trials("found")
    ]

    assert set(first) == {f"threads {share} {share}"}
    assert last in (f"threads {share} {share}", f"threads {cores} {cores}")


@pytest.mark.parametrize("parallel", [1, 2])
def test_no_more_trials_run_at_a_time_than_allowed(engine, parallel):
    name = f"parallel-{parallel}"
    engine.search(name, jobs=3, parallel=parallel)

    trials = engine.trials(name)
    most = max(
        sum(
            other["CreationTime"] <= trial["CreationTime"] < other["TrainingEndTime"]
            for other in trials
        )
        for trial in trials
    )
    assert most == parallel


def test_the_same_seed_tries_the_same_again(engine):
    engine.search("once", strategy="Bayesian", jobs=4)
    engine.search("again", strategy="Bayesian", jobs=4)

    assert engine.tried("once") == engine.tried("again")
    assert len({each["at"] for each in engine.tried("once")}) == 4


def test_a_grid_is_every_combination_once(engine):
    ranges = {
        "CategoricalParameterRanges": [
            {"Name": "at", "Values": ["0.1", "0.2", "0.3"]},
            {"Name": "unused", "Values": ["a", "b"]},
        ]
    }
    found = engine.search("grid", strategy="Grid", jobs=None, ranges=ranges)

    tried = [tuple(sorted(each.items())) for each in engine.tried("grid")]
    assert len(tried) == len(set(tried)) == 6
    assert found["BestTrainingJob"]["TunedHyperParameters"]["at"] == "0.3"


def test_a_target_that_is_reached_ends_the_search(engine):
    found = engine.search(
        "target",
        jobs=50,
        parallel=1,
        TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.0},
    )

    assert found["HyperParameterTuningJobStatus"] == "Completed"
    assert len(engine.trials("target")) == 1


# Trials that fail


def test_a_failed_trial_does_not_end_the_search(engine):
    found = engine.search("some", strategy="Grid", jobs=3, ranges=does("fail", "well", "nothing"))

    assert found["HyperParameterTuningJobStatus"] == "Completed"
    assert found["BestTrainingJob"]["TunedHyperParameters"] == {"does": "well"}
    assert found["TrainingJobStatusCounters"]["NonRetryableError"] == 1
    # One has failed, and one has printed no metric.
    assert found["ObjectiveStatusCounters"] == {"Succeeded": 1, "Pending": 0, "Failed": 2}
    [failed] = engine.trials("some", StatusEquals="Failed")
    assert failed["FailureReason"] == "AlgorithmError: no such column: age, exit code: 1"


def test_a_search_of_which_every_trial_fails_has_failed(engine):
    found = engine.search("all", ranges=does("fail"), jobs=2)

    assert found["HyperParameterTuningJobStatus"] == "Failed"
    assert found["FailureReason"].startswith("All training jobs have failed.")
    assert "no such column: age" in found["FailureReason"]
    assert "BestTrainingJob" not in found


def test_a_search_of_which_no_trial_prints_the_metric_has_failed(engine):
    found = engine.search("silent", ranges=does("nothing"), jobs=2)

    assert found["HyperParameterTuningJobStatus"] == "Failed"
    assert found["FailureReason"].startswith("No objective metrics found after running 2 training")


# Its end before its time


def test_a_stopped_search_ends_every_trial(tmp_path):
    engine = Searching(tmp_path / ".local")
    request = tuning("stops", ranges=does("wait"), jobs=9)
    engine.sagemaker("CreateHyperParameterTuningJob", **request)
    eventually(lambda: len(engine.trials("stops")) == 2)
    names = [trial["TrainingJobName"] for trial in engine.trials("stops")]
    for name in names:
        eventually(lambda name=name: any("up" in line for line in engine.log(name, "Training")))
    pids = [int(engine.log(name, "Training")[1].split()[1]) for name in names]

    engine.sagemaker("StopHyperParameterTuningJob", HyperParameterTuningJobName="stops")
    found = engine.ended("HyperParameterTuning", "stops")

    assert found["HyperParameterTuningJobStatus"] == "Stopped"
    assert found["TrainingJobStatusCounters"]["Stopped"] == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(ServiceError, match="is in status Stopped"):
        engine.sagemaker("StopHyperParameterTuningJob", HyperParameterTuningJobName="stops")
    engine.close()


def test_closing_ends_a_search_and_starts_no_other_trial(tmp_path):
    engine = Searching(tmp_path / ".local")
    engine.sagemaker("CreateHyperParameterTuningJob", **tuning("x", ranges=does("wait"), jobs=9))
    eventually(lambda: len(engine.trials("x")) == 2)

    started = time.monotonic()
    engine.close()

    assert time.monotonic() - started < 10
    assert len(engine.trials("x")) == 2


def test_what_an_engine_that_died_has_left_has_failed(tmp_path):
    engine = Searching(tmp_path / ".local")
    engine.search("before")
    [jobs] = [each for each in engine.services.jobs if each.kind.folder == "tuning"]
    path = jobs.get("before").home / "job.json"
    path.write_text(path.read_text().replace('"Completed"', '"InProgress"', 1))
    engine.close()

    again = Running(tmp_path / ".local")
    found = again.sagemaker("DescribeHyperParameterTuningJob", HyperParameterTuningJobName="before")

    assert found["HyperParameterTuningJobStatus"] == "Failed"
    assert found["FailureReason"] == ENGINE_STOPPED
    assert found["TrainingJobStatusCounters"]["Completed"] == 4
    again.close()


# Lists


def test_trials_are_listed_by_their_objective(engine, searched):
    trials = engine.trials("found", SortBy="FinalObjectiveMetricValue", SortOrder="Descending")

    values = [trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for trial in trials]
    assert values == sorted(values, reverse=True)


def test_trials_are_listed_by_pages(engine, searched):
    request = {"HyperParameterTuningJobName": "found", "MaxResults": 3}
    first = engine.sagemaker("ListTrainingJobsForHyperParameterTuningJob", **request)
    second = engine.sagemaker(
        "ListTrainingJobsForHyperParameterTuningJob", NextToken=first["NextToken"], **request
    )

    pages = [len(page["TrainingJobSummaries"]) for page in (first, second)]
    assert (pages, "NextToken" in second) == ([3, 2], False)


def test_searches_are_listed_by_name(engine, searched):
    summaries = engine.sagemaker(
        "ListHyperParameterTuningJobs", NameContains="found", MaxResults=100
    )["HyperParameterTuningJobSummaries"]

    [summary] = summaries
    assert summary["Strategy"] == "Random"
    assert summary["TrainingJobStatusCounters"]["Completed"] == 5
    assert summary["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 5


# Requests that are refused


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            {
                "more": {
                    "WarmStartConfig": {
                        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "a"}],
                        "WarmStartType": "TransferLearning",
                    }
                }
            },
            "WarmStartConfig",
        ),
        ({"more": {"Autotune": {"Mode": "Enabled"}}}, "Autotune"),
        ({"definition": {"CheckpointConfig": {"S3Uri": "s3://b/x"}}}, "CheckpointConfig"),
        ({"ranges": {"AutoParameters": [{"Name": "a", "ValueHint": "1"}]}}, "AutoParameters"),
        ({"jobs": None}, "has no MaxNumberOfTrainingJobs"),
        ({"strategy": "Grid"}, "CategoricalParameterRanges only"),
        ({"strategy": "Grid", "ranges": does("well", "fail"), "jobs": 3}, "2 combinations"),
        ({"strategy": "Hyperband"}, "has no MaxResource"),
        (
            {"strategy": "Hyperband", "TrainingJobEarlyStoppingType": "Auto"},
            "must be Off with the strategy Hyperband",
        ),
        ({"definition": {"StaticHyperParameters": {"at": "1"}}}, "Both a range and a static value"),
        (
            {"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "other"}},
            "The objective other is not among the MetricDefinitions: validation:score",
        ),
        ({"definition": {"StaticHyperParameters": {}}}, "sagemaker_program"),
    ],
)
def test_a_search_that_would_run_otherwise_is_refused_by_name(engine, change, named):
    with pytest.raises(ServiceError) as caught:
        engine.sagemaker("CreateHyperParameterTuningJob", **tuning("refused", **change))

    assert caught.value.code == "ValidationException"
    assert named in caught.value.message


def test_a_name_is_used_once(engine, searched):
    with pytest.raises(ServiceError, match="a tuning job with this name already exists") as caught:
        engine.sagemaker("CreateHyperParameterTuningJob", **tuning("found"))

    assert caught.value.code == "ResourceInUse"


def test_a_search_that_is_not_there_is_not_found(engine):
    with pytest.raises(ServiceError) as caught:
        engine.sagemaker("DescribeHyperParameterTuningJob", HyperParameterTuningJobName="nobody")

    assert caught.value.code == "ResourceNotFound"


# In a state machine


def test_a_state_waits_for_the_search_and_has_its_description(engine):
    states = {
        "Tune": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
            "Parameters": tuning("of-a-state"),
            "ResultSelector": {"name.$": "$.BestTrainingJob.TrainingJobName"},
            "Next": "Describe",
        },
        "Describe": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob",
            "Parameters": {"TrainingJobName.$": "$.name"},
            "ResultSelector": {"model.$": "$.ModelArtifacts.S3ModelArtifacts"},
            "End": True,
        },
    }
    ended = engine.execution_ended(engine.start(engine.machine(states, "tunes"), name="one"))

    best = engine.sagemaker(
        "DescribeHyperParameterTuningJob", HyperParameterTuningJobName="of-a-state"
    )["BestTrainingJob"]["TrainingJobName"]
    assert ended["status"] == "SUCCEEDED", ended
    assert best in ended["output"]
    # What a person opens is the best trial's model, not any.
    files = engine.root / "runs" / "one" / "Tune"
    assert [path.name for path in files.iterdir()] == ["model.tar.gz"]


def test_a_search_that_fails_fails_its_state_with_its_description(engine):
    states = {
        "Tune": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync",
            "Parameters": tuning("of-a-failed-state", ranges=does("fail"), jobs=2),
            "End": True,
        }
    }
    ended = engine.execution_ended(engine.start(engine.machine(states, "fails")))

    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert "All training jobs have failed." in ended["cause"]


# Trials that are stopped early

EPOCHS = """
import argparse, os, signal, sys, time
parser = argparse.ArgumentParser()
parser.add_argument("--height", type=float)
values, _ = parser.parse_known_args()
for epoch in range(3):
    print(f"validation:score={values.height};", flush=True)
if values.height < 0.5:
    time.sleep(60)  # it would go on for long
open(os.environ["SM_MODEL_DIR"] + "/model", "w").write("fitted")
"""


def test_a_search_of_which_every_trial_goes_beyond_its_resources_says_so(engine):
    engine.put("code/other.tar.gz", archive({"train.py": f"{EPOCHS}\ntime.sleep(60)"}))
    request = tuning(
        "beyond",
        jobs=1,
        Strategy="Hyperband",
        StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 2}},
    )
    static = request["TrainingJobDefinition"]["StaticHyperParameters"]
    static |= {"sagemaker_submit_directory": '"s3://bucket/code/other.tar.gz"', "height": "0.7"}
    engine.sagemaker("CreateHyperParameterTuningJob", **request)
    found = engine.ended("HyperParameterTuning", "beyond")

    assert found["HyperParameterTuningJobStatus"] == "Failed"
    assert "more often than MaxResource" in found["FailureReason"]


@pytest.mark.parametrize(
    "how",
    [
        {"TrainingJobEarlyStoppingType": "Auto"},
        {
            "Strategy": "Hyperband",
            "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 3}},
        },
    ],
    ids=["by the median", "by Hyperband"],
)
def test_a_trial_that_is_worse_than_those_before_is_stopped(tmp_path, how):
    engine = Running(tmp_path / ".local")
    engine.put("code/sourcedir.tar.gz", archive({"train.py": EPOCHS}))
    ranges = {"ContinuousParameterRanges": [{"Name": "height", "MinValue": "0", "MaxValue": "1"}]}
    # With this seed the first is above 0.5, and the second below.
    request = tuning("early", jobs=4, parallel=1, ranges=ranges, RandomSeed=6, **how)
    engine.sagemaker("CreateHyperParameterTuningJob", **request)
    found = engine.ended("HyperParameterTuning", "early")

    trials = engine.sagemaker(
        "ListTrainingJobsForHyperParameterTuningJob", HyperParameterTuningJobName="early"
    )["TrainingJobSummaries"]
    heights = {
        trial["TrainingJobName"]: float(trial["TunedHyperParameters"]["height"]) for trial in trials
    }
    statuses = {trial["TrainingJobName"]: trial["TrainingJobStatus"] for trial in trials}
    low = {name for name, height in heights.items() if height < 0.5}
    assert {statuses[name] for name in low} == {"Stopped"}
    assert found["HyperParameterTuningJobStatus"] == "Completed"
    # What was stopped has a value, by which the search goes, and is not the best.
    assert found["ObjectiveStatusCounters"]["Succeeded"] == 4
    assert heights[found["BestTrainingJob"]["TrainingJobName"]] >= 0.5
    engine.close()
