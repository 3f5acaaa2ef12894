"""Whether a change is a defect, by what becomes of executions that ended as they should."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.asl.interpreter import TaskCall, TaskFailed
from pipelines.asl.simulation import simulate
from pipelines.definitions.definition import Definition
from tests.asl.mutation.requests import request_shape
from tests.definitions.executions import BUCKET, FakeAws, model_package

REFUSED = "States.RequestRefused"
"""The error of a request that its service would not take."""

_INPUTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "training": (
        {},
        {
            "training_data": f"s3://{BUCKET}/data/more.csv",
            "test_data": f"s3://{BUCKET}/data/test.csv",
        },
    ),
    "inference": (
        {},
        {
            "inference_data": f"s3://{BUCKET}/data/rows.csv",
            "model_package": "{group}/3",
        },
    ),
}


class StrictAws(FakeAws):
    """Answers as FakeAws does, but takes only requests that the service's model allows."""

    async def run(self, call: TaskCall) -> Any:
        problems = list(_problems(request_shape(call.resource), call.parameters, "request"))
        if problems:
            raise TaskFailed(REFUSED, "; ".join(problems))
        try:
            return await super().run(call)
        except (KeyError, ValueError) as error:
            # A document or a page that is not there: no matter of the definition's form.
            raise TaskFailed("NothingThere", str(error)) from None


@dataclass(frozen=True)
class Executions:
    """Executions of a definition that end as they should."""

    definition: Definition
    substitutions: Mapping[str, str]

    @property
    def inputs(self) -> Iterator[Mapping[str, Any]]:
        """Inputs that the definition's schema allows."""
        group = self.substitutions["ModelPackageArn"]
        for each in _INPUTS[self.definition.pipeline]:
            yield {key: value.replace("{group}", group) for key, value in each.items()}

    def fail(self, document: Mapping[str, Any]) -> bool:
        """Whether one of them ends in an error of the language's, or a request is refused."""
        return any(
            (self.error(document, input, aws) or "").startswith("States.")
            for input in self.inputs
            for aws in self._fakes()
        )

    def error(self, document: Any, input: Any, aws: FakeAws) -> str | None:
        """The error that one execution ends in; None: it succeeds."""
        text = json.dumps(document)
        for name, value in self.substitutions.items():
            text = text.replace(f"${{{name}}}", value)
        return simulate(json.loads(text), input, tasks=aws, check=False).error

    def _fakes(self) -> Iterator[FakeAws]:
        arn = f"{self.substitutions['ModelPackageArn']}/7"
        yield StrictAws(packages=[model_package(ModelPackageArn=arn)])
        yield StrictAws(packages=[model_package(ModelApprovalStatus="PendingManualApproval")])
        yield StrictAws(packages=[model_package()], empty_pages=2)


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    """What in a value is not of the shape: members, types, enums, patterns, bounds."""
    types = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}
    expected = types.get(shape.type_name, (int, float))
    is_number = expected == (int, float)
    if not isinstance(value, expected) or (is_number and isinstance(value, bool)):
        yield f"{where} is no {shape.type_name}"
        return
    limits = shape.metadata
    size = value if is_number else 0 if isinstance(value, bool) else len(value)
    if not limits.get("min", size) <= size <= limits.get("max", size):
        yield f"{where} is beyond its bounds"
    if limits.get("enum") and value not in limits["enum"]:
        yield f"{where} is none of its values"
    pattern = limits.get("pattern", ".*")
    # Python's expressions have no classes of Unicode's like \\p{L}, which only tags have.
    if isinstance(value, str) and "\\p" not in pattern and not re.fullmatch(pattern, value, re.S):
        yield f"{where} does not match its pattern"
    if shape.type_name == "structure":
        yield from (f"{where}.{name} is missing" for name in {*shape.required_members} - {*value})
        for name, inner in value.items():
            if name in shape.members:
                yield from _problems(shape.members[name], inner, f"{where}.{name}")
            else:
                yield f"{where}.{name} is not known"
    elif shape.type_name == "list":
        for inner in value:
            yield from _problems(shape.member, inner, f"{where}[]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            yield from _problems(shape.value, inner, f"{where}.{key}")
