"""The rules of a bus, and what becomes of an event that one of them matches.

A delivery that fails is said in the engine's log, and only there: EventBridge tells the sender of
an event nothing of its targets either.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.engine.calls import ACCOUNT, Calls
from pipelines.engine.events.inputs import Event, input_of
from pipelines.engine.events.patterns import matches, read_pattern
from pipelines.engine.wire.service import ServiceError

DEFAULT = "default"
# An event that goes on from bus to bus in a circle ends here.
_MOST_BUSES = 5

logger = logging.getLogger(__name__)


def new_event(
    source: str,
    detail_type: str,
    detail: Mapping[str, Any],
    *,
    region: str,
    resources: list[str],
    at: float | None = None,
) -> dict[str, Any]:
    """An event as its rules and targets see it; `at` is in seconds since the epoch, or now."""
    when = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "region": region,
        "resources": resources,
        "detail": detail,
    }


class EventBus:
    """Delivers events to the targets of the rules that they match. Safe for threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        # What delivers a text to a target, by the service in the target's ARN.
        self._deliveries: Mapping[str, Callable[[Mapping[str, Any], str], None]] = {
            "logs": self._to_log_group,
            "sns": self._to_topic,
            "sqs": self._to_queue,
            "states": self._to_state_machine,
        }

    def send(self, event: Event, bus: str = DEFAULT, *, buses: int = 1) -> None:
        """Deliver an event to every target of the rules of a bus that it matches.

        Args:
            buses: how many it has been on, with this one.

        Raises:
            ServiceError: there is no such bus.
        """
        region = event["region"]
        listed = self._ask("ListRules", region, EventBusName=bus)
        for rule in listed.get("Rules", ()):
            if rule.get("State") == "DISABLED" or not rule.get("EventPattern"):
                continue
            if not matches(read_pattern(rule["EventPattern"]), event):
                continue
            targets = self._ask("ListTargetsByRule", region, Rule=rule["Name"], EventBusName=bus)
            for target in targets.get("Targets", ()):
                self._deliver(rule, target, event, buses)

    def _deliver(
        self, rule: Mapping[str, Any], target: Mapping[str, Any], event: Event, buses: int
    ) -> None:
        arn: str = target["Arn"]
        service = arn.split(":")[2]
        try:
            if service == "events":
                self._to_bus(arn, event, buses)
            else:
                self._deliveries[service](target, input_of(target, event, rule))
        except ServiceError as error:
            logger.error(
                "the rule %s could not deliver the event %s to %s: %s (%s)",
                *(rule["Name"], event["id"], arn, error.message, error.code),
            )
        except Exception:  # a bug of ours: the other targets have theirs all the same
            logger.exception("the rule %s, the target %s", rule["Name"], arn)

    def _to_state_machine(self, target: Mapping[str, Any], text: str) -> None:
        arn = target["Arn"]
        self._call("states", "StartExecution", arn, stateMachineArn=arn, input=text)

    def _to_topic(self, target: Mapping[str, Any], text: str) -> None:
        self._call("sns", "Publish", target["Arn"], TopicArn=target["Arn"], Message=text)

    def _to_queue(self, target: Mapping[str, Any], text: str) -> None:
        arn = target["Arn"]
        url = self._call("sqs", "GetQueueUrl", arn, QueueName=arn.split(":")[5])["QueueUrl"]
        group = target.get("SqsParameters") or {}
        self._call("sqs", "SendMessage", arn, QueueUrl=url, MessageBody=text, **group)

    def _to_log_group(self, target: Mapping[str, Any], text: str) -> None:
        arn = target["Arn"]
        names = {"logGroupName": arn.split(":")[6], "logStreamName": str(uuid.uuid4())}
        self._call("logs", "CreateLogStream", arn, **names)
        line = {"timestamp": round(time.time() * 1000), "message": text}
        self._call("logs", "PutLogEvents", arn, **names, logEvents=[line])

    def _to_bus(self, arn: str, event: Event, buses: int) -> None:
        if buses == _MOST_BUSES:
            logger.error("the event %s was on %d buses; it goes no further", event["id"], buses)
            return
        self.send({**event, "region": arn.split(":")[3]}, arn.rpartition("/")[2], buses=buses + 1)

    def _ask(self, operation: str, region: str, **request: Any) -> dict[str, Any]:
        return self._calls.call("events", operation, request, region=region)

    def _call(self, service: str, operation: str, arn: str, **request: Any) -> dict[str, Any]:
        """Call an operation where the target is."""
        return self._calls.call(service, operation, request, region=arn.split(":")[3])
