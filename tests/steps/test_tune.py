"""A search in place of one training job: its request, and what is there after it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from pipelines.asl.checker import check_all
from pipelines.asl.simulation import simulate
from pipelines.definitions.definition import render
from pipelines.environment.compute import Spot
from pipelines.environment.model import Environment
from pipelines.sdk import Pass
from pipelines.steps import metrics, train, tune
from pipelines.steps.second_chance import with_second_chances
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope
from tests.environments import machine as machine_of
from tests.environments import make_environment

TUNE = {
    "metric": "roc_auc",
    "max_jobs": 9,
    "max_parallel_jobs": 2,
    "ranges": {
        "learning_rate": {"min": 0.01, "max": 1, "scale": "log"},
        "max_leaf_nodes": {"min": 15, "max": 63},
        "class_weight": {"values": (None, "balanced")},
    },
}
INPUT = {"id": "0123456789ab", "Preprocess": {"ProcessingJobName": "p", "folder": "a/b"}}
BEST = "tune-123456-0123456789ab-0-0-003-0a1b2c3d"
FOUND = {
    "HyperParameterTuningJobName": "tune-123456-0123456789ab-0-0",
    "HyperParameterTuningJobStatus": "Completed",
    "TrainingJobStatusCounters": {"Completed": 8, "Stopped": 0, "NonRetryableError": 1},
    "BestTrainingJob": {
        "TrainingJobName": BEST,
        "TunedHyperParameters": {"learning_rate": "0.1", "max_leaf_nodes": "31"},
        "FinalHyperParameterTuningJobObjectiveMetric": {
            "MetricName": "validation:roc_auc",
            "Value": 0.95,
        },
    },
}
MODEL = f"s3://a-bucket/demo/dev/runs/training/monday/{BEST}/output/model.tar.gz"


def environment(project: str = "demo", **changes: Any) -> Environment:
    model = {"algorithm": "hist_gradient_boosting", "hyperparameters": {"max_iter": 30}}
    return make_environment(project=project, model={**model, "tune": {**TUNE, **changes}})


def segment(environment: Environment) -> Segment:
    config = environment.model.tune
    assert config is not None
    return tune.tune(Scope(environment, "training", "c" * 64), config)


def machine(part: Segment) -> dict[str, Any]:
    part.then(Pass("Done"))
    text = json.dumps(render(part.start, "Tune"))
    text = text.replace("${Bucket}", "a-bucket")
    document: dict[str, Any] = json.loads(
        text.replace("${JobRoleArn}", "arn:aws:iam::000000000000:role/jobs")
    )
    return document


def request(environment: Environment) -> dict[str, Any]:
    """What SageMaker is asked for."""
    return run(environment).calls_of("Tune")[0].request


def run(environment: Environment) -> Any:
    answers = {
        "Tune": FOUND,
        "Best trial": {
            "TrainingJobName": BEST,
            "ModelArtifacts": {"S3ModelArtifacts": MODEL},
        },
    }
    return simulate(machine(segment(environment)), INPUT, tasks=answers)


@pytest.fixture(scope="module")
def done() -> Any:
    return run(environment())


def test_after_a_search_everything_is_as_after_train(done):
    assert done.states == ["Tune", "Best trial", "Done"]
    assert done.output["Train"] == {"TrainingJobName": BEST, "model": MODEL}


def test_what_was_found_is_told_beside_it(done):
    assert done.output["Tune"] == {
        "HyperParameterTuningJobName": "tune-123456-0123456789ab-0-0",
        "BestTrainingJobName": BEST,
        "metric": "validation:roc_auc",
        "objective": 0.95,
        "hyperparameters": '{"learning_rate":"0.1","max_leaf_nodes":"31"}',
        "trials": {"Completed": 8, "Stopped": 0, "NonRetryableError": 1},
    }


def test_the_search_is_as_configured(done):
    config = done.calls_of("Tune")[0].request["HyperParameterTuningJobConfig"]

    assert config == {
        "Strategy": "Bayesian",
        "HyperParameterTuningJobObjective": {
            "Type": "Maximize",
            "MetricName": "validation:roc_auc",
        },
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 2},
        "TrainingJobEarlyStoppingType": "Off",
        "RandomSeed": 0,
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {
                    "Name": "learning_rate",
                    "MinValue": "0.01",
                    "MaxValue": "1",
                    "ScalingType": "Logarithmic",
                }
            ],
            "IntegerParameterRanges": [
                {
                    "Name": "max_leaf_nodes",
                    "MinValue": "15",
                    "MaxValue": "63",
                    "ScalingType": "Linear",
                }
            ],
            # As a script gets its hyperparameters: JSON.
            "CategoricalParameterRanges": [
                {"Name": "class_weight", "Values": ["null", '"balanced"']}
            ],
        },
    }


def test_a_trial_is_what_train_is_but_for_what_is_searched_and_held_out(done):
    scope = Scope(environment(), "training", "c" * 64)
    step = train.train(scope)
    step.state.next(Pass("Done"))
    text = json.dumps(render(step.state, "Train")).replace("${Bucket}", "a-bucket")
    document = json.loads(text.replace("${JobRoleArn}", "arn:aws:iam::000000000000:role/jobs"))
    answer = {"TrainingJobName": "t", "ModelArtifacts": {"S3ModelArtifacts": MODEL}}
    trained = simulate(document, INPUT, tasks={"Train": answer}).calls_of("Train")[0].request

    trial = dict(done.calls_of("Tune")[0].request["TrainingJobDefinition"])
    static = trial.pop("StaticHyperParameters")

    assert static.pop("validation-fraction") == "0.2"
    assert static == trained.pop("HyperParameters")
    for name in ("TrainingJobName", "Tags"):
        del trained[name]
    assert trial == trained


def test_trials_on_spot_have_no_checkpoints():
    """Where SageMaker would keep those of one trial and another is not said."""
    spot = machine_of(spot=Spot(max_wait_s=3600))
    steps = {step: machine_of() for step in ("preprocess", "evaluate", "predict")}
    model = {"algorithm": "hist_gradient_boosting", "tune": TUNE}

    trial = request(make_environment(model=model, steps={**steps, "train": spot}))[
        "TrainingJobDefinition"
    ]

    assert trial["EnableManagedSpotTraining"] is True
    assert trial["StoppingCondition"]["MaxWaitTimeInSeconds"] == 3600
    assert "CheckpointConfig" not in trial


def test_the_request_is_one_that_sagemaker_takes(done):
    shape = (
        get_session()
        .get_service_model("sagemaker")
        .operation_model("CreateHyperParameterTuningJob")
    )

    report = ParamValidator().validate(done.calls_of("Tune")[0].request, shape.input_shape)

    assert not report.has_errors(), report.generate_report()


def test_a_name_fits_and_tells_environments_apart():
    longest = "p" * 32
    names = {
        request(environment(project))["HyperParameterTuningJobName"]
        for project in ("demo", longest)
    }

    assert len(names) == 2
    for name in names:
        assert re.fullmatch(r"tune-[0-9a-f]{6}-0123456789ab-0-0", name)
        # A redrive's count may have four digits, an attempt's two.
        assert len(name) + 4 <= tune.JOB_NAME_LIMIT


def test_a_metric_that_is_better_when_lower_is_minimized():
    config = request(environment(metric="log_loss"))["HyperParameterTuningJobConfig"]

    assert config["HyperParameterTuningJobObjective"]["Type"] == "Minimize"


def test_a_grid_has_a_trial_for_each_combination():
    ranges = {"max_depth": {"values": (1, 2, 3)}, "max_leaf_nodes": {"values": (7, 15)}}
    config = request(environment(strategy="Grid", max_jobs=None, ranges=ranges))[
        "HyperParameterTuningJobConfig"
    ]

    assert config["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 6


def test_hyperband_has_its_resources():
    bounds = {"min_resource": 3, "max_resource": 27}
    config = request(environment(strategy="Hyperband", hyperband=bounds))[
        "HyperParameterTuningJobConfig"
    ]

    assert config["StrategyConfig"] == {
        "HyperbandStrategyConfig": {"MinResource": 3, "MaxResource": 27}
    }


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("validation:roc_auc=0.9512;", "validation:roc_auc", "0.9512"),
        ("train:log_loss=1e-05;", "train:log_loss", "1e-05"),
        ("12 validation:error=0;", "validation:error", "0"),
    ],
)
def test_a_metric_is_found_in_the_line_that_says_it(line, name, value):
    found = {
        metric: match[1]
        for metric, regex in metrics.definitions(environment()).items()
        if (match := re.search(regex, line))
    }

    assert found == {name: value}


def test_the_role_may_run_searches_of_this_environment_only():
    part = segment(environment())
    start = tune.names(environment())

    statements = {each.what: each for step in part.steps for each in step.machine}
    assert statements["RunJobs"].actions == (
        "sagemaker:AddTags",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:ListTags",
        "sagemaker:StopHyperParameterTuningJob",
    )
    [searches] = statements["RunJobs"].resources
    assert searches.endswith(f":hyper-parameter-tuning-job/{start}*")
    [trials] = statements["DescribeTrials"].resources
    assert trials.endswith(f":training-job/{start}*")
    [rule] = statements["HearOfTheEnd"].resources
    assert rule.endswith(":rule/StepFunctionsGetEventsForSageMakerTuningJobsRule")


def test_our_checker_has_nothing_to_say():
    part = with_second_chances(segment(environment()))
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "Preprocess": {
                "type": "object",
                "properties": {
                    "ProcessingJobName": {"type": "string"},
                    "folder": {"type": "string"},
                },
                "required": ["ProcessingJobName", "folder"],
            },
        },
        "required": ["id", "Preprocess"],
    }

    found = check_all(machine(part), input_schema=schema)

    assert [str(each) for each in found] == []
