"""Tuning jobs as the SDK's own steps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelines.environment.tuning import Range, Tune
from pipelines.sdk.door import (
    CategoricalParameter,
    ContinuousParameter,
    HyperparameterTuner,
    IntegerParameter,
    State,
    in_region,
)
from pipelines.sdk.expressions import Expression, bind
from pipelines.sdk.states import Retry, TuningStep
from pipelines.sdk.training import TrainingJob, complete, estimator, hyperparameters, inputs

_SCALES = {"linear": "Linear", "log": "Logarithmic"}


def tuning_step(
    name: str,
    job: TrainingJob,
    tune: Tune,
    *,
    objective: str,
    region: str,
    job_name: Expression,
    tags: Mapping[str, str],
    retry: list[Retry],
    **fields: Any,
) -> State:
    """A tuning job as the SDK's own step.

    Args:
        job: What each trial is, without the hyperparameters that are searched.
        objective: Among the job's metrics.
        fields: further fields of the Task, under the SDK's names.
    """
    with in_region(region) as session:
        tuner = HyperparameterTuner(
            estimator(job, session),
            objective_metric_name=objective,
            hyperparameter_ranges={name: _range(each) for name, each in tune.ranges.items()},
            metric_definitions=[
                {"Name": name, "Regex": regex} for name, regex in job.metrics.items()
            ],
            strategy=tune.strategy,
            objective_type="Minimize" if tune.lower_is_better else "Maximize",
            max_jobs=tune.jobs,
            max_parallel_jobs=tune.max_parallel_jobs,
            early_stopping_type="Auto" if tune.early_stopping else "Off",
        )
        step = TuningStep(name, tuner, job_name=name, data=inputs(job), tags=dict(tags), **fields)
    request = step.fields["parameters"]
    request["HyperParameterTuningJobName"] = job_name
    # The SDK's step drops these three.
    config = request["HyperParameterTuningJobConfig"]
    config["RandomSeed"] = tune.random_seed
    if tune.hyperband is not None:
        config["StrategyConfig"] = {
            "HyperbandStrategyConfig": {
                "MinResource": tune.hyperband.min_resource,
                "MaxResource": tune.hyperband.max_resource,
            }
        }
    # It makes texts of values before it makes JSON of them, as a script wants them.
    for item in config["ParameterRanges"].get("CategoricalParameterRanges", ()):
        values = tune.ranges[item["Name"]].values or ()
        item["Values"] = [json.dumps(value) for value in values]
    definition = request["TrainingJobDefinition"]
    definition["StaticHyperParameters"] = hyperparameters(job, definition["StaticHyperParameters"])
    complete(definition, job)
    step.fields["parameters"] = bind(request)
    step.add_retry(retry)
    return step


def _range(given: Range) -> Any:
    if given.values is not None:
        return CategoricalParameter(list(given.values))
    kind = IntegerParameter if given.is_whole else ContinuousParameter
    return kind(given.min, given.max, scaling_type=_SCALES[given.scale])
