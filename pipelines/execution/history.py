"""The events of an execution, as they come: each one once, and in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.patience import Patience

Event = Mapping[str, Any]

_PAGE = 1000


class History:
    """Reads on where the last call stopped."""

    def __init__(self, stepfunctions: Any, execution_arn: str, patience: Patience) -> None:
        self._read = stepfunctions.get_execution_history
        self._arn = execution_arn
        self._patience = patience
        # The token of the last page, which new events are appended to; None: the first page.
        self._page: str | None = None
        self._last_id = 0

    def new_events(self) -> list[Event]:
        """What has happened since the last call.

        Raises:
            AwsError
        """
        new: list[Event] = []
        while True:
            at = {} if self._page is None else {"nextToken": self._page}
            answer = self._patience.call(
                self._read,
                executionArn=self._arn,
                maxResults=_PAGE,
                includeExecutionData=True,
                **at,
            )
            new += [event for event in answer["events"] if event["id"] > self._last_id]
            if new:
                self._last_id = new[-1]["id"]
            if not answer.get("nextToken"):
                return new
            self._page = answer["nextToken"]
