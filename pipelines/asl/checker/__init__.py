"""The checker: what is wrong with a state machine's definition, known before it is deployed.

`check` holds a definition to the rules of the language; `check_all` adds each Task's request, the
way of the data and what hurts in production.
"""

from pipelines.asl.checker.check import check, check_all

__all__ = ["check", "check_all"]
