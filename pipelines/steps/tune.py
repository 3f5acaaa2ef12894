"""Tune: a search for hyperparameters in place of one training job; the best trial is the model.

    Tune ─> Best trial ─>

A trial is the training job that Train would be, but for the hyperparameters that are searched, and
for the training rows that it holds out: trials are compared on those.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace

from pipelines import sdk
from pipelines.environment.model import Environment
from pipelines.environment.tuning import Tune
from pipelines.sdk import Chain, Expression
from pipelines.steps import metrics, permissions, retry, train
from pipelines.steps.api_call import api_call
from pipelines.steps.expressions import (
    ATTEMPT_LENGTH,
    ID_LENGTH,
    NAME_ARGUMENTS,
    REDRIVE_LENGTH,
)
from pipelines.steps.segment import Segment
from pipelines.steps.step import Scope, Statement, Step

NAME = "Tune"
BEST = "Best trial"
# SageMaker's, for a tuning job; the trials' names go on where it ends.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
JOB_NAME_LIMIT = 32
_VARIABLE = sum(1 + length for length in (ID_LENGTH, REDRIVE_LENGTH, ATTEMPT_LENGTH))
_LONGEST_S = 99_999_999  # the most that a state may take
# Of the tuning job's description.
_METRIC = "$.BestTrainingJob.FinalHyperParameterTuningJobObjectiveMetric"
# The hyperparameter that has a trial hold rows out, and print how well it does on them.
VALIDATION_FRACTION = "validation-fraction"


def tune(scope: Scope, config: Tune) -> Segment:
    """Search as configured, and take the best trial for what Train would have trained.

    `$.Tune` is `{"HyperParameterTuningJobName", "BestTrainingJobName", "metric", "objective",
    "hyperparameters": text, "trials": counters}`, and `$.Train` what it is after Train.
    """
    search, best = _search(scope, config), _best_trial(scope)
    Chain([search.state, best.state])
    return Segment(search.state, (best.state,), (search, best))


def names(environment: Environment) -> str:
    """How the names of an environment's tuning jobs begin.

    There is no room for the environment's own name: a few digits stand for it.
    """
    digits = hashlib.sha256(environment.prefix.encode()).hexdigest()
    start = f"{NAME.lower()}-"
    return start + digits[: JOB_NAME_LIMIT - _VARIABLE - len(start)] + "-"


def _search(scope: Scope, config: Tune) -> Step:
    environment = scope.environment
    job = train.training_job(scope)
    job = replace(
        job,
        hyperparameters={**job.hyperparameters, VALIDATION_FRACTION: config.validation_fraction},
        # Where SageMaker would keep those of one trial and another is not said.
        checkpoints_uri=None,
    )
    rounds = math.ceil(config.jobs / config.max_parallel_jobs)
    objective = metrics.validation(config.metric)
    state = sdk.tuning_step(
        NAME,
        job,
        config,
        objective=objective,
        region=environment.region,
        job_name=Expression(
            f"States.Format('{names(environment)}{{}}-{{}}-{{}}', {NAME_ARGUMENTS})"
        ),
        tags=environment.tags,
        comment=f"Search for the hyperparameters with the best {objective}",
        timeout_seconds=min(rounds * train.time_limit_s(scope), _LONGEST_S),
        retry=retry.starting_a_job(),
        result_selector={
            "HyperParameterTuningJobName.$": "$.HyperParameterTuningJobName",
            "BestTrainingJobName.$": "$.BestTrainingJob.TrainingJobName",
            "metric.$": f"{_METRIC}.MetricName",
            "objective.$": f"{_METRIC}.Value",
            "hyperparameters.$": ("States.JsonToString($.BestTrainingJob.TunedHyperParameters)"),
            "trials.$": "$.TrainingJobStatusCounters",
        },
        result_path=f"$.{NAME}",
    )
    return Step(
        state,
        machine=permissions.run_jobs(
            environment, NAME.lower(), "HyperParameterTuning", names=names(environment)
        ),
        job=train.training_permissions(scope),
    )


def _best_trial(scope: Scope) -> Step:
    state = api_call(
        BEST,
        scope,
        "SageMaker",
        "describeTrainingJob",
        {"TrainingJobName": Expression(f"$.{NAME}.BestTrainingJobName")},
        result=train.NAME,
        comment="The best trial's model is the trained one",
        result_selector=train.RESULT,
    )
    trials = permissions.sagemaker_jobs("Training", names(scope.environment))
    return Step(
        state, machine=(Statement("DescribeTrials", ("sagemaker:DescribeTrainingJob",), (trials,)),)
    )
