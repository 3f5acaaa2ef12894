"""An engine's services in a process of their own, to be killed: what it runs must not outlive it.

    python -m tests.engine.host FOLDER

runs an execution with a job that has a child; both ignore SIGTERM.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.engine.running import Running

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
)])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


def main() -> None:
    running = Running(Path(sys.argv[1]))
    running.start(running.machine({"Work": running.processing_state(STUBBORN)}), name="orphan")
    time.sleep(60)


if __name__ == "__main__":
    main()
