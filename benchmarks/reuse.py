"""A training execution with nothing changed, against the one before it that did the work.

The small project of the end-to-end tests, with an endpoint and its test: on larger data the second
is not longer, and the first is.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.pairs import report
from tests.end_to_end.project import BASE, Project

MACHINE = "{instance_type: ml.m5.large, volume_gb: 5, max_runtime_s: 120}"
MORE = """\
    reuse: true
    explanation: {rows: 5, sample: 200}
    endpoint:
      realtime: {instance_type: ml.m5.large}
      test: {rows: 20, requests: 50, clients: 1}
"""
STEPS = f"""\
      explain: {MACHINE}
      test_endpoint: {MACHINE}
"""
SHARE = 0.05


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        project = Project.make(Path(folder))
        project.configure("base", MORE + BASE + STEPS)
        try:
            project.deploy()
            first, second = (_run(project, name) for name in ("first", "second"))
        finally:
            project.stop()
    jobs = [state for state in second["states"] if state in first["jobs"]]
    share = second["seconds"] / first["seconds"]
    report(
        "a training execution with nothing changed",
        f"{share:.1%} of the first ({second['seconds']:.1f} s of {first['seconds']:.1f} s), "
        f"{len(jobs)} jobs started",
        f"under {SHARE:.0%}, none",
        share < SHARE and not jobs,
    )


def _run(project: Project, name: str) -> dict[str, Any]:
    """One execution, by its own history: the command's start is not counted."""
    status, _, said = project.run_json("training", "local", "--name", name)
    if status:
        raise SystemExit(f"{name} ended with {status}:\n{said}")
    states = project.connection().client("stepfunctions")
    [machine] = [
        each["stateMachineArn"]
        for each in states.list_state_machines()["stateMachines"]
        if each["name"].endswith("-training")
    ]
    arn = machine.replace(":stateMachine:", ":execution:") + f":{name}"
    events: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    while True:
        page = states.get_execution_history(executionArn=arn, maxResults=1000, **more)
        events += page["events"]
        if "nextToken" not in page:
            break
        more = {"nextToken": page["nextToken"]}
    entered = [e["stateEnteredEventDetails"]["name"] for e in events if "Entered" in e["type"]]
    by_id = {event["id"]: event for event in events}
    started = {
        by_id[event["previousEventId"]]["stateEnteredEventDetails"]["name"]
        for event in events
        if event["type"] == "TaskScheduled"
        and event["taskScheduledEventDetails"]["resource"].endswith(".sync")
        and "stateEnteredEventDetails" in by_id[event["previousEventId"]]
    }
    seconds = (events[-1]["timestamp"] - events[0]["timestamp"]).total_seconds()
    return {"states": entered, "jobs": started, "seconds": seconds}


if __name__ == "__main__":
    main()
