"""Lineage, both ways: what made this model, and what did this data, commit or model make. Pure.

A model package records digests and places of all that it was made from. What somebody asks about
is therefore looked for among what the packages record: nothing else is kept, and nothing else can
disagree with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.execution.registry import Registered

# What a recorded value is a fact about, in the order in which one asks.
ROLES = {
    "execution_arn": "execution",
    "git_commit": "commit",
    "code_sha256": "code",
    "configuration_sha256": "configuration",
    "image": "image",
    "training_data": "training data",
    "training_sha256": "training data",
    "test_data": "test data",
    "test_sha256": "test data",
    "preprocessor_sha256": "preprocessor",
    "model_sha256": "model",
    "parent_model": "parent",
}
# As short as git writes a commit.
_DIGEST = re.compile(r"[0-9a-f]{7,64}(-dirty)?")


@dataclass(frozen=True)
class Match:
    """A model that something had a part in.

    Attributes:
        roles: which part; empty if it is the model itself, or its execution, that was asked about.
    """

    model: Registered
    roles: tuple[str, ...] = ()


def is_digest(what: str) -> bool:
    """Whether it can be a digest or a commit, or the beginning of one.

    >>> is_digest("c0ffee1"), is_digest("monday"), is_digest("c0ffee1-dirty")
    (True, False, True)
    """
    return _DIGEST.fullmatch(what.lower()) is not None


def is_asked_by_content(what: str) -> bool:
    """Whether it names data, code or a commit, of which there may be no model at all."""
    return what.startswith("s3://") or is_digest(what)


def find(models: Iterable[Registered], what: str) -> list[Match]:
    """The models that `what` is, or had a part in.

    Args:
        what: a model package's ARN or version, an execution's ARN or name, an S3 URI, a digest or
            a commit, or the beginning of one.
    """
    models = list(models)
    itself = [Match(model) for model in models if _is(model, what)]
    if itself:
        return itself
    return [Match(model, roles) for model in models if (roles := _roles(model, what))]


def ancestors(model: Registered, models: Iterable[Registered]) -> list[str]:
    """The ARNs of the models whose place it took, one after the other, the nearest first."""
    by_arn = {each.arn: each for each in models}
    line: list[str] = []
    parent = model.get("parent_model")
    while parent and parent not in line:
        line.append(parent)
        parent = by_arn[parent].get("parent_model") if parent in by_arn else ""
    return line


def children(model: Registered, models: Iterable[Registered]) -> list[Registered]:
    """The models that were to take its place."""
    return [each for each in models if each.get("parent_model") == model.arn]


def differences(one: Registered, other: Registered) -> Sequence[str]:
    """The parts in which two models were made from something else."""
    keys = [key for key in ROLES if key not in ("execution_arn", "parent_model")]
    return tuple(dict.fromkeys(ROLES[key] for key in keys if one.get(key) != other.get(key)))


def _is(model: Registered, what: str) -> bool:
    return (
        what == model.arn
        or what == str(model.version)
        or what == model.get("execution_arn")
        or (what == model.execution != "")
    )


def _roles(model: Registered, what: str) -> tuple[str, ...]:
    roles = [role for key, role in ROLES.items() if _matches(key, model.get(key), what)]
    if what.startswith("s3://") and what == model.archive:
        roles.append(ROLES["model_sha256"])
    return tuple(dict.fromkeys(roles))


def _matches(key: str, value: str, what: str) -> bool:
    if not value:
        return False
    if key.endswith(("_sha256", "_commit")):
        return is_digest(what) and value.startswith(what.lower())
    return value.rstrip("/") == what.rstrip("/")
