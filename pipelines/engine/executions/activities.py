"""Activities: tasks that workers outside of the engine fetch, and answer by their tokens.

.local/activities/<region>/<name>.json
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import TaskCall
from pipelines.asl.json_text import dumps
from pipelines.engine.calls import request_region
from pipelines.engine.executions.requests import Request, arn_of, paginate, present, require_name
from pipelines.engine.files import folder_name, read_json, write_json
from pipelines.engine.wire.service import ServiceError
from pipelines.regions import partition

POLL_S = 60.0
"""How long GetActivityTask waits for a task."""
_HANDED_OVER_S = 10.0


@dataclass(eq=False)
class _Offer:
    """A task that waits for a worker; `taken` is called, from any thread, with a worker's name."""

    token: str
    input: str
    taken: Callable[[str | None], None]
    recorded: threading.Event = field(default_factory=threading.Event)


class Activities:
    """Keeps activities, and hands their tasks over. Safe for threads."""

    def __init__(self, root: Path, account: str) -> None:
        self._folder = root / "activities"
        self._account = account
        self._changed = threading.Condition()
        self._closed = False
        self._created: dict[str, float] = {}
        self._offers: dict[str, deque[_Offer]] = {}
        for path in sorted(self._folder.glob("*/*.json")):
            content = read_json(path)
            self._created[content["arn"]] = content["created"]
        self.operations: Mapping[str, Callable[[Request], dict[str, Any]]] = {
            "CreateActivity": self._create,
            "DeleteActivity": self._delete,
            "DescribeActivity": self._describe,
            "GetActivityTask": self._get_task,
            "ListActivities": self._list,
        }

    def close(self) -> None:
        """Let nobody wait for a task any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def has(self, arn: str) -> bool:
        """Whether there is the activity now."""
        return arn in self._created

    async def run(self, call: TaskCall) -> None:
        """Wait until a worker has fetched the task, and record that."""
        assert call.token is not None, "a task of an activity has a token"
        loop = asyncio.get_running_loop()
        started: asyncio.Future[None] = loop.create_future()

        def start(worker: str | None) -> None:
            if not started.done():
                call.record("ActivityStarted", present({"workerName": worker}))
                started.set_result(None)
            offer.recorded.set()

        offer = _Offer(
            token=call.token,
            input=dumps(call.parameters),
            taken=lambda worker: _call_soon(loop, start, worker),
        )
        with self._changed:
            offers = self._offers.setdefault(call.resource, deque())
            offers.append(offer)
            self._changed.notify_all()
        try:
            await started
        finally:
            with self._changed:
                if offer in offers:
                    offers.remove(offer)

    def _get_task(self, request: Request) -> dict[str, Any]:
        """The next task, once its start is in the history; nothing, if there is none in time."""
        arn = self._existing(request)
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._offers.get(arn)), POLL_S)
            offers = self._offers.get(arn)
            offer = offers.popleft() if offers else None
        if offer is None:
            return {}
        try:
            offer.taken(request.get("workerName"))
        except RuntimeError:  # the execution has just ended
            return {}
        offer.recorded.wait(_HANDED_OVER_S)
        return {"taskToken": offer.token, "input": offer.input}

    def _create(self, request: Request) -> dict[str, Any]:
        name = str(request.get("name", ""))
        require_name(name)
        region = request_region.get()
        arn = f"arn:{partition(region)}:states:{region}:{self._account}:activity:{name}"
        with self._changed:
            if arn not in self._created:
                path = self._path(arn)
                path.parent.mkdir(parents=True, exist_ok=True)
                created = time.time()
                write_json(path, {"arn": arn, "created": created})
                self._created[arn] = created
        return {"activityArn": arn, "creationDate": self._created[arn]}

    def _delete(self, request: Request) -> dict[str, Any]:
        arn = arn_of(request, "activityArn")
        with self._changed:
            if self._created.pop(arn, None) is not None:
                self._path(arn).unlink(missing_ok=True)
        return {}

    def _describe(self, request: Request) -> dict[str, Any]:
        return self._described(self._existing(request))

    def _list(self, request: Request) -> dict[str, Any]:
        region = request_region.get()
        arns = [arn for arn in self._created if arn.split(":")[3] == region]
        page, rest = paginate(sorted(arns), request)
        return {"activities": [self._described(arn) for arn in page], **rest}

    def _described(self, arn: str) -> dict[str, Any]:
        return {
            "activityArn": arn,
            "name": arn.rpartition(":")[2],
            "creationDate": self._created[arn],
        }

    def _existing(self, request: Request) -> str:
        arn = arn_of(request, "activityArn")
        if arn not in self._created:
            raise ServiceError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
        return arn

    def _path(self, arn: str) -> Path:
        return self._folder / arn.split(":")[3] / f"{folder_name(arn.rpartition(':')[2])}.json"


def _call_soon(
    loop: asyncio.AbstractEventLoop, start: Callable[[str | None], None], worker: str | None
) -> None:
    loop.call_soon_threadsafe(start, worker)
