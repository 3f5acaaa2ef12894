"""Jobs as processes that need not load the libraries first: they are forked from one that has.

Loading scikit-learn takes seconds of a core, and nearly all that a job of these tests does. What
is forked has the libraries and none of our code; each job is a process of its own, as ever.
"""

from __future__ import annotations

import runpy
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from tests.jobs import warm_forked
from tests.jobs.warm_forked import FORKED

_LIBRARIES = [
    "numpy",
    "pandas",
    "pyarrow.compute",
    "pyarrow.csv",
    "pyarrow.parquet",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
]
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(_LIBRARIES)


def run_module(
    module: str, arguments: Sequence[str], cwd: Path | None, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """`python -m <module> …` with nothing but this environment."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        given = {
            "module": module,
            "arguments": [*arguments],
            "cwd": cwd,
            "environment": {**environment},
            "streams": {1: out, 2: err},
        }
        # By its path: the forked process knows no package of tests.
        process = _CONTEXT.Process(
            target=runpy.run_path, args=(warm_forked.__file__, given, FORKED)
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            [module, *arguments], process.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )
