r"""Second chances: a job that failed by no fault of its own is started again, under a new name.

`Retry` sees only the name of an error, and every job that ends in failure has the same one,
States.TaskFailed. Why it failed is in the cause, as SageMaker's FailureReason: CapacityError and
InternalServerError pass, AlgorithmError and ClientError are the user's and come again. So the
Task's failure is caught, and told apart:

    Train ──failed──> Train failed ──transient──> Second chance ─> Wait ─> New id ─┐
      ^ ^                  └────────otherwise───> Stop at Train                    │
      │ └──────────────────────────────redriven────────┘                           │
      └────────────────────────────────────────────────────────────────────────────┘

"Stop at Train" ends the execution with the job's own error and cause, and a redrive leads from
there back to the Task (see `stop`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.sdk import (
    Catch,
    Chain,
    Choice,
    ChoiceRule,
    Expression,
    Pass,
    State,
    Wait,
    bind,
)
from pipelines.steps.expressions import NEW_ID
from pipelines.steps.segment import Segment
from pipelines.steps.step import Step
from pipelines.steps.stop import stop

# SageMaker's words for what passes, at the front of a FailureReason …
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
_TRANSIENT = ("CapacityError", "InternalServerError", "ServiceUnavailable")
# … and other services' for being asked too often, anywhere in it.
_THROTTLED = ("SlowDown", "ThrottlingException", "Rate exceeded", "Please reduce your request rate")
# From seconds to seconds, at random, before the second and before the third chance: what failed
# together does not come back together.
WAITS_S = ((60, 180), (600, 1200))
_NUMBERS = ("Second", "Third")

_JOB = re.compile(r"arn:[a-z-]+:states:::sagemaker:create\w+Job\.sync")


def with_second_chances(
    part: Step | Segment, *, otherwise: Callable[[str], State] | None = None
) -> Segment:
    """The same step or segment, in which each job gets up to three chances.

    A job's Task that has catchers already is left as it is: its segment deals with failures.
    A chance is a new `$.id`, so that the names of jobs differ; names that were made of the old one
    are to be read from results, never computed again. What is known of the chances is at
    `$.chances.<state>`: nothing before the first failure, and again nothing after a redrive.

    Args:
        otherwise: where a failure leads that does not pass, made of the path of what failed (its
            Error and Cause). Without it, the execution fails as the job did.
    """
    segment = Segment.of(part) if isinstance(part, Step) else part
    for step in segment.steps:
        if _JOB.fullmatch(str(step.state.fields.get("resource", ""))) and not step.state.catches:
            _catch(step.state, otherwise)
    return segment


def _catch(job: State, otherwise: Callable[[str], State] | None) -> None:
    """Lead the failure of a job's Task to what tells failures apart, and back."""
    name = job.state_id
    path = f"$.chances.{re.sub('[^A-Za-z0-9]', '', name.title())}"
    told = Choice(f"{name} failed", comment="Will it pass by itself?")
    wait = Wait(
        f"Wait for {name}", comment="Until it may have passed", seconds_path=f"{path}.wait_s"
    )
    new_id = Pass(
        f"New id for {name}",
        comment="No two jobs have one name",
        input_path=f"{path}.id",
        result_path="$.id",
    )
    job.add_catch(
        Catch(error_equals=["States.TaskFailed"], result_path=f"{path}.failure", next_step=told)
    )
    end = _stop(job, path) if otherwise is None else otherwise(f"{path}.failure")
    told.add_choice(ChoiceRule.Not(_passes(path)), end)
    for index, (least_s, most_s) in enumerate(WAITS_S):
        chance = Pass(
            f"{_NUMBERS[index]} chance for {name}",
            parameters=bind(
                {
                    "number": index + 2,
                    "wait_s": Expression(f"States.MathRandom({least_s}, {most_s})"),
                    "id": NEW_ID,
                }
            ),
            result_path=path,
        )
        used = f"{path}.number"
        told.add_choice(
            ChoiceRule.NumericEquals(variable=used, value=index + 1)
            if index
            else ChoiceRule.IsPresent(variable=used, value=False),
            chance,
        )
        Chain([chance, wait])
    told.default_choice(end)
    Chain([wait, new_id, job])


def _stop(job: State, path: str) -> State:
    """The end of the execution with the job's own error; a redrive leads to the job again."""
    name = job.state_id
    return stop(
        f"Stop at {name}",
        f"{name} did not succeed",
        failure=f"{path}.failure",
        again=job,
        comment="Fail as the job did; a redrive leads from here to the job again",
        replaces=path,  # it has all its chances again
    )


def _passes(path: str) -> ChoiceRule:
    """Whether the cause, a job's description as compact JSON, has a reason that passes.

    A quotation mark within a text of that JSON has a backslash before it, so that no text can look
    like the member.
    """
    patterns = [f'*"FailureReason":"{word}*' for word in _TRANSIENT]
    patterns += [f'*"FailureReason":"*{words}*' for words in _THROTTLED]
    return ChoiceRule.Or(
        [
            ChoiceRule.StringMatches(variable=f"{path}.failure.Cause", value=pattern)
            for pattern in patterns
        ]
    )
