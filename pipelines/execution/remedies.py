"""What to do about a failure: a table of what fails, by error and reason. Pure.

The first remedy that fits is the likeliest, so that the particular ones come before the general.
One more is one more entry, with a failure that it fits in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Again = Literal["redrive", "deploy and run", "run", "nothing"]


@dataclass(frozen=True)
class Remedy:
    """What to do about failures of one kind.

    Attributes:
        error, reason: regular expressions that are searched for, whatever the case; both must be
            found.
        text: what happened, and what to do, in a sentence or two.
        again: how the pipeline is run again when that is done. What a definition or the code
            decides comes only with a deployment, and a redrive keeps the old ones.
    """

    text: str
    again: Again
    error: str = ""
    reason: str = ""

    def fits(self, error: str, reason: str) -> bool:
        """Whether a failure is of this kind."""
        return all(
            re.search(pattern, text, re.IGNORECASE | re.DOTALL) is not None
            for pattern, text in ((self.error, error), (self.reason, reason))
        )


REMEDIES: Sequence[Remedy] = (
    # What a state machine of ours decided: the same input ends the same way.
    Remedy(
        "The input has a key or a value that the pipeline does not take. Name data in the "
        "configured folders, or none.",
        "run",
        error=r"^InputWrong$",
    ),
    Remedy(
        "The data do not meet the expectations in `validation`. The report names each with rows: "
        "mend the data, or the expectation.",
        "run",
        error=r"^(Data\w*Wrong|DataWrong|Data wrong)$",
    ),
    Remedy(
        "The model is not as good as the gate wants. Look at the report; other data, features or "
        "hyperparameters may help, or another gate.",
        "deploy and run",
        error=r"^NotGoodEnough$",
    ),
    Remedy(
        "A person rejected the model, and said why.",
        "deploy and run",
        error=r"^(Rejected|NotApproved)$",
        reason=r"reject",
    ),
    Remedy(
        "Nobody answered in time (`approval_within_s`). Train again, and approve in time.",
        "run",
        error=r"^(NotApprovedInTime|NotApproved|Rejected)$",
    ),
    Remedy(
        "There is no approved model. Run the training pipeline, and approve what it registers.",
        "run",
        error=r"^(NoApprovedModel|ModelNotApproved)$",
    ),
    Remedy(
        "The new endpoint did not pass its test; what served before serves again. The report names "
        "the requests that failed.",
        "deploy and run",
        error=r"^EndpointTestFailed$",
    ),
    # What passes by itself.
    Remedy(
        "The account may not have more of these machines at once. Wait for other jobs to end, ask "
        "for a larger quota (Service Quotas, SageMaker), or configure another `instance_type`.",
        "redrive",
        reason=r"account-level service limit|ResourceLimitExceeded",
    ),
    Remedy(
        "AWS has no such machine free at the moment. Try again later; if it stays so, configure "
        "another `instance_type`.",
        "redrive",
        reason=r"^CapacityError|insufficient capacity|Unable to provision requested ML compute",
    ),
    Remedy(
        "A service was asked too often, or failed itself. It passes.",
        "redrive",
        reason=r"ThrottlingException|Rate exceeded|SlowDown|^InternalServerError|"
        r"ServiceUnavailable|internal error",
    ),
    Remedy(
        "A job, endpoint or model of this name is there already. A redrive makes a new name.",
        "redrive",
        error=r"ResourceInUse",
    ),
    Remedy(
        "The local engine was stopped while a job ran. Nothing else is wrong.",
        "redrive",
        error=r"^Local\.EngineStopped$",
    ),
    # What the configuration of a step decides.
    Remedy(
        "The job had too little memory. Configure a larger `instance_type` for the step.",
        "deploy and run",
        reason=r"MemoryError|out of memory|OutOfMemory|Cannot allocate memory|exit code: 137|"
        r"SIGKILL|signal 9|was killed",
    ),
    Remedy(
        "The job's disk was full. Configure a larger `volume_gb` for the step.",
        "deploy and run",
        reason=r"No space left on device|ENOSPC",
    ),
    Remedy(
        "Spot capacity did not come in time. Configure a longer `spot.max_wait_s`, or no spot.",
        "deploy and run",
        reason=r"waited too long for spare capacity|MaxWaitTimeExceeded",
    ),
    Remedy(
        "The job did not end within its limit. If it was at work, configure a larger "
        "`max_runtime_s`, a larger machine or less data; if it hung, its log says where.",
        "deploy and run",
        reason=r"stopped at its limit|MaxRuntimeExceeded|by hand or at its limit",
    ),
    Remedy(
        "The step took longer than its time limit, waiting for machines included.",
        "redrive",
        error=r"^States\.(Timeout|HeartbeatTimeout)$",
    ),
    # What lies where, and who may read it.
    Remedy(
        "A role may not do this. Deploy again, so that the roles are as the steps need them; a key "
        "or bucket policy of yours may forbid it, too.",
        "redrive",
        reason=r"AccessDenied|Access Denied|not authorized to perform|Forbidden|\b403\b",
    ),
    Remedy(
        "The code of this deployment is not in the bucket any more. Deploy again, and start anew.",
        "deploy and run",
        reason=r"(NoSuchKey|No S3 objects|Not Found|does not exist|404|download failed).*?/code/",
    ),
    Remedy(
        "What the job should read is not there. Upload it (python -m pipelines data upload ENV …), "
        "or name other data.",
        "redrive",
        reason=r"NoSuchKey|NoSuchBucket|No S3 objects|does not exist in S3|Not Found|\b404\b|"
        r"has no object",
    ),
    # What is in the data.
    Remedy(
        "The archive of the model is damaged, or was changed after it was made. Train a new model, "
        "or name another model package.",
        "run",
        reason=r"sha256|digest does not match|changed after|cannot be unpacked|not a gzip|"
        r"leads out of its folder|: not a model|unexpected end of data",
    ),
    Remedy(
        "The data's columns are not those that `features` names. Mend the file's header, or the "
        "configuration; python -m pipelines data profile FILE shows what is there.",
        "redrive",
        reason=r"no (\w+ )?column|missing column|column \S+ (is missing|stands)|"
        r"has no column|lacks? (the )?columns?",
    ),
    Remedy(
        "The label has one value only: there is nothing to learn from. Look at the label's column, "
        "and at `features.label.positive`.",
        "redrive",
        reason=r"same label|one (class|value) only|only one class|two different labels",
    ),
    Remedy(
        "There are no rows that can be used. Look at the file, and at why rows were rejected.",
        "redrive",
        reason=r"no (training |test |usable )?rows|is empty|empty data",
    ),
    # What the code decides.
    Remedy(
        "A package is missing where the job runs. Use an image that has it, or another algorithm.",
        "deploy and run",
        reason=r"ModuleNotFoundError|No module named|ImportError|package \S+ is (missing|not "
        r"installed)",
    ),
    Remedy(
        "The state machine's definition asks for what is not there when it runs: a flaw of the "
        "definition. python -m pipelines check finds most of them.",
        "deploy and run",
        error=r"^States\.(Runtime|ParameterPathFailure|ResultPathMatchFailure|IntrinsicFailure|"
        r"NoChoiceMatched|QueryEvaluationError)$",
    ),
    Remedy(
        "What a state hands on is larger than 256 KiB.",
        "deploy and run",
        error=r"^States\.DataLimitExceeded$",
    ),
    Remedy(
        "A service did not answer as it should; the same call may succeed later.",
        "redrive",
        error=r"SdkClientException$|\.(Sfn|S3|Sns|SageMaker|DynamoDb)Exception$",
    ),
    Remedy(
        "The job's program failed: its last lines say where. Mend the data; or mend the code, "
        "deploy, and start a new execution, since a redrive runs the code that there was.",
        "redrive",
        error=r"^States\.TaskFailed$",
    ),
)

STOPPED = Remedy("It was stopped by a person, or by a program.", "redrive")
TIMED_OUT = Remedy("The execution took longer than it may in all.", "redrive")
UNKNOWN = Remedy("Nothing more is known of this error here.", "redrive")


def remedy_for(status: str, error: str, reason: str) -> Remedy:
    """The likeliest remedy for an execution that ended in this status.

    >>> remedy_for("FAILED", "States.TaskFailed", "CapacityError: Unable to provision").again
    'redrive'
    """
    for remedy in REMEDIES:
        if remedy.fits(error, reason):
            return remedy
    return {"ABORTED": STOPPED, "TIMED_OUT": TIMED_OUT}.get(status, UNKNOWN)
