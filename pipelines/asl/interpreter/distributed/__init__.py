"""The Distributed Map: a state whose iterations are executions of their own.

Its items may lie in S3, several may go into one child execution, and what came of them may be
written to S3.  What it needs from outside is in `seam`.
"""

from pipelines.asl.interpreter.distributed.distributed_map import (
    is_distributed,
    run_distributed_map,
)
from pipelines.asl.interpreter.distributed.map_run import Child, MapRun
from pipelines.asl.interpreter.distributed.seam import Items, MapRuns

__all__ = [
    "Child",
    "Items",
    "MapRun",
    "MapRuns",
    "is_distributed",
    "run_distributed_map",
]
