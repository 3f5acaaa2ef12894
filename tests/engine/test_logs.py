"""The logs of jobs, through CloudWatch Logs' operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.engine.processes.log import MAX_MESSAGE, LogFile, read_backward, read_forward
from pipelines.engine.wire.service import ServiceError
from tests.engine.running import Running, eventually

PROCESSING = "/aws/sagemaker/ProcessingJobs"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / ".local")
    yield running
    running.close()


def stream(running: Running, name: str, group: str = PROCESSING) -> str:
    response = running.call(
        "logs", "DescribeLogStreams", logGroupName=group, logStreamNamePrefix=f"{name}/"
    )
    [found] = response["logStreams"]
    result: str = found["logStreamName"]
    return result


def events(running: Running, name: str, **more: Any) -> dict[str, Any]:
    return running.call(
        "logs",
        "GetLogEvents",
        logGroupName=PROCESSING,
        logStreamName=stream(running, name),
        **more,
    )


def messages(response: dict[str, Any]) -> list[str]:
    return [event["message"] for event in response["events"]]


def test_a_jobs_log_is_the_stream_that_begins_with_its_name(running):
    job = running.run_processing("one", "print('hello')")
    running.run_processing("one-more", "print('other')")

    response = events(running, "one", startFromHead=True)

    assert stream(running, "one").startswith("one/algo-1-")
    assert messages(response)[2:] == ["hello"]
    start = round(job["CreationTime"] * 1000)
    assert all(start <= event["timestamp"] <= start + 10_000 for event in response["events"])


def test_a_training_jobs_log_is_in_the_group_of_training_jobs(running):
    running.run_training("one", "print('hello')")

    assert stream(running, "one", "/aws/sagemaker/TrainingJobs").startswith("one/algo-1-")


def test_a_log_is_followed_with_the_forward_token(running):
    running.run_processing("lines", "for i in range(10): print(i)")

    first = events(running, "lines", startFromHead=True, limit=5)
    second = events(running, "lines", nextToken=first["nextForwardToken"])
    third = events(running, "lines", nextToken=second["nextForwardToken"])

    assert messages(first)[2:] == ["0", "1", "2"]
    assert messages(second) == ["3", "4", "5", "6", "7", "8", "9"]
    assert messages(third) == []
    assert third["nextForwardToken"] == second["nextForwardToken"]


def test_without_a_token_the_last_events_come_and_the_backward_token_leads_up(running):
    running.run_processing("lines", "for i in range(10): print(i)")

    last = events(running, "lines", limit=3)
    before = events(running, "lines", limit=3, nextToken=last["nextBackwardToken"])

    assert messages(last) == ["7", "8", "9"]
    assert messages(before) == ["4", "5", "6"]


def test_the_log_of_a_job_that_runs_can_be_read(running):
    running.start_processing("live", "import time; print('up', flush=True); time.sleep(60)")

    eventually(lambda: messages(events(running, "live"))[-1:] == ["up"])
    running.sagemaker("StopProcessingJob", ProcessingJobName="live")


def test_both_outputs_are_in_one_stream_and_no_line_is_lost(running):
    code = """
import sys
for i in range(50_000):
    print("out", i)
    print("err", i, file=sys.stderr)
"""
    running.run_processing("much", code)

    lines = running.log("much")
    assert [line for line in lines if line.startswith("out")] == [f"out {i}" for i in range(50_000)]
    assert [line for line in lines if line.startswith("err")] == [f"err {i}" for i in range(50_000)]
    page = events(running, "much", startFromHead=True)
    count = len(page["events"])
    assert count == 10_000
    while page["events"]:
        page = events(running, "much", nextToken=page["nextForwardToken"])
        count += len(page["events"])
    assert count == 100_002


def test_a_job_without_output_has_only_the_engines_own_lines(running):
    running.run_processing("quiet", "pass")

    assert len(messages(events(running, "quiet"))) == 2


def test_unicode_and_what_is_none_are_kept_as_well_as_they_can(running):
    code = r"""
import sys
sys.stdout.buffer.write("größe 数 🙂\n".encode())
sys.stdout.buffer.write(b"\xff\xfe\x00junk\r\nno\x0bend\x85")
"""
    running.run_processing("odd", code)

    assert messages(events(running, "odd"))[2:] == [
        "größe 数 🙂",
        "��\0junk",
        "no\x0bend�",
    ]


def test_a_character_that_is_cut_between_two_reads_is_whole_in_the_log(tmp_path):
    log = LogFile(tmp_path / "log.txt")
    for byte in "数\n".encode():
        log.feed("stdout", bytes([byte]))
    log.close()

    assert read_forward(tmp_path / "log.txt", 0, 10)[0][0].message == "数"


def test_a_line_beyond_the_limit_is_several_events(tmp_path):
    log = LogFile(tmp_path / "log.txt")
    log.feed("stdout", b"x" * (2 * MAX_MESSAGE + 1) + b"\n")
    log.close()

    read, _ = read_forward(tmp_path / "log.txt", 0, 10, max_bytes=1 << 30)
    assert [len(event.message) for event in read] == [MAX_MESSAGE, MAX_MESSAGE, 1]


def test_a_line_that_is_being_written_is_read_when_it_is_whole(tmp_path):
    path = tmp_path / "log.txt"
    path.write_bytes(b"2026-11-21T01:02:03.004Z one\n2026-11-21T01:02:03.005Z tw")

    forward, end = read_forward(path, 0, 10)
    backward, first, last = read_backward(path, None, 10)

    assert [event.message for event in forward] == ["one"]
    assert forward == backward
    assert forward[0].timestamp == 1795222923004
    assert (first, last) == (0, end)


def test_the_end_of_a_long_log_is_read_from_its_end(tmp_path):
    log = LogFile(tmp_path / "log.txt")
    log.feed("stdout", b"".join(b"%d\n" % i for i in range(30_000)))
    log.close()

    read, first, end = read_backward(tmp_path / "log.txt", None, 5_000)
    more, _, _ = read_backward(tmp_path / "log.txt", first, 2)

    assert [event.message for event in read] == [str(i) for i in range(25_000, 30_000)]
    assert [event.message for event in more] == ["24998", "24999"]
    assert end == (tmp_path / "log.txt").stat().st_size


def test_events_are_filtered_over_streams_by_terms(running):
    running.run_processing("a", "print('an error here'); print('fine')")
    running.run_processing("b", "print('error'); print('no such error')")

    found = running.call(
        "logs", "FilterLogEvents", logGroupName=PROCESSING, filterPattern='error "no such"'
    )
    page = running.call(
        "logs", "FilterLogEvents", logGroupName=PROCESSING, filterPattern="error", limit=2
    )

    assert messages(found) == ["no such error"]
    assert messages(page) == ["an error here", "error"]
    assert page["nextToken"] == "2"


def test_a_pattern_of_another_form_is_refused(running):
    with pytest.raises(ServiceError, match="plain terms only"):
        running.call(
            "logs", "FilterLogEvents", logGroupName=PROCESSING, filterPattern="{ $.a = 1 }"
        )


def test_another_log_group_is_somebody_elses(running):
    with pytest.raises(ServiceError, match="DescribeLogStreams"):  # nobody's, in this test
        running.call("logs", "DescribeLogStreams", logGroupName="/aws/lambda/x")


def test_a_stream_that_is_not_there_is_not_found(running):
    with pytest.raises(ServiceError, match="does not exist"):
        running.call("logs", "GetLogEvents", logGroupName=PROCESSING, logStreamName="x/y")


def test_logs_outlive_the_engine(tmp_path):
    running = Running(tmp_path / ".local")
    running.run_processing("kept", "print('hello')")
    running.close()

    again = Running(tmp_path / ".local")

    assert messages(events(again, "kept"))[-1] == "hello"
    again.close()
