"""Engines that die by `kill -9` as they write an event: what is left of them is for the next one.

    python -m tests.engine.dying FOLDER SCENARIO EVENT …

Each event is a run of its own, in FOLDER/<event>: a child process starts the scenario's execution
and is killed when the event with this id is on disk. 0 is the moment when its function is at work,
or when what was sent for its token is on disk; -5 is the fifth event of its children. One process
starts them all, since importing the engine takes longer than a run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.asl.interpreter import Event
from pipelines.asl.interpreter.callbacks import task_token
from pipelines.engine.executions.files import ExecutionFiles
from tests.engine.running import REGION, Running, eventually
from tests.engine.whole import package

NAME = "victim"
SCHEDULED_ID = 3
"""The event with which the only task of an execution is scheduled."""

PLAIN: dict[str, Any] = {
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Assign": {"factor": 10}, "Result": [1, 2], "Next": "Fork"},
        "Fork": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Rest",
                    "States": {
                        "Rest": {"Type": "Wait", "Seconds": 0, "Next": "Rested"},
                        "Rested": {"Type": "Pass", "Result": "rested", "End": True},
                    },
                },
                {
                    "StartAt": "Each",
                    "States": {
                        "Each": {
                            "Type": "Map",
                            "ItemProcessor": {
                                "StartAt": "Times",
                                "States": {
                                    "Times": {
                                        "Type": "Pass",
                                        "Parameters": {
                                            "n.$": "$",
                                            "factor.$": "$factor",
                                        },
                                        "End": True,
                                    }
                                },
                            },
                            "End": True,
                        }
                    },
                },
            ],
            "Next": "Try",
        },
        "Try": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "none"},
            "Retry": [
                {
                    "ErrorEquals": ["Lambda.ResourceNotFoundException"],
                    "IntervalSeconds": 1,
                    "MaxAttempts": 1,
                }
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Choose"}],
            "End": True,
        },
        "Choose": {
            "Type": "Choice",
            "Choices": [{"Variable": "$factor", "NumericEquals": 10, "Next": "Done"}],
            "Default": "Lost",
        },
        "Lost": {"Type": "Fail", "Error": "TheVariableIsGone"},
        "Done": {"Type": "Pass", "End": True},
    },
}
"""Every kind of state but tasks that have an effect."""

CALLING: dict[str, Any] = {
    "StartAt": "Call",
    "States": {
        "Call": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "slow", "Payload.$": "$"},
            "OutputPath": "$.Payload",
            "End": True,
        }
    },
}
"""A function at work, which tells its process's id."""

NESTING: dict[str, Any] = {
    "StartAt": "Child",
    "States": {
        "Child": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {
                "StateMachineArn": f"arn:aws:states:{REGION}:000000000000:stateMachine:child",
                "Name": "nested",
            },
            "OutputPath": "$.Output",
            "End": True,
        }
    },
}
"""An execution that waits for another one."""
CHILD = {
    "StartAt": "Rest",
    "States": {
        "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Say"},
        "Say": {"Type": "Pass", "Result": "said", "End": True},
    },
}
WAITING: dict[str, Any] = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "quick", "Payload.$": "$$.Task.Token"},
            "End": True,
        }
    },
}
"""An execution that waits for a token."""
EACH: dict[str, Any] = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "MaxConcurrency": 2,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Rest",
                "States": {
                    "Rest": {"Type": "Wait", "Seconds": 0, "Next": "Say"},
                    "Say": {"Type": "Pass", "Parameters": {"item.$": "$"}, "End": True},
                },
            },
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}
"""A Map Run with children."""
SCENARIOS = {
    "plain": PLAIN,
    "calling": CALLING,
    "nesting": NESTING,
    "waiting": WAITING,
    "each": EACH,
}
QUICK = "def handler(event, context): pass"
SLOW = """
import os, subprocess, time
def handler(path, context):
    child = subprocess.Popen(["sleep", "60"])
    with open(path + ".new", "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    os.rename(path + ".new", path)
    time.sleep(60)
"""


class DyingFiles(ExecutionFiles):
    """Kills its process as soon as a certain event of the execution is on disk."""

    event_id = 0

    def append(self, event: Event) -> None:
        super().append(event)
        if event["id"] == self.event_id and self._folder.name == NAME:
            os.kill(os.getpid(), signal.SIGKILL)

    def append_answer(self, answer: Mapping[str, Any]) -> None:
        super().append_answer(answer)
        os.kill(os.getpid(), signal.SIGKILL)


def start(running: Running, scenario: str) -> str:
    """Start a scenario's execution; its ARN."""
    for name, code in (("slow", SLOW), ("quick", QUICK)):
        running.call(
            "lambda",
            "CreateFunction",
            FunctionName=name,
            Runtime="python3.11",
            Handler="index.handler",
            Role="arn:aws:iam::000000000000:role/some-role",
            Timeout=100,
            Code={"ZipFile": package({"index.py": code})},
        )
    inputs: dict[str, Any] = {"calling": str(pids_file(running.root)), "each": [1, 2, 3, 4]}
    input = inputs.get(scenario, {})
    running.machine(CHILD["States"], name="child")  # type: ignore[arg-type]
    machine = running.machine(SCENARIOS[scenario]["States"], name=scenario)
    return running.start(machine, name=NAME, input=json.dumps(input))


def pids_file(root: Path) -> Path:
    """Where the function tells of its processes, and with it that it is at work."""
    return root / "pids"


def _die(root: Path, scenario: str, event_id: int) -> None:
    """Run a scenario until the event with this id, or the moment that 0 is."""
    DyingFiles.event_id = event_id
    running = Running(root, files=DyingFiles)
    arn = start(running, scenario)
    if event_id == 0 and scenario == "calling":
        eventually(pids_file(root).exists, 30)
        os.kill(os.getpid(), signal.SIGKILL)
    if event_id < 0:
        eventually(lambda: _children_s_events(root) >= -event_id, 30, every_s=0.0005)
        os.kill(os.getpid(), signal.SIGKILL)
    if event_id == 0:
        eventually(lambda: "TaskSubmitted" in running.event_types(arn), 30)
        token = task_token(arn, SCHEDULED_ID)
        running.states("SendTaskSuccess", taskToken=token, output='"yes"')
    time.sleep(30)


def _children_s_events(root: Path) -> int:
    files = root.glob("executions/*/*/*/map-runs/*/events.jsonl")
    return sum(path.read_bytes().count(b"\n") for path in files)


def main(folder: Path, scenario: str, event_ids: list[int]) -> None:
    for event_id in event_ids:
        pid = os.fork()
        if pid == 0:
            _die(folder / str(event_id), scenario, event_id)
            os._exit(1)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"event {event_id} has not come")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], [int(each) for each in sys.argv[3:]])
