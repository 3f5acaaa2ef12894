"""What TestState shows of a Map beside its result: its items, and how it would go through them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.interpreter import JumpingClock
from pipelines.asl.interpreter.distributed import is_distributed
from pipelines.asl.interpreter.distributed.batches import batched
from pipelines.asl.interpreter.history import History
from pipelines.asl.interpreter.run import Frame, Run
from pipelines.asl.interpreter.visit import Visit
from pipelines.asl.interpreter.walk import visit_of, walk
from pipelines.asl.json_text import dumps
from pipelines.engine.executions.trial import Trial

NUMBERS = {
    "maxConcurrency": "MaxConcurrency",
    "toleratedFailureCount": "ToleratedFailureCount",
    "toleratedFailurePercentage": "ToleratedFailurePercentage",
}
"""Members of InspectionData that are numbers, and the fields that they show."""


def map_stages(trial: Trial) -> Iterator[tuple[str, Any]]:
    """The members of InspectionData that only a Map has, as far as its fields lead to them.

    What an ItemReader would read is not there, and so is not shown.

    Raises:
        StateError: a field cannot be evaluated.
    """
    visit = _visit(trial)
    for member, field in NUMBERS.items():
        if field in visit.fields or f"{field}Path" in visit.fields:
            yield member, visit.number(field)
    if "ItemReader" in visit.fields:
        return
    items = visit.items(objects=is_distributed(visit.state))
    if visit.state.language == "JSONPath":
        yield "afterItemsPath", items
    inputs = list(_inputs(visit, items))
    if "ItemSelector" in visit.fields:
        yield "afterItemSelector", inputs
    if "ItemBatcher" in visit.fields:
        batcher = visit.settings("ItemBatcher")
        yield "afterItemBatcher", [batch.input for batch in batched(inputs, batcher)]


def _inputs(visit: Visit, items: Any) -> Iterator[Any]:
    """What ItemSelector makes of the items of an array, or of an object's members."""
    members = items.items() if isinstance(items, Mapping) else ((None, item) for item in items)
    for index, (key, item) in enumerate(members):
        described = {"Index": index, "Value": item, **({} if key is None else {"Key": key})}
        frame = visit.frame.within(index, Map={"Item": described})
        yield visit.item_input(frame, item if key is None else {"Key": key, "Value": item})


def _visit(trial: Trial) -> Visit:
    """A visit of the Map as it stands in its definition, of which no event tells."""
    clock = JumpingClock(trial.now)
    run = Run(
        tasks=trial.tasks,
        clock=clock,
        history=History(lambda event: None, clock),
        chance=random.Random(trial.seed),
        walk=walk,
        input=trial.input,
        input_text=dumps(trial.input),
    )
    execution = {"Input": trial.input, **trial.context["Execution"]}
    frame = Frame(run, {**trial.context, "Execution": execution}, dict(trial.variables))
    frame.enter(trial.state)
    return visit_of(trial.state, trial.input, frame)
