"""The way of the data through a state machine, followed before it runs.

Every path, variable and expression is read out of what is known of the data: from the schema of
the execution's input and what services answer, through all fields, branches and catchers.
"""

from pipelines.asl.checker.flow.rules import FLOW, check_flow

__all__ = ["FLOW", "check_flow"]
