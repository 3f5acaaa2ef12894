"""The section `model`: what is trained, and how its hyperparameters are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from pipelines.environment.forms import Hyperparameter, HyperparameterName, SourceFile
from pipelines.environment.parts import Disagreement, Part, Switchable, exactly_one

Algorithm = Literal[
    "hist_gradient_boosting",
    "lightgbm",
    "random_forest",
    "logistic_regression",
    "linear_regression",
]


class Range(Part):
    """What a search tries for one hyperparameter: `values`, or numbers from `min` to `max`.

    Numbers are whole if both bounds are. On the scale `log` bounds are above 0.
    """

    min: int | float | None = None
    max: int | float | None = None
    scale: Literal["linear", "log"] = "linear"
    values: tuple[Hyperparameter, ...] | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """Either values, or two bounds in their order."""
        yield from exactly_one(given, "min", "values")
        least: Any = given.get("min")
        most: Any = given.get("max")
        if given.get("values") is not None:
            if most is not None:
                yield Disagreement(("max",), "cannot stand beside values: remove one")
            return
        if least is not None and most is None:
            yield Disagreement((), "needs max, too")
        if _is_number(least) and _is_number(most):
            if least >= most:
                yield Disagreement(("max",), f"must be above min, {least}; is {most}")
            if given.get("scale") == "log" and least <= 0:
                yield Disagreement(("min",), f"must be above 0 on the scale log, is {least}")


class Tune(Switchable):
    """A search for hyperparameters, in place of one training job with those configured.

    Trials are compared by `metric` on a part of the training rows, `validation_fraction`, that
    they are not fitted on.
    """

    metric: str
    strategy: Literal["Bayesian", "Random", "Grid", "Hyperband"] = "Bayesian"
    max_jobs: Annotated[int, Field(ge=1, le=750)]
    max_parallel_jobs: Annotated[int, Field(ge=1, le=100)] = 1
    early_stopping: bool = False
    validation_fraction: Annotated[float, Field(gt=0, lt=1)] = 0.2
    random_seed: Annotated[int, Field(ge=0, le=2_147_483_647)] = 0
    ranges: Annotated[dict[HyperparameterName, Range], Field(min_length=1, max_length=30)]


class Model(Part):
    """What is trained: exactly one of `algorithm`, `script` and `entrypoint`.

    Attributes:
        algorithm: of the catalogue in `jobs`.
        script: a training program of the project's own, run as the training image's own scripts.
        entrypoint: the command of a training container of one's own (`image.training.uri`).
    """

    algorithm: Algorithm | None = None
    script: SourceFile | None = None
    entrypoint: (
        Annotated[
            tuple[Annotated[str, StringConstraints(min_length=1, max_length=256)], ...],
            Field(min_length=1, max_length=100),
        ]
        | None
    ) = None
    # under their own names
    hyperparameters: Annotated[dict[HyperparameterName, Hyperparameter], Field(max_length=80)] = (
        Field(default_factory=dict)
    )  # SageMaker takes 100, of which the toolkit needs a few
    tune: Tune | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one thing to train, and no hyperparameter is both fixed and searched."""
        yield from exactly_one(given, "algorithm", "script", "entrypoint")
        tune, fixed = given.get("tune"), given.get("hyperparameters")
        if not (isinstance(tune, Mapping) and tune.get("enabled", True)):
            return
        if isinstance(tune.get("ranges"), Mapping) and isinstance(fixed, Mapping):
            for name in tune["ranges"]:
                if name in fixed:
                    yield Disagreement(
                        ("tune", "ranges", name),
                        "is fixed in hyperparameters, too: remove one of the two",
                    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
