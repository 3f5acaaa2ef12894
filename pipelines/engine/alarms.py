"""What CloudWatch's alarms say, for what is to be turned back when one of them rings."""

from __future__ import annotations

from pipelines.engine.calls import Calls


def alarm_state(calls: Calls, name: str, region: str) -> str | None:
    """An alarm's state: OK, ALARM or INSUFFICIENT_DATA; None if there is no such alarm.

    Raises:
        ServiceError: CloudWatch does not answer.
    """
    found = calls.call("cloudwatch", "DescribeAlarms", {"AlarmNames": [name]}, region=region)
    alarms = [*found.get("MetricAlarms", ()), *found.get("CompositeAlarms", ())]
    return str(alarms[0]["StateValue"]) if alarms else None
