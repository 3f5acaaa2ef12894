"""Executions recorded from AWS: reading them, and running them again with the recorded answers.

recording = read_recording(Path("recordings/approval"))
run = replay(recording)                        # a Simulation
tasks = RecordedTasks(attempts(recording.events))
run = simulate(definition, input, tasks=tasks)  # another definition, the same answers
"""

from pipelines.testing.recorded.attempts import Attempt, attempts
from pipelines.testing.recorded.recording import (
    Recording,
    RecordingError,
    find_recordings,
    read_recording,
    recording_of,
)
from pipelines.testing.recorded.replay import replay
from pipelines.testing.recorded.tasks import NotRecorded, RecordedTasks

__all__ = [
    "Attempt",
    "NotRecorded",
    "RecordedTasks",
    "Recording",
    "RecordingError",
    "attempts",
    "find_recordings",
    "read_recording",
    "recording_of",
    "replay",
]
