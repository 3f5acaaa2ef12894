"""Histories in AWS's own form, written by hand, and services that play them back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.aws import AwsError, Connection

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:demo-dev-training"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:demo-dev-training:monday"
BEGIN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def refused(code: str, reason: str = "") -> AwsError:
    return AwsError(f"{code}: {reason}", code=code, reason=reason)


class Script:
    """Writes a history, event by event; each happens `apart_s` seconds after the one before."""

    def __init__(self, apart_s: float = 1.0) -> None:
        self._apart_s = apart_s
        self.events: list[dict[str, Any]] = []
        self._add("ExecutionStarted", executionStartedEventDetails={"input": "{}"})

    def _add(self, type: str, follows: int | None = None, **details: Any) -> int:
        number = len(self.events) + 1
        self.events.append(
            {
                "id": number,
                # As on AWS, the first state follows nothing.
                "previousEventId": (number - 1 if number > 2 else 0)
                if follows is None
                else follows,
                "timestamp": BEGIN + timedelta(seconds=(number - 1) * self._apart_s),
                "type": type,
                **details,
            }
        )
        return number

    def enter(self, name: str, type: str = "Task", follows: int | None = None) -> int:
        return self._add(
            f"{type}StateEntered", follows, stateEnteredEventDetails={"name": name, "input": "{}"}
        )

    def exit(self, name: str, type: str = "Task", follows: int | None = None) -> int:
        return self._add(
            f"{type}StateExited", follows, stateExitedEventDetails={"name": name, "output": "{}"}
        )

    def schedule(self, job: str, kind: str = "Processing", **request: Any) -> int:
        parameters = json.dumps({f"{kind}JobName": job, **request})
        of = {"resourceType": "sagemaker", "resource": f"create{kind}Job.sync"}
        self._add("TaskScheduled", taskScheduledEventDetails={**of, "parameters": parameters})
        return self._add("TaskStarted", taskStartedEventDetails=of)

    def succeed_task(self) -> int:
        return self._add("TaskSucceeded", taskSucceededEventDetails={"output": "{}"})

    def fail_task(self, error: str = "States.TaskFailed", cause: str = "") -> int:
        return self._add("TaskFailed", taskFailedEventDetails={"error": error, "cause": cause})

    def time_task_out(self) -> int:
        return self._add("TaskTimedOut", taskTimedOutEventDetails={"error": "States.Timeout"})

    def succeed(self, output: Any) -> Script:
        details = {"output": json.dumps(output)}
        self._add("ExecutionSucceeded", executionSucceededEventDetails=details)
        return self

    def fail(self, error: str, cause: str = "") -> Script:
        self._add("ExecutionFailed", executionFailedEventDetails={"error": error, "cause": cause})
        return self

    def abort(self) -> Script:
        self._add("ExecutionAborted", executionAbortedEventDetails={})
        return self


class StepFunctions:
    """Executions by ARN, and one history that comes to light `step` events at a time.

    Pages hold two events. As on AWS, the last page has no token, and a page that was the last may
    have more events when it is asked for again.
    """

    def __init__(self, script: Script | None = None, step: int = 1) -> None:
        self.executions: dict[str, dict[str, Any]] = {}
        self.started: list[dict[str, Any]] = []
        self.hiccups: list[AwsError] = []
        self.reads = 0
        self._events = script.events if script else []
        self._step = step
        self._shown = 0

    def start_execution(self, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:
        arn = stateMachineArn.replace(":stateMachine:", ":execution:") + f":{name}"
        earlier = self.executions.get(arn)
        if earlier and (earlier["status"] != "RUNNING" or earlier["input"] != input):
            raise refused("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        self.executions[arn] = {"status": "RUNNING", "input": input}
        self.started.append({"name": name, "input": input})
        return {"executionArn": arn}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:
        if executionArn not in self.executions:
            raise refused("ExecutionDoesNotExist", f"Execution Does Not Exist: '{executionArn}'")
        return self.executions[executionArn]

    def get_execution_history(
        self,
        executionArn: str,
        maxResults: int,
        includeExecutionData: bool,
        nextToken: str | None = None,
    ) -> dict[str, Any]:
        assert includeExecutionData
        assert maxResults == 1000
        self.reads += 1
        if self.hiccups:
            raise self.hiccups.pop(0)
        if nextToken is None or int(nextToken) + 2 >= self._shown:
            self._shown = min(self._shown + self._step, len(self._events))
        at = int(nextToken or 0)
        answer: dict[str, Any] = {"events": self._events[at : min(at + 2, self._shown)]}
        return answer | ({"nextToken": str(at + 2)} if at + 2 < self._shown else {})


class Logs:
    """Log streams by name; `error` is raised instead of any answer."""

    def __init__(self, **streams: list[str]) -> None:
        self.streams = streams
        self.error: AwsError | None = None

    def describe_log_streams(
        self, logGroupName: str, logStreamNamePrefix: str, nextToken: str | None = None
    ) -> dict[str, Any]:
        if self.error:
            raise self.error
        assert logGroupName.startswith("/aws/sagemaker/")
        names = [name for name in self.streams if name.startswith(logStreamNamePrefix)]
        at = int(nextToken or 0)
        answer: dict[str, Any] = {"logStreams": [{"logStreamName": n} for n in names[at : at + 1]]}
        return answer | ({"nextToken": str(at + 1)} if at + 1 < len(names) else {})

    def get_log_events(
        self,
        logGroupName: str,
        logStreamName: str,
        startFromHead: bool,
        nextToken: str | None = None,
        limit: int = 3,
    ) -> dict[str, Any]:
        lines = self.streams[logStreamName]
        at = int(nextToken) if nextToken else (0 if startFromHead else max(0, len(lines) - limit))
        page = lines[at : at + limit]
        return {
            "events": [{"message": line} for line in page],
            "nextForwardToken": str(at + len(page)),
        }


def connection(stepfunctions: StepFunctions, logs: Logs, *, local: bool = True) -> Connection:
    return Connection(
        "eu-west-1",
        {"stepfunctions": stepfunctions, "logs": logs}.__getitem__,
        endpoint_url="http://127.0.0.1:9" if local else None,
    )
