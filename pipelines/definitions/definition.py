"""A pipeline's definition as a value: the document, its steps, and what input it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.sdk import Graph, Origin, State
from pipelines.steps.step import Step

# The order that a reader wants: what it is, what it does, what goes in and out, where it leads.
_FIELDS = (
    "Comment",
    "StartAt",
    "Type",
    "QueryLanguage",
    "Resource",
    "InputPath",
    "Parameters",
    "Arguments",
    "Branches",
    "Seconds",
    "SecondsPath",
    "ResultSelector",
    "ResultPath",
    "OutputPath",
    "Output",
    "TimeoutSeconds",
    "TimeoutSecondsPath",
    "HeartbeatSeconds",
    "Choices",
    "Default",
    "Error",
    "ErrorPath",
    "Cause",
    "CausePath",
    "Retry",
    "Catch",
    "Next",
    "End",
    "States",
)


@dataclass(frozen=True)
class Definition:
    """A pipeline in the Amazon States Language, and what belongs to it.

    Attributes:
        document: The definition; `${Name}` in a string is bound when the stack is deployed.
        code_digest: of the code bundle that its jobs run.
        steps: The Task states, with their permissions.
        input_schema: JSON Schema of the execution's input.
        origins: The lines of our code that made each state, by its name, the innermost first.
    """

    pipeline: str
    code_digest: str
    document: Mapping[str, Any]
    steps: tuple[Step, ...]
    input_schema: Mapping[str, Any]
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict, compare=False)

    @property
    def answers(self) -> Mapping[str, Any]:
        """JSON Schemas of what states get, by name, where that is more than a service tells."""
        return {step.name: step.answer for step in self.steps if step.answer is not None}

    def made_at(self, state: str | None) -> tuple[str, int] | None:
        """The file, from the project's root, and the line that made a state, if that is known.

        That is where its step is written, or else where the definition makes the state itself.
        """
        made_by = self.origins.get(state or "", ())
        steps = [origin for origin in made_by if origin.module.startswith("pipelines.steps.")]
        own = [origin for origin in made_by if origin.module.startswith("pipelines.definitions.")]
        for origin in (*steps[-1:], *own[:1]):
            return f"{origin.module.replace('.', '/')}.py", origin.line
        return None


def render(start: State, comment: str) -> dict[str, Any]:
    """The document of the states that are reachable from `start`."""
    return _scope(Graph(start, comment=comment).to_dict())


def canonical(document: Mapping[str, Any]) -> str:
    """A document as JSON text, the one form in which it is written and compared."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _scope(document: Mapping[str, Any]) -> dict[str, Any]:
    """A machine, or a branch: its states, and what they hold, in the order of the fields."""
    states = {name: _state(state) for name, state in document["States"].items()}
    return _ordered({**document, "States": states})


def _state(fields: Mapping[str, Any]) -> dict[str, Any]:
    if "Branches" in fields:
        fields = {**fields, "Branches": [_scope(branch) for branch in fields["Branches"]]}
    return _ordered(fields)


def _ordered(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: fields[key] for key in sorted(fields, key=_FIELDS.index)}
