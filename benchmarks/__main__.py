"""`python -m benchmarks [NAME …]`: all of them, or those named."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module

NAMES = (
    "command_line",
    "language",
    "engine_job",
    "training",
    "preprocessing",
    "tuning",
    "reuse",
    "serving",
)


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}")
    for name in names or NAMES:
        print(f"\n{name}: {(import_module(f'benchmarks.{name}').__doc__ or '').strip()}\n")
        sys.stdout.flush()
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
