"""Which executions can be redriven, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.engine.executions.files import RUNNING, Execution
from pipelines.engine.wire.service import ServiceError

PERIOD_S = 14 * 86_400.0
"""How long after its end an execution can be redriven."""
LONGEST_S = 365 * 86_400.0
"""The quota on the time from its first start."""
MAX_EVENTS = 24_999
"""A history of so many events has no room for ExecutionRedriven and one more."""
TOKEN_VALID_S = 15 * 60.0
MAX_TOKENS = 10


def why_not_redrivable(execution: Execution, now: float) -> str | None:
    """AWS's reason why an execution cannot be redriven at a time (epoch seconds); None: it can."""
    if execution.status in (RUNNING, "SUCCEEDED"):
        return f"Execution is {execution.status} and cannot be redriven"
    if now - execution.started > LONGEST_S:
        return "Execution has exceeded the max execution time"
    if execution.stopped is not None and now - execution.stopped > PERIOD_S:
        return "Execution redrivable period exceeded"
    if execution.last_event_id >= MAX_EVENTS:
        return "Execution history event limit exceeded"
    return None


def require_redrivable(execution: Execution, now: float) -> None:
    """Raises:
    ServiceError: ExecutionNotRedrivable.
    """
    reason = why_not_redrivable(execution, now)
    if reason is not None:
        raise ServiceError("ExecutionNotRedrivable", reason)


def with_token(tokens: Mapping[str, float], token: str | None, now: float) -> dict[str, float]:
    """The client tokens of redrives that are still honoured, and the one of a redrive at `now`."""
    valid = {each: used for each, used in tokens.items() if now - used < TOKEN_VALID_S}
    if token is not None:
        valid[token] = now
    return dict(list(valid.items())[-MAX_TOKENS:])
