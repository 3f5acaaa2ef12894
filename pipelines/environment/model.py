"""What an environment is: the schema of the files under config/, as frozen values.

Names are the keys that a user writes. Units are in the names: `_s` seconds, `_gb` gigabytes.
Bounds are those of the services. What is wrong is said in words that complete "<key> …".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.environment.forms import (
    AccountId,
    Column,
    Hyperparameter,
    HyperparameterName,
    ImageUri,
    ImageVersion,
    InstanceType,
    Name,
    Region,
    S3Uri,
    Seconds,
    TagKey,
    TagValue,
)


class Disagreement(NamedTuple):
    """Values that are right one by one and wrong together; `key` is the one to look at."""

    key: tuple[str | int, ...]
    message: str


class Part(BaseModel):
    """A part of the configuration: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """What is wrong between the values of this part.

        Any of them may be missing or wrong in itself in `given`, which is reported elsewhere: one
        mistake does not hide another.
        """
        yield from ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for key, message in self.disagreements(self.model_dump()):
            where = ".".join(map(str, key))
            raise PydanticCustomError(
                "disagreement", "{where}: {message}", {"where": where, "message": message}
            )
        return self


def _exactly_one(given: Mapping[str, Any], *keys: str) -> Iterator[Disagreement]:
    present = [key for key in keys if given.get(key) is not None]
    if not present:
        null = [key for key in keys if key in given]
        yield Disagreement(tuple(null[:1]), f"needs {' or '.join(keys)}")
    elif len(present) > 1:
        yield Disagreement((present[-1],), f"cannot stand beside {present[0]}: remove one")


class FrameworkImage(Part):
    """One of AWS's own images, by framework and version."""

    framework: Literal["sklearn", "xgboost"]
    version: ImageVersion


class UriImage(Part):
    """An image of one's own, by URI; by digest, if runs are to be reproducible."""

    uri: ImageUri


def _kind_of_image(given: Any) -> str:
    if isinstance(given, UriImage) or (isinstance(given, Mapping) and "uri" in given):
        return "uri image"
    return "framework image"


Image = Annotated[
    Annotated[FrameworkImage, Tag("framework image")] | Annotated[UriImage, Tag("uri image")],
    Discriminator(_kind_of_image),
]


class Images(Part):
    """The container images: `serving` is `training`'s unless it is set."""

    training: Image
    serving: Image | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """An image is of one kind."""
        for role in ("training", "serving"):
            image = given.get(role)
            if not isinstance(image, Mapping) or image.get("uri") is None:
                continue
            for key in ("framework", "version"):
                if image.get(key) is not None:
                    yield Disagreement((role, key), "cannot stand beside uri: remove one")


class Data(Part):
    """Where the data lie. Exactly one of `test` and `test_fraction` says what is tested on."""

    training: S3Uri
    test: S3Uri | None = None
    test_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None
    inference: S3Uri

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one source of test rows."""
        return _exactly_one(given, "test", "test_fraction")


class Label(Part):
    """The column to predict, and the value that counts as positive."""

    column: Column
    positive: Annotated[str, StringConstraints(min_length=1)]


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

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """A column has one role."""
        roles: dict[str, str] = {}
        for key, column in _columns(given):
            role = str(key[0])
            if column not in roles:
                roles[column] = role
            elif roles[column] == role:
                yield Disagreement(key, f"names column {column!r} twice")
            else:
                yield Disagreement(key, f"names column {column!r}, which is in {roles[column]} too")


def _columns(given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every column that `given` names, and where it does."""
    label = given.get("label")
    if isinstance(label, Mapping) and isinstance(label.get("column"), str):
        yield ("label", "column"), label["column"]
    if isinstance(given.get("id"), str):
        yield ("id",), given["id"]
    for role in ("drop", "numeric", "binned", "categorical"):
        columns = given.get(role)
        if isinstance(columns, Mapping):
            yield from (((role, column), column) for column in columns)
        elif isinstance(columns, tuple):
            for position, column in enumerate(columns):
                if isinstance(column, str):
                    yield (role, position), column


class Model(Part):
    """The algorithm by its name in `jobs`, and its hyperparameters under their own names."""

    algorithm: Literal["hist_gradient_boosting", "logistic_regression"]
    hyperparameters: Annotated[
        dict[HyperparameterName, Hyperparameter], Field(max_length=80)
    ] = {}  # SageMaker takes 100, of which the training toolkit needs a few


_LOWER_IS_BETTER = frozenset({"error", "log_loss", "brier"})


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

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one bound, on the metric's good side, that the metric can take."""
        yield from _exactly_one(given, "at_least", "at_most")
        metric = given.get("metric")
        if not isinstance(metric, str):
            return
        for key in ("at_least", "at_most"):
            bound = given.get(key)
            if isinstance(bound, bool) or not isinstance(bound, int | float):
                continue
            if (key == "at_least") == (metric in _LOWER_IS_BETTER):
                better, other = (
                    ("lower", "at_most") if metric in _LOWER_IS_BETTER else ("higher", "at_least")
                )
                yield Disagreement(
                    (key,), f"is on the wrong side: a {better} {metric} is better; use {other}"
                )
            elif bound < 0 or (bound > 1 and metric != "log_loss"):
                yield Disagreement((key,), f"must be from 0 to 1 for {metric}, is {bound}")


class Spot(Part):
    """Train on spare capacity, and wait for it at most this long (the job's own time included)."""

    max_wait_s: Annotated[int, Field(ge=1, le=2_592_000)]


class Compute(Part):
    """The machines of one step. Bounds are SageMaker's for processing jobs."""

    instance_type: InstanceType
    instance_count: Literal[1] = 1
    volume_gb: Annotated[int, Field(ge=1, le=16_384)]
    max_runtime_s: Seconds


class TrainingCompute(Compute):
    """The machines of a training job, which may be spare capacity."""

    spot: Spot | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """The wait includes the run."""
        spot, runtime = given.get("spot"), given.get("max_runtime_s")
        wait = spot.get("max_wait_s") if isinstance(spot, Mapping) else None
        if type(wait) is int and type(runtime) is int and wait < runtime:
            yield Disagreement(
                ("spot", "max_wait_s"),
                f"must be at least max_runtime_s, {runtime}, which it includes; is {wait}",
            )


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
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=40)] = {}  # AWS: 50; we add some

    @property
    def prefix(self) -> str:
        """`<project>-<environment>`: the beginning of every name in this environment."""
        return f"{self.project}-{self.name}"
