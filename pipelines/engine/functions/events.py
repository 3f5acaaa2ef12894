"""Events that nobody waits for: each is kept on disk until its function has taken it, or failed.

.local/functions/<region>/<function>/events/<request id>.json

As on AWS, an event is delivered at least once, and tried twice more when the function fails.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from pipelines.engine.files import read_json, write_json
from pipelines.engine.functions.environment import Cancelled
from pipelines.engine.functions.environments import function_folder
from pipelines.engine.functions.functions import Functions
from pipelines.engine.functions.invocations import Invocations
from pipelines.engine.wire.service import ServiceError
from pipelines.signals import Signal

RETRY_AFTER_S = (60.0, 120.0)
"""How long Lambda waits before the second and the third attempt."""

logger = logging.getLogger(__name__)


class Events:
    """The events that wait for their functions. Safe for threads."""

    def __init__(
        self,
        root: Path,
        functions: Functions,
        invocations: Invocations,
        retry_after_s: Sequence[float] = RETRY_AFTER_S,
    ) -> None:
        self._root = root
        self._functions = functions
        self._invocations = invocations
        self._waits = (*retry_after_s, None)
        self._stop = Signal()
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()

    def add(self, arn: str, payload: str, request_id: str) -> None:
        """Take an event for the function with this ARN; when this returns, it will be delivered."""
        _, configuration, _ = self._functions.find(arn, None, "")
        home = function_folder(self._root, configuration.region, configuration.name)
        path = home / "events" / f"{request_id}.json"
        path.parent.mkdir(exist_ok=True)
        write_json(path, {"arn": arn, "payload": payload})
        self._deliver_later(path)

    def recover(self) -> None:
        """Deliver what an engine that ended has left."""
        for path in sorted(self._root.glob("*/*/events/*.json")):
            self._deliver_later(path)

    def close(self) -> None:
        """Deliver no more; what is being delivered is delivered again by the next engine."""
        self._stop.set()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _deliver_later(self, path: Path) -> None:
        thread = threading.Thread(
            target=self._deliver, args=(path,), name=f"event-{path.stem}", daemon=True
        )
        with self._lock:
            if self._stop.is_set():
                return
            self._threads.add(thread)
        thread.start()

    def _deliver(self, path: Path) -> None:
        try:
            event = read_json(path)
            for wait_s in self._waits:
                if self._succeeds(event["arn"], event["payload"], path.stem):
                    break
                if wait_s is not None and self._stop.wait(wait_s):
                    return
            path.unlink(missing_ok=True)
        except Cancelled:
            return
        except ServiceError as error:  # the function is gone
            logger.info("%s: %s", path, error.message)
            path.unlink(missing_ok=True)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _succeeds(self, arn: str, payload: str, request_id: str) -> bool:
        _, configuration, _ = self._functions.find(arn, None, "")
        result = self._invocations.invoke(
            configuration, payload, arn=arn, stop=self._stop, request_id=request_id
        )
        return not result.failed
