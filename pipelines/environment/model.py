"""What an environment is: the schema of the files under config/, as frozen values.

Names are the keys that a user writes. Units are in the names: `_s` seconds, `_gb` gigabytes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# Letters, digits and single hyphens: the one form that S3, IAM, SageMaker and Step Functions share.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=32)]
AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
# `${bucket}` stands for the bucket that the environment is deployed with.
S3Uri = Annotated[
    str, StringConstraints(pattern=r"^s3://(\$\{bucket\}|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/.+$")
]
InstanceType = Annotated[
    str, StringConstraints(pattern=r"^ml\.[a-z0-9-]+\.([0-9]*x?large|medium|metal(-[0-9]+xl)?)$")
]
Column = Annotated[str, StringConstraints(min_length=1)]
Hyperparameter = bool | int | float | str | None


class Part(BaseModel):
    """A part of the configuration: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FrameworkImage(Part):
    """One of AWS's own images, by framework and version."""

    framework: Literal["sklearn", "xgboost"]
    version: str


class UriImage(Part):
    """An image of one's own, by URI; by digest, if runs are to be reproducible."""

    uri: Annotated[str, StringConstraints(pattern=r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+/.+$")]


class Images(Part):
    """The container images: `serving` is `training`'s unless it is set."""

    training: FrameworkImage | UriImage
    serving: FrameworkImage | UriImage | None = None


class Data(Part):
    """Where the data lie. Exactly one of `test` and `test_fraction` says what is tested on."""

    training: S3Uri
    inference: S3Uri
    test: S3Uri | None = None
    test_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _one_source_of_test_rows(self) -> Data:
        if (self.test is None) == (self.test_fraction is None):
            raise ValueError("needs exactly one of test and test_fraction")
        return self


class Label(Part):
    """The column to predict, and the value that counts as positive."""

    column: Column
    positive: str


class Features(Part):
    """Which columns a model sees, and as what.

    Every column that is neither the label, the id nor dropped is used: a column named nowhere is
    categorical if `categorical` is "the rest", and an error otherwise.
    """

    label: Label
    id: Column | None = None
    drop: tuple[Column, ...] = ()
    numeric: tuple[Column, ...] = ()
    # column: number of bins
    binned: dict[Column, Annotated[int, Field(ge=2, le=1000)]] = {}
    categorical: tuple[Column, ...] | Literal["the rest"] = "the rest"

    @model_validator(mode="after")
    def _each_column_has_one_role(self) -> Features:
        roles: dict[str, str] = {self.label.column: "label.column"}
        lists = {
            "id": () if self.id is None else (self.id,),
            "drop": self.drop,
            "numeric": self.numeric,
            "binned": tuple(self.binned),
            "categorical": () if self.categorical == "the rest" else self.categorical,
        }
        for role, columns in lists.items():
            for column in columns:
                if column in roles:
                    raise ValueError(f"column {column!r} is both {roles[column]} and {role}")
                roles[column] = role
        return self


class Model(Part):
    """The algorithm by its name in `jobs`, and its hyperparameters under their own names."""

    algorithm: Literal["hist_gradient_boosting", "logistic_regression"]
    hyperparameters: dict[str, Hyperparameter] = {}


class Gate(Part):
    """What a model must reach on the test rows to be registered: exactly one bound."""

    metric: Literal[
        "roc_auc",
        "average_precision",
        "accuracy",
        "error",
        "precision",
        "recall",
        "f1",
        "log_loss",
        "brier",
    ]
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Gate:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs exactly one of at_least and at_most")
        return self


class Spot(Part):
    """Train on spare capacity, and wait for it at most this long (the job's own time included)."""

    max_wait_s: Annotated[int, Field(ge=1, le=2_592_000)]


class Compute(Part):
    """The machines of one step. Bounds are SageMaker's for processing jobs."""

    instance_type: InstanceType
    instance_count: Literal[1] = 1
    volume_gb: Annotated[int, Field(ge=1, le=16_384)]
    max_runtime_s: Annotated[int, Field(ge=1, le=604_800)]


class TrainingCompute(Compute):
    """The machines of a training job, which may be spare capacity."""

    spot: Spot | None = None

    @model_validator(mode="after")
    def _waits_at_least_as_long_as_it_runs(self) -> TrainingCompute:
        if self.spot is not None and self.spot.max_wait_s < self.max_runtime_s:
            raise ValueError("spot.max_wait_s is shorter than max_runtime_s, which it includes")
        return self


class Steps(Part):
    """The machines of each step."""

    preprocess: Compute
    train: TrainingCompute
    evaluate: Compute
    predict: Compute


class Environment(Part):
    """One environment: everything that its templates, its deployment and its runs depend on."""

    name: Name
    project: Name
    region: Region
    engine: Literal["aws", "local"] = "aws"
    account: AccountId | None = None
    image: Images
    data: Data
    features: Features
    model: Model
    gate: Gate
    approval: Literal["automatic", "manual"]
    steps: Steps
    tags: dict[str, str] = {}

    @property
    def prefix(self) -> str:
        """`<project>-<environment>`: the beginning of every name in this environment."""
        return f"{self.project}-{self.name}"
