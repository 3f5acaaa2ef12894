"""What a SageMaker job's step needs: the state machine to run it, the job to do its work."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines import naming
from pipelines.environment.model import Environment
from pipelines.steps.step import Scope, Statement

_HERE = "${AWS::Region}:${AWS::AccountId}"


# What a kind of job is called in an ARN, and in the name of Step Functions' own rule.
_KINDS = {
    "Processing": ("processing-job", "Processing"),
    "Training": ("training-job", "Training"),
    "HyperParameterTuning": ("hyper-parameter-tuning-job", "Tuning"),
}


# Jobs run as this role, and models are hosted with it.
PASS_JOB_ROLE = Statement(
    "PassJobRole",
    ("iam:PassRole",),
    ("${JobRole.Arn}",),
    {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
)


def run_jobs(
    environment: Environment, step: str, kind: str, *, names: str | None = None
) -> tuple[Statement, ...]:
    """What the state machine needs to run a job to its end (`.sync`).

    Args:
        kind: "Processing", "Training" or "HyperParameterTuning".
        names: How the jobs' names begin, if not with the environment's prefix and the step.

    https://docs.aws.amazon.com/step-functions/latest/dg/sagemaker-iam.html
    """
    job = sagemaker_jobs(kind, names or f"{environment.prefix}-{step}-")
    rule = f"StepFunctionsGetEventsForSageMaker{_KINDS[kind][1]}JobsRule"
    return (
        Statement(
            "RunJobs",
            (
                "sagemaker:AddTags",
                f"sagemaker:Create{kind}Job",
                f"sagemaker:Describe{kind}Job",
                "sagemaker:ListTags",
                f"sagemaker:Stop{kind}Job",
            ),
            (job,),
        ),
        PASS_JOB_ROLE,
        Statement(
            "HearOfTheEnd",
            ("events:DescribeRule", "events:PutRule", "events:PutTargets"),
            (f"arn:${{AWS::Partition}}:events:{_HERE}:rule/{rule}",),
        ),
    )


def sagemaker_jobs(kind: str, names: str) -> str:
    """The jobs of a kind whose names begin so, as a resource."""
    return f"arn:${{AWS::Partition}}:sagemaker:{_HERE}:{_KINDS[kind][0]}/{names}*"


def work(kind: str) -> tuple[Statement, ...]:
    """What every job's role needs to log and to publish its metrics."""
    group = f"/aws/sagemaker/{kind}Jobs"
    arn = f"arn:${{AWS::Partition}}:logs:{_HERE}:log-group:{group}"
    return (
        Statement(
            "WriteLogs",
            (
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ),
            (arn, f"{arn}:log-stream:*"),
        ),
        # Metrics have no ARN to name: the namespace is the limit.
        Statement(
            "PublishMetrics",
            ("cloudwatch:PutMetricData",),
            ("*",),
            {"StringEquals": {"cloudwatch:namespace": group}},
        ),
    )


def read_code(scope: Scope) -> Statement:
    """Read the code bundle of any version in this environment: a redrive may want an older one."""
    prefix = f"{naming.s3_prefix(scope.environment)}/code/"
    return Statement("ReadCode", ("s3:GetObject",), (_objects("${Bucket}", prefix),))


def read_runs(scope: Scope, pipeline: str) -> Statement:
    """Read what the runs of a pipeline of this environment wrote."""
    prefix = f"{naming.runs_prefix(scope.environment, pipeline)}/"
    return Statement(
        f"Read{pipeline.capitalize()}Runs", ("s3:GetObject",), (_objects("${Bucket}", prefix),)
    )


def model_packages(environment: Environment) -> tuple[str, ...]:
    """The environment's model package group and its versions, as resources."""
    group = naming.model_package_group_name(environment)
    here = f"arn:${{AWS::Partition}}:sagemaker:{_HERE}"
    return (f"{here}:model-package-group/{group}", f"{here}:model-package/{group}/*")


def write_runs(scope: Scope) -> Statement:
    """Write below the runs of the step's own pipeline."""
    prefix = f"{naming.runs_prefix(scope.environment, scope.pipeline)}/"
    return Statement("WriteRuns", ("s3:PutObject",), (_objects("${Bucket}", prefix),))


def data_folder(uri: str) -> str:
    """The folder that a data location lies in, `${bucket}` as the template's `${Bucket}`.

    An execution may be given other data, from this folder: what the permission, the check in the
    state machine and the published schema allow is this one fact.

    >>> data_folder("s3://${bucket}/data/people.csv")
    's3://${Bucket}/data/'
    """
    return uri[: uri.rindex("/") + 1].replace("${bucket}", "${Bucket}")


def read_data(uris: Iterable[str]) -> Statement:
    """Read the folders that the data locations lie in."""
    folders = sorted({data_folder(uri) for uri in uris})
    return Statement(
        "ReadData",
        ("s3:GetObject",),
        tuple(_objects(*folder.removeprefix("s3://").split("/", 1)) for folder in folders),
    )


def list_objects(scope: Scope, data_uris: Iterable[str] = ()) -> tuple[Statement, ...]:
    """List what the role may read: SageMaker lists a prefix before it copies it."""
    prefixes = {"${Bucket}": {f"{naming.s3_prefix(scope.environment)}/*"}}
    for uri in data_uris:
        bucket, prefix = data_folder(uri).removeprefix("s3://").split("/", 1)
        prefixes.setdefault(bucket, set()).add(f"{prefix}*")
    return tuple(
        Statement(
            "ListObjects" if bucket == "${Bucket}" else "ListData",
            ("s3:ListBucket",),
            (f"arn:${{AWS::Partition}}:s3:::{bucket}",),
            {"StringLike": {"s3:prefix": tuple(sorted(patterns))}},
        )
        for bucket, patterns in sorted(prefixes.items())
    )


def _objects(bucket: str, prefix: str) -> str:
    return f"arn:${{AWS::Partition}}:s3:::{bucket}/{prefix}*"
