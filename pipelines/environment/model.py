"""What an environment is: the schema of the files under config/, as frozen values.

Names are the keys that a user writes. Units are in the names: `_s` seconds, `_gb` gigabytes.
Bounds are those of the services. Each section has a module of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from pipelines.environment.compute import Steps
from pipelines.environment.data import Data
from pipelines.environment.evaluation import Evaluation, Explanation
from pipelines.environment.features import Features
from pipelines.environment.forms import AccountId, Email, HttpsUrl, Name, Region, TagKey, TagValue
from pipelines.environment.gate import CLASSIFICATION, REGRESSION, Gate
from pipelines.environment.images import Images
from pipelines.environment.learning import Model
from pipelines.environment.parts import Disagreement, Part
from pipelines.environment.serving import Endpoint
from pipelines.environment.validation import Validation


class Notify(Part):
    """Who hears of failures and of models that wait for approval, through SNS."""

    emails: tuple[Email, ...] = ()
    urls: tuple[HttpsUrl, ...] = ()


class Environment(Part):
    """One environment: everything that its templates, its deployment and its runs depend on.

    Attributes:
        approval: who approves a registered model; `manual when close` asks a person only if the
            gate was a close call.
        approval_within_s: how long an execution waits for a person.
        reuse: whether a step is skipped of which nothing has changed since it succeeded.
        reuse_from: environments of the same bucket whose results may be reused, too.
    """

    name: Name
    project: Name
    region: Region
    engine: Literal["aws", "local"] = "aws"
    account: AccountId | None = None
    image: Images
    data: Data
    validation: Validation | None = None
    features: Features
    model: Model
    evaluation: Evaluation = Evaluation()
    explanation: Explanation | None = None
    gate: Gate | None = None
    approval: Literal["automatic", "manual", "manual when close"]
    approval_within_s: Annotated[int, Field(ge=60, le=31_536_000)] = 604_800
    endpoint: Endpoint | None = None
    notify: Notify = Notify()
    reuse: bool = False
    reuse_from: tuple[Name, ...] = ()
    steps: Steps
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=40)] = Field(default_factory=dict)
    # AWS: 50 tags; we add some

    @property
    def prefix(self) -> str:
        """`<project>-<environment>`: the beginning of every name in this environment."""
        return f"{self.project}-{self.name}"

    @property
    def is_regression(self) -> bool:
        """Whether the label is a number."""
        return self.features.label.positive is None

    @classmethod
    def disagreements(cls, given: Mapping[str, Any]) -> Iterator[Disagreement]:
        """A step that is on has machines; metrics are those of the kind of label."""
        yield from _without_machines(given)
        yield from _of_another_label(given)
        yield from _without_resamples(given)
        gate = given.get("gate")
        if given.get("approval") == "manual when close" and not (
            is_on(gate) and _of(gate, "close") is not None
        ):
            yield Disagreement(("approval",), "is manual when close, which needs gate.close")


def is_on(section: Any) -> bool:
    """Whether a switchable section is there and not switched off."""
    return isinstance(section, Mapping) and section.get("enabled", True) is True


def _of(section: Any, *keys: str) -> Any:
    for key in keys:
        section = section.get(key) if isinstance(section, Mapping) else None
    return section


def _without_machines(given: Mapping[str, Any]) -> Iterator[Disagreement]:
    if not isinstance(given.get("steps"), Mapping):
        return
    needed = {
        "validate_data": is_on(given.get("validation")),
        "explain": is_on(given.get("explanation")),
        "test_endpoint": is_on(given.get("endpoint")) and is_on(_of(given, "endpoint", "test")),
    }
    for step, is_needed in needed.items():
        if is_needed and given["steps"].get(step) is None:
            yield Disagreement(("steps",), f"needs {step}, since that step is configured")


def _without_resamples(given: Mapping[str, Any]) -> Iterator[Disagreement]:
    gate = given.get("gate")
    champion = _of(gate, "champion")
    compared = is_on(gate) and is_on(champion) and _of(champion, "interval") is not None
    if compared and _of(given, "evaluation", "resamples") == 0:
        words = "needs evaluation.resamples above 0, which its interval comes from"
        yield Disagreement(("gate", "champion", "interval"), words)


def _of_another_label(given: Mapping[str, Any]) -> Iterator[Disagreement]:
    label = _of(given, "features", "label")
    if not isinstance(label, Mapping):
        return
    known, other, kind = (
        (REGRESSION, CLASSIFICATION, "a label that is a number (it has no `positive`)")
        if label.get("positive") is None
        else (CLASSIFICATION, REGRESSION, "a label of two classes")
    )
    for key in (("gate", "metric"), ("model", "tune", "metric")):
        metric = _of(given, *key)
        if metric in other:
            words = f"{metric} is no metric of {kind}; there are {', '.join(known)}"
            yield Disagreement(key, words)
    algorithm = _of(given, "model", "algorithm")
    wrong = "logistic_regression" if label.get("positive") is None else "linear_regression"
    if algorithm == wrong:
        yield Disagreement(("model", "algorithm"), f"{wrong} is not for {kind}")
