"""What a job writes: CloudWatch Logs, the streams `<job name>/…` of its group."""

from __future__ import annotations

from typing import Any

from pipelines.aws import AwsError, pages
from pipelines.execution.view import Job


class JobLog:
    """The log of one job, read on from where the last call stopped."""

    def __init__(self, logs: Any, job: Job) -> None:
        self._logs = logs
        self._job = job
        # stream name → token of what comes next
        self._tokens: dict[str, str] = {}

    def new_lines(self) -> list[str]:
        """What has been written since the last call; the first time, the log's latest part.

        Raises:
            AwsError: not for a log that is not there yet, which is empty.
        """
        lines: list[str] = []
        for stream in self._streams():
            token = self._tokens.get(stream)
            at = {"nextToken": token, "startFromHead": True} if token else {"startFromHead": False}
            answer = self._logs.get_log_events(
                logGroupName=self._job.log_group, logStreamName=stream, **at
            )
            self._tokens[stream] = answer["nextForwardToken"]
            lines += _lines(answer)
        return lines

    def last_lines(self, count: int) -> list[str]:
        """The end of the log.

        Raises:
            AwsError: as `new_lines`.
        """
        lines: list[str] = []
        for stream in self._streams():
            answer = self._logs.get_log_events(
                logGroupName=self._job.log_group,
                logStreamName=stream,
                startFromHead=False,
                limit=count,
            )
            lines += _lines(answer)
        return lines[-count:]

    def _streams(self) -> list[str]:
        try:
            return [
                stream["logStreamName"]
                for page in pages(
                    self._logs.describe_log_streams,
                    token="nextToken",
                    logGroupName=self._job.log_group,
                    logStreamNamePrefix=self._job.streams,
                )
                for stream in page["logStreams"]
            ]
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                return []
            raise


def _lines(answer: Any) -> list[str]:
    """The text of events, as it can be shown: a job must not steer the reader's terminal."""
    texts = [str(event["message"]).expandtabs() for event in answer["events"]]
    shown = [
        "".join(character if character.isprintable() else "�" for character in line).rstrip()
        for text in texts
        for line in text.splitlines()
    ]
    return [line for line in shown if line]
