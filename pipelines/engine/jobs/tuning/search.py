"""A request for a tuning job: what is searched, how, and the training jobs that it asks for."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.engine.jobs.tuning.ranges import Range, invalid, ranges_of
from pipelines.engine.jobs.tuning.stopping import Hyperband, MedianRule, Never, Rule
from pipelines.engine.jobs.tuning.strategies import (
    BayesianSearch,
    GridSearch,
    RandomSearch,
    Strategy,
)

OBJECTIVE = "_tuning_objective_metric"
"""The hyperparameter that tells a trial what it is compared by."""
# Where a Hyperband job's epochs are looked for, if its configuration does not say.
_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")


@dataclass(frozen=True)
class Search:
    """What a tuning job's request means.

    Attributes:
        metric: The objective's name, among the trials' metrics.
        sign: What the metric is multiplied by so that the higher is better: 1 or -1.
        jobs: The most trials.
        parallel: The most trials at a time.
        target: The objective that is good enough, as it is printed.
    """

    metric: str
    sign: int
    jobs: int
    parallel: int
    ranges: tuple[Range, ...]
    strategy: Strategy
    rule: Rule
    target: float | None


def search_of(request: Mapping[str, Any]) -> Search:
    """The search that a CreateHyperParameterTuningJob request asks for.

    Raises:
        ServiceError: ValidationException, for what it cannot mean.
    """
    config = request["HyperParameterTuningJobConfig"]
    definition = _definition(request)
    objective = config.get("HyperParameterTuningJobObjective")
    if objective is None:
        raise invalid("HyperParameterTuningJobConfig has no HyperParameterTuningJobObjective.")
    metric = objective["MetricName"]
    names = [
        each["Name"] for each in definition["AlgorithmSpecification"].get("MetricDefinitions", ())
    ]
    if metric not in names:
        raise invalid(
            f"The objective {metric} is not among the MetricDefinitions: {', '.join(names)}."
        )
    ranges = ranges_of(config.get("ParameterRanges", {}))
    if not ranges:
        raise invalid("HyperParameterTuningJobConfig has no ParameterRanges.")
    static = definition.get("StaticHyperParameters", {})
    if both := [each.name for each in ranges if each.name in static]:
        raise invalid(f"Both a range and a static value has {', '.join(both)}.")

    limits = config["ResourceLimits"]
    jobs, parallel = limits.get("MaxNumberOfTrainingJobs"), limits["MaxParallelTrainingJobs"]
    name, early = config["Strategy"], config.get("TrainingJobEarlyStoppingType", "Off")
    seed = config.get("RandomSeed", zlib.crc32(request["HyperParameterTuningJobName"].encode()))
    if name == "Grid":
        grid = GridSearch(ranges)
        if jobs not in (None, grid.size):
            raise invalid(
                f"MaxNumberOfTrainingJobs is {jobs}, and the grid has {grid.size} combinations: "
                "leave it out, or make them the same."
            )
        jobs = grid.size
    if jobs is None:
        raise invalid("ResourceLimits has no MaxNumberOfTrainingJobs.")
    parallel = min(parallel, jobs)
    rule: Rule = MedianRule() if early == "Auto" else Never()
    if name == "Hyperband":
        if early != "Off":
            raise invalid("TrainingJobEarlyStoppingType must be Off with the strategy Hyperband.")
        rule = Hyperband(*_resources(config, static))
    strategy: Strategy
    if name == "Grid":
        strategy = grid
    elif name == "Bayesian":
        strategy = BayesianSearch(ranges, seed, jobs=jobs, parallel=parallel)
    else:
        strategy = RandomSearch(ranges, seed)
    return Search(
        metric=metric,
        sign=1 if objective["Type"] == "Maximize" else -1,
        jobs=jobs,
        parallel=parallel,
        ranges=ranges,
        strategy=strategy,
        rule=rule,
        target=config.get("TuningJobCompletionCriteria", {}).get("TargetObjectiveMetricValue"),
    )


def training_request(
    request: Mapping[str, Any], name: str, hyperparameters: Mapping[str, str]
) -> dict[str, Any]:
    """The CreateTrainingJob request of a trial."""
    definition = dict(_definition(request))
    static = definition.pop("StaticHyperParameters", {})
    objective = request["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    tags = {"Tags": request["Tags"]} if request.get("Tags") else {}
    return {
        "TrainingJobName": name,
        "HyperParameters": {**static, **hyperparameters, OBJECTIVE: objective["MetricName"]},
        **definition,
        **tags,
    }


def trial_name(tuning_job_name: str, number: int) -> str:
    """What SageMaker calls trial `number` (from 0), in form: a number and eight digits.

    >>> trial_name("monday", 0)
    'monday-001-66993e1f'
    """
    digits = zlib.crc32(f"{tuning_job_name} {number}".encode())
    return f"{tuning_job_name}-{number + 1:03d}-{digits:08x}"


def _definition(request: Mapping[str, Any]) -> Mapping[str, Any]:
    definition: Mapping[str, Any] | None = request.get("TrainingJobDefinition")
    if definition is None:
        raise invalid("The request has no TrainingJobDefinition.")
    return definition


def _resources(config: Mapping[str, Any], static: Mapping[str, str]) -> tuple[int, int]:
    """The least and the most epochs of a Hyperband trial."""
    given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
    most = given.get("MaxResource")
    if most is None:
        texts = [static[name].strip('"') for name in _EPOCHS if name in static]
        most = next((int(text) for text in texts if text.isdecimal()), None)
    if most is None:
        raise invalid(
            "HyperbandStrategyConfig has no MaxResource, and StaticHyperParameters none of "
            f"{', '.join(_EPOCHS)}."
        )
    least = given.get("MinResource", 1)
    if least > most:
        raise invalid(f"MinResource is {least}, above MaxResource, {most}.")
    return least, most
