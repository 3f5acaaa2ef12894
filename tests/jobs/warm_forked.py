"""What a process that `warm` has forked does: it becomes `python -m <module> …`.

Is run by its path, as a module of the name FORKED.
"""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

FORKED = "__forked__"


def become(given: dict[str, Any]) -> None:
    """Args: given: module, arguments, cwd, environment, and streams: paths by descriptor."""
    for number, path in given["streams"].items():
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(given["environment"])
    if given["cwd"] is not None:
        os.chdir(given["cwd"])
    sys.path[:0] = [str(Path.cwd()), given["environment"]["PYTHONPATH"]]
    sys.argv = [given["module"], *given["arguments"]]
    runpy.run_module(given["module"], run_name="__main__", alter_sys=True)


if __name__ == FORKED:
    become(globals())
