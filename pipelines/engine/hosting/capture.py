"""Data capture: requests and responses as JSON lines in S3, in the form that SageMaker writes.

<DestinationS3Uri>/<endpoint>/<variant>/2026/11/21/09/31-05-123-<id>.jsonl    by the hour, UTC

Lines are held for a few seconds, so that an object has many; what is held when the engine is killed
is lost, as what an instance has not uploaded is on AWS.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.engine.jobs.transfer import split_uri
from pipelines.engine.s3.objects import ObjectStore
from pipelines.engine.wire.service import ServiceError

FLUSH_AFTER_S = 2.0
MAX_LINES = 1000
_CSV, _JSON = ("text/csv",), ("application/json",)

logger = logging.getLogger(__name__)


class Capture:
    """Captures what an endpoint's configuration says. Safe for threads."""

    def __init__(
        self,
        endpoint: str,
        config: Mapping[str, Any],
        objects: ObjectStore,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._config = config
        self._objects = objects
        self._now = now
        self._lock = threading.Lock()
        self._lines: dict[str, list[str]] = {}
        self._seen = 0
        self._timer: threading.Timer | None = None

    @property
    def enabled(self) -> bool:
        return bool(self._config) and self._config.get("EnableCapture", True)

    def add(
        self,
        variant: str,
        request: tuple[str, bytes],
        response: tuple[str, bytes],
        *,
        inference_id: str | None = None,
        custom_attributes: str | None = None,
    ) -> None:
        """Capture a request and its response (content type and body), if it is in the sample."""
        with self._lock:
            if not self.enabled or not self._sampled():
                return
            line = self._line(request, response, inference_id, custom_attributes)
            self._lines.setdefault(variant, []).append(line)
            full = len(self._lines[variant]) >= MAX_LINES
            if self._timer is None:
                self._timer = threading.Timer(FLUSH_AFTER_S, self.flush)
                self._timer.daemon = True
                self._timer.start()
        if full:
            self.flush()

    def flush(self) -> None:
        """Store what is held."""
        with self._lock:
            lines, self._lines = self._lines, {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for variant, held in lines.items():
            self._store(variant, "".join(held))

    def _sampled(self) -> bool:
        """Whether the next request is in the sample: evenly, and so the same ones each time."""
        share = self._config["InitialSamplingPercentage"] / 100
        before, self._seen = int(self._seen * share), self._seen + 1
        return int(self._seen * share) > before

    def _line(
        self,
        request: tuple[str, bytes],
        response: tuple[str, bytes],
        inference_id: str | None,
        custom_attributes: str | None,
    ) -> str:
        modes = {option["CaptureMode"] for option in self._config["CaptureOptions"]}
        both = "InputAndOutput" in modes
        data: dict[str, Any] = {}
        if both or "Input" in modes:
            data["endpointInput"] = self._side("INPUT", *request)
        if both or "Output" in modes:
            data["endpointOutput"] = self._side("OUTPUT", *response)
        metadata: dict[str, Any] = {
            "eventId": str(uuid.uuid4()),
            "inferenceTime": f"{self._moment():%Y-%m-%dT%H:%M:%SZ}",
        }
        if inference_id is not None:
            metadata["inferenceId"] = inference_id
        if custom_attributes is not None:
            metadata["customAttributes"] = [custom_attributes]
        event = {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}
        return json.dumps(event) + "\n"

    def _side(self, mode: str, content_type: str, body: bytes) -> dict[str, Any]:
        kinds = self._config.get("CaptureContentTypeHeader", {})
        side = {"observedContentType": content_type, "mode": mode}
        if content_type in kinds.get("CsvContentTypes", _CSV):
            return {**side, "data": body.decode("utf-8", "replace"), "encoding": "CSV"}
        if content_type in kinds.get("JsonContentTypes", _JSON):
            return {**side, "data": body.decode("utf-8", "replace"), "encoding": "JSON"}
        return {**side, "data": base64.b64encode(body).decode("ascii"), "encoding": "BASE64"}

    def _store(self, variant: str, text: str) -> None:
        moment = self._moment()
        name = f"{moment:%M-%S}-{moment.microsecond // 1000:03d}-{uuid.uuid4().hex[:8]}.jsonl"
        bucket, prefix = split_uri(self._config["DestinationS3Uri"].rstrip("/"))
        parts = (*([prefix] if prefix else []), self._endpoint, variant, f"{moment:%Y/%m/%d/%H}")
        path = self._objects.new_path()
        path.write_text(text, encoding="utf-8")
        try:
            self._objects.put_file(bucket, "/".join((*parts, name)), path, move=True)
        except (ServiceError, OSError) as error:  # who asked has been answered all the same
            logger.error("%s: what was captured cannot be stored: %s", self._endpoint, error)
            path.unlink(missing_ok=True)

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)
