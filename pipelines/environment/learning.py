"""The section `model`: what is trained, and how its hyperparameters are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from pipelines.environment.forms import Hyperparameter, HyperparameterName, SourceFile
from pipelines.environment.parts import Disagreement, Part, exactly_one
from pipelines.environment.tuning import Tune

Algorithm = Literal[
    "hist_gradient_boosting",
    "lightgbm",
    "random_forest",
    "logistic_regression",
    "linear_regression",
]


class Model(Part):
    """What is trained: exactly one of `algorithm`, `script` and `entrypoint`.

    Attributes:
        algorithm: of the catalogue in `jobs`.
        script: a training program of the project's own, run as the training image's own scripts.
        entrypoint: the command of a training container of one's own (`image.training.uri`).
        threshold: of a classification: a row is predicted positive if its score is above it. A
            number, or the best one for a metric on training rows that are held out; 0.5 without.
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
    threshold: Annotated[float, Field(gt=0, lt=1)] | Literal["best f1", "best accuracy"] | None = (
        None
    )
    # under their own names
    hyperparameters: Annotated[dict[HyperparameterName, Hyperparameter], Field(max_length=80)] = (
        Field(default_factory=dict)
    )  # SageMaker takes 100, of which the toolkit needs a few
    tune: Tune | None = None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """There is one thing to train, and no hyperparameter is both fixed and searched."""
        yield from exactly_one(given, "algorithm", "script", "entrypoint")
        if given.get("threshold") is not None and given.get("algorithm") is None:
            yield Disagreement(("threshold",), "is for an algorithm: a program chooses its own")
        tune, fixed = given.get("tune"), given.get("hyperparameters")
        if not (isinstance(tune, Mapping) and tune.get("enabled", True)):
            return
        if given.get("entrypoint") is not None:
            yield Disagreement(
                ("tune",),
                "cannot stand beside entrypoint: a tuning job runs the image's own command",
            )
        if isinstance(tune.get("ranges"), Mapping) and isinstance(fixed, Mapping):
            for name in tune["ranges"]:
                if name in fixed:
                    yield Disagreement(
                        ("tune", "ranges", name),
                        "is fixed in hyperparameters, too: remove one of the two",
                    )
