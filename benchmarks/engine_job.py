"""A job that does nothing, through the engine, against its bare process.

Through the engine is StartExecution by HTTP, the state machine, the job's folders, process, log
and records, until the execution's stopDate: looking for its end again and again would take the
processor from the job.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.pairs import Comparison, command, report, seconds
from pipelines.aws import connect
from pipelines.engine import daemon
from pipelines.environment.load import load_environment

ROOT = Path(__file__).parent.parent
PAIRS = 31
ROLE = "arn:aws:iam::000000000000:role/benchmark"
NOTHING = ["-c", "pass"]
DEFINITION = {
    "StartAt": "Nothing",
    "States": {
        "Nothing": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Parameters": {
                "ProcessingJobName.$": "$$.Execution.Name",
                "RoleArn": ROLE,
                "AppSpecification": {
                    "ImageUri": "none",
                    "ContainerEntrypoint": ["python3", *NOTHING],
                },
                "ProcessingResources": {
                    "ClusterConfig": {
                        "InstanceCount": 1,
                        "InstanceType": "ml.m5.large",
                        "VolumeSizeInGB": 1,
                    }
                },
            },
            "TimeoutSeconds": 60,
            "End": True,
        }
    },
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        root = Path(folder)
        try:
            environment = load_environment(ROOT, "local")
            running = daemon.ensure_started(root)
            client = connect(environment, endpoint_url=running.url).client("stepfunctions")
            machine = client.create_state_machine(
                name="nothing", definition=json.dumps(DEFINITION), roleArn=ROLE
            )["stateMachineArn"]
            # As in the engine, nothing is inherited.
            process = command(sys.executable, *NOTHING, cwd=root, env={"LANG": "C.UTF-8"})
            pairs = [
                (_through_the_engine(client, machine), _timed(process)) for _ in range(PAIRS + 3)
            ]
            measured = Comparison(*zip(*pairs[3:], strict=True))
        finally:
            daemon.stop(root)
    report(
        "a no-op job through the engine against a bare process",
        f"+{measured.difference_s * 1000:.1f} ms",
        "at most +40 ms",
        measured.difference_s <= 0.040,
        [f"engine {seconds(measured.ours)}", f"process {seconds(measured.other)}"],
    )


def _through_the_engine(client: Any, machine: str) -> float:
    start = time.time()
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]
    while (state := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.02)
    if state["status"] != "SUCCEEDED":
        raise SystemExit(f"the execution ended {state['status']}: {state.get('cause')}")
    stopped: float = state["stopDate"].timestamp()
    return stopped - start


def _timed(run: Callable[[], None]) -> float:
    start = time.time()
    run()
    return time.time() - start


if __name__ == "__main__":
    main()
