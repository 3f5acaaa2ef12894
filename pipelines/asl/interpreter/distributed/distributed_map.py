"""The Map state in DISTRIBUTED mode: reads, batches, runs its children, and writes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from pipelines.asl.errors import StateError
from pipelines.asl.interpreter.attempts import attempt_until_done
from pipelines.asl.interpreter.distributed.batches import batched
from pipelines.asl.interpreter.distributed.children import Children
from pipelines.asl.interpreter.distributed.map_run import MapRun, Status, child_of, map_run_arn
from pipelines.asl.interpreter.distributed.reading import Item, read_items, require_whole
from pipelines.asl.interpreter.distributed.results import result_of
from pipelines.asl.interpreter.distributed.seam import items_of, map_runs_of
from pipelines.asl.interpreter.history import HistoryFull, failure_details
from pipelines.asl.interpreter.past import Past
from pipelines.asl.interpreter.visit import Transition, Visit
from pipelines.asl.jsonata import QUERY_EVALUATION_ERROR, JsonataError, type_name
from pipelines.asl.model import State


def is_distributed(state: State) -> bool:
    """Whether a Map state's iterations are executions of their own."""
    return _processor_config(state).get("Mode") == "DISTRIBUTED"


def _processor_config(state: State) -> dict[str, Any]:
    processor = state.fields.get("ItemProcessor", state.fields.get("Iterator", {}))
    config: dict[str, Any] = processor.get("ProcessorConfig", {})
    return config


async def run_distributed_map(visit: Visit) -> Transition:
    """Map: what came of its child executions, or where that was written to."""
    return await _DistributedMap(visit).run()


class _DistributedMap:
    """One visit of the state."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._frame = visit.frame
        self._map_runs = map_runs_of(visit.frame.run.tasks)
        self._store = items_of(visit.frame.run.tasks)
        self._started = False

    async def run(self) -> Transition:
        return await attempt_until_done(self._visit, self._attempt, self._give_up)

    def _give_up(self, error: StateError) -> None:
        if self._started or error.error == QUERY_EVALUATION_ERROR:
            self._frame.fail("MapStateFailed")

    async def _attempt(self, past: Past) -> Any:
        """The Map's result, by a Map Run of its own.

        Raises:
            StateError: there are no items, too many children failed, or nothing could be written.
        """
        self._started = past.started
        visit, frame = self._visit, self._frame
        max_concurrency = int(visit.number("MaxConcurrency"))
        items = [] if "ItemReader" in visit.fields else _items(visit.items(objects=True))
        if not past.started:
            frame.record("MapStateStarted", {"length": len(items)})
        reader = self._reader()
        run = self._map_run(max_concurrency, past)
        self._started = True
        self._map_runs.started(run)
        try:
            self._raise_if_failed(past)
            if reader is not None:
                items = read_items(reader, self._store)
            result = await self._result(run, items)
        except StateError as error:
            reported = frame.reported(error)
            if "MapRunFailed" not in past.map_run:
                details = failure_details(reported.error, reported.cause)
                frame.record("MapRunFailed", details)
            self._end(run, "FAILED")
            raise reported from None
        except asyncio.CancelledError:
            with contextlib.suppress(HistoryFull):
                frame.record("MapRunAborted")
            self._end(run, "ABORTED")
            raise
        if "MapRunSucceeded" not in past.map_run:
            frame.record_beside("MapRunSucceeded")
        self._end(run, "SUCCEEDED")
        if not past.succeeded:
            # On AWS it follows MapRunSucceeded, and the state's end MapRunStarted.
            frame.record_beside("MapStateSucceeded", after=frame.beside_id)
        return result

    def _raise_if_failed(self, past: Past) -> None:
        if "MapRunFailed" in past.map_run:
            details = past.map_run["MapRunFailed"]
            raise StateError(details.get("error"), details.get("cause"))

    def _map_run(self, max_concurrency: int, past: Past) -> MapRun:
        """The Map Run of this attempt: a new one, or the one that it goes on with."""
        visit, frame = self._visit, self._frame
        count = percentage = None
        for suffix in ("", "Path"):
            if f"ToleratedFailureCount{suffix}" in visit.fields:
                count = int(visit.number("ToleratedFailureCount"))
            if f"ToleratedFailurePercentage{suffix}" in visit.fields:
                percentage = float(visit.number("ToleratedFailurePercentage"))
        execution_arn = str(frame.context["Execution"].get("Id", ""))
        known = past.map_run
        if "MapRunStarted" in known:
            arn = str(known["MapRunStarted"]["mapRunArn"])
        else:
            retry_count = frame.context["State"].get("RetryCount", 0)
            arn = map_run_arn(
                execution_arn,
                str(frame.context["StateMachine"].get("Id", "")),
                f"{frame.entered_id}.{retry_count}",
                str(visit.fields.get("Label", "")),
            )
            frame.record("MapRunStarted", {"mapRunArn": arn})
        run = MapRun(arn, execution_arn, max_concurrency, count, percentage, frame.run.clock.now())
        run.redrive_count = known.get("redrives", 0)
        if run.redrive_count and "MapRunRedriven" not in known:
            details = {"mapRunArn": arn, "redriveCount": run.redrive_count}
            frame.record("MapRunRedriven", details)
        return run

    def _reader(self) -> Mapping[str, Any] | None:
        """The ItemReader, evaluated, as it is before the Map Run starts; None: there is none."""
        fields = self._visit.fields
        if "ItemReader" not in fields:
            return None
        reader = self._visit.settings("ItemReader")
        path = fields["ItemReader"].get("ReaderConfig", {}).get("MaxItemsPath")
        if path is not None:
            require_whole(reader["ReaderConfig"]["MaxItems"], path)
        return reader

    async def _result(self, run: MapRun, items: list[Item]) -> Any:
        visit = self._visit
        batcher = visit.settings("ItemBatcher") if "ItemBatcher" in visit.fields else None
        express = _processor_config(visit.state).get("ExecutionType") == "EXPRESS"
        inputs = (self._input(number, item) for number, item in enumerate(items))
        run.plan(
            [
                child_of(run.arn, index, batch.input, batch.items, express=express)
                for index, batch in enumerate(batched(inputs, batcher))
            ]
        )
        writer = visit.settings("ResultWriter") if "ResultWriter" in visit.fields else None
        [scope] = visit.state.scopes
        redriven = run.redrive_count > 0
        children = Children(run, self._frame, scope, self._map_runs, redriven=redriven)
        try:
            await children.work_off()
        except StateError:
            if writer is not None:
                result_of(run, writer, self._store)  # what came of it is worth the more
            raise
        return result_of(run, writer, self._store)

    def _input(self, index: int, item: Item) -> Any:
        """What ItemSelector makes of an item."""
        described = {"Index": index, "Value": item.value, "Source": item.source}
        value = item.value
        if item.key is not None:
            described["Key"] = item.key
            value = {"Key": item.key, "Value": item.value}
        frame = self._frame.within(index, Map={"Item": described})
        return self._visit.item_input(frame, value)

    def _end(self, run: MapRun, status: Status) -> None:
        run.status, run.ended_at = status, self._frame.run.clock.now()
        self._map_runs.ended(run)


def _items(values: Any) -> list[Item]:
    """The items of an array, or of an object: each of its members is one, with its key.

    Raises:
        JsonataError: the state's input, which no field selects from, is neither.
    """
    if isinstance(values, dict):
        return [Item(value, key=key) for key, value in values.items()]
    if not isinstance(values, list):
        raise JsonataError(f"Map state input must be an array but was: {type_name(values)}")
    return [Item(value) for value in values]
