"""Whether a model can be made again: from the same code and configuration, the same bytes? Pure.

The training job's archive is packed by SageMaker, which writes times into it; so archives are
compared by the files that they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.errors import InputError
from pipelines.execution.model_files import ModelFiles
from pipelines.execution.registry import Registered
from pipelines.template.parts import DIRTY


@dataclass(frozen=True)
class Comparison:
    """A model and the one that was made again.

    Attributes:
        differing: the files that are not the same, or are in one archive only.
        why: what the two were made from that is not the same either.
    """

    differing: tuple[str, ...]
    why: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether every byte of the model is the same."""
        return not self.differing


def check_deployed(
    model: Registered, *, code_sha256: str, configuration_sha256: str, environment: str
) -> None:
    """Refuse to reproduce with other code or another configuration than made the model.

    Args:
        code_sha256, configuration_sha256: of what is deployed.

    Raises:
        InputError: they are not the model's; it says what to check out and deploy.
    """
    changed = [
        what
        for what, recorded, deployed in (
            ("code", model.get("code_sha256"), code_sha256),
            ("configuration", model.get("configuration_sha256"), configuration_sha256),
        )
        if recorded != deployed
    ]
    if not changed:
        return
    raise InputError(
        f"{model.arn} was made with another {' and another '.join(changed)} than is deployed in "
        f"{environment}",
        hint=_how_to_go_back(model, environment),
    )


def _how_to_go_back(model: Registered, environment: str) -> str:
    commit = model.get("git_commit")
    if not commit:
        return (
            "The commit that it was made from is not known; its code is named by its digest: "
            f"{model.get('code_sha256')}"
        )
    clean = commit.removesuffix(DIRTY)
    back = f"git checkout {clean} && python -m pipelines deploy {environment} BUCKET"
    if commit != clean:
        return f"Its tree was {clean}, with changes that were not committed: {back} comes nearest."
    return f"Go back to its commit: {back}"


def compare(
    model: Registered, before: ModelFiles, output: Mapping[str, Any], now: ModelFiles
) -> Comparison:
    """Compare the files of a model with those of the model that was made again.

    Args:
        before, now: the two archives.
        output: of the execution that made it again (pipelines/steps/only_measured.py).
    """
    names = sorted(before.members.keys() | now.members.keys())
    differing = tuple(name for name in names if before.members.get(name) != now.members.get(name))
    return Comparison(differing, tuple(_why(model, output)) if differing else ())


def _why(model: Registered, output: Mapping[str, Any]) -> Iterator[str]:
    """What the two were made from that differs, as far as it is recorded."""
    data = output.get("data") or {}
    for role in ("training", "test"):
        before, now = model.get(f"{role}_sha256"), data.get(f"{role}_sha256")
        if before and now and before != now:
            yield f"the {role} data have been changed since: {before[:12]} then, {now[:12]} now"
    before, now = model.get("packages"), str(output.get("packages", ""))
    if before and now and before != now:
        yield f"the packages are others: {before} then, {now} now"
