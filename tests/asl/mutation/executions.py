"""Whether a change is a defect, by what becomes of executions that ended as they should."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pipelines.asl.model import Place, show
from pipelines.asl.simulation import Call, Fault, Simulation, TaskFailed, redrive, simulate
from pipelines.definitions.definition import Definition
from pipelines.testing.coverage import Coverage
from tests.asl.mutation.requests import request_shape
from tests.definitions.executions import EXECUTION, FakeAws
from tests.definitions.test_coverage import Rehearsal, catchers, inference, training

REFUSED = "States.RequestRefused"
"""The error of a request that its service would not take."""

AT_MOST = 2
"""As many executions as this, of those that pass through a state, try a change in it."""


class StrictAws:
    """Answers as a FakeAws does, but takes only requests that the service's model allows."""

    def __init__(self, aws: FakeAws) -> None:
        self._answer = aws.tasks["*"]
        self.has_refused = False

    @property
    def tasks(self) -> Mapping[str, Any]:
        """What simulate() takes."""
        return {"*": self.answer}

    def answer(self, request: dict[str, Any], call: Call) -> Any:
        """What the service answers.

        Raises:
            TaskFailed: the request is refused, or asks for a document that is not there.
        """
        problems = list(_problems(request_shape(call.resource), request, "request"))
        if problems:
            self.has_refused = True
            raise TaskFailed(REFUSED, "; ".join(problems))
        try:
            return self._answer(request, call)
        except (KeyError, ValueError) as error:
            # A document or a page that is not there: no matter of the definition's form.
            raise TaskFailed("NothingThere", str(error)) from None


@dataclass(frozen=True)
class Scenario:
    """What an execution meets, and how it ends in our definition as it is.

    Attributes:
        aws: the world before it; each execution is given a copy.
        is_redriven: whether it fails, and is then redriven without faults.
        ends: in success (None), or in this error.
        through: the places that took effect, as `show` writes them.
    """

    aws: FakeAws
    faults: tuple[Fault, ...] = ()
    input: Any = None
    is_redriven: bool = False
    ends: str | None = None
    through: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Executions:
    """Executions of a definition of one environment, which end as they should."""

    definition: Definition
    environment: str
    substitutions: Mapping[str, str]
    is_thorough: bool = True

    def passing(self, place: Place) -> Sequence[Scenario]:
        """The first scenarios that pass through the state that this place is in."""
        starts = [n for n, key in enumerate(place) if key == "States" and n + 1 < len(place)]
        state = show(place[: starts[-1] + 2])
        found = [each for each in self.scenarios if state in each.through]
        return found[:AT_MOST]

    def fail(self, document: Mapping[str, Any], place: Place) -> bool:
        """Whether an execution through this place gets an error of the language's that it did
        not get before, or a request of it is refused."""
        return any(self.fails(document, each) for each in self.passing(place))

    def fails(self, document: Mapping[str, Any], scenario: Scenario) -> bool:
        """Whether this one does, be the error caught or not."""
        run, aws = self._run(document, scenario)
        is_new = run.error != scenario.ends and (run.error or "").startswith("States.")
        is_caught = any(event["type"] == "EvaluationFailed" for event in run.history)
        return is_new or is_caught or aws.has_refused

    @cached_property
    def scenarios(self) -> Sequence[Scenario]:
        """Those by which the definitions' tests exercise every state, and every catcher."""
        if not self.is_thorough:
            plain = (Scenario(FakeAws(packages=[])), Scenario(FakeAws(empty_pages=1)))
            return [self._with_its_end(each) for each in plain]
        recorder = _Recorder(self.environment, self.definition.pipeline, Coverage())
        recorder.run(FakeAws(packages=[]) if recorder.pipeline == "training" else FakeAws())
        (training if recorder.pipeline == "training" else inference)(recorder)
        catchers(recorder)
        return [self._with_its_end(each) for each in recorder.scenarios]

    def _with_its_end(self, scenario: Scenario) -> Scenario:
        run, _ = self._run(self.definition.document, scenario)
        return replace(scenario, ends=run.error, through=run.exercised)

    def _run(self, document: Any, scenario: Scenario) -> tuple[Simulation, StrictAws]:
        text = json.dumps(document)
        for name, value in self.substitutions.items():
            text = text.replace(f"${{{name}}}", value)
        aws = StrictAws(_copied(scenario.aws))
        run = simulate(
            json.loads(text),
            scenario.input or {},
            tasks=aws.tasks,
            faults=scenario.faults,
            context={"Execution": EXECUTION},
            check=False,
        )
        if scenario.is_redriven and run.status != "SUCCEEDED":
            run = redrive(run, tasks=aws.tasks)
        return run, aws


class _Recorder(Rehearsal):
    """Takes down what the definitions' own tests let executions meet."""

    def __init__(self, name: str, pipeline: str, coverage: Coverage) -> None:
        super().__init__(name, pipeline, coverage)
        self.scenarios: list[Scenario] = []

    def run(self, aws: FakeAws, *faults: Fault, input: Any = None) -> Simulation:
        before = Scenario(_copied(aws), faults, input)
        done = super().run(aws, *faults, input=input)
        self.scenarios.append(before)
        return done

    def again(self, run: Simulation, aws: FakeAws, *faults: Fault) -> Simulation:
        self.scenarios.append(replace(self.scenarios[-1], is_redriven=True))
        return super().again(run, aws, *faults)


def _copied(aws: FakeAws) -> FakeAws:
    """A world of its own, but for the locks of the task tokens, of which there are none here."""
    return deepcopy(aws, {id(aws.hosting.callbacks): aws.hosting.callbacks})


def _problems(shape: Any, value: Any, where: str) -> Iterator[str]:
    """What in a value is not of the shape: members, types, enums, patterns, bounds."""
    types: dict[str, Any] = {
        "structure": dict,
        "map": dict,
        "list": list,
        "string": str,
        "boolean": bool,
    }
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
