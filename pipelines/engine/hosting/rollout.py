"""How an update's traffic moves to the new instances, and what turns it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.engine.wire.service import ServiceError

AlarmState = Callable[[str], str | None]
"""The state of a CloudWatch alarm by its name: OK, ALARM or INSUFFICIENT_DATA; None: no such."""

_MAX_EXECUTION_S = 14_400.0


@dataclass(frozen=True)
class Step:
    """A share of the traffic, from 0 to 1, and for how long it is watched, in seconds."""

    share: float
    wait_s: float


@dataclass(frozen=True)
class Rollout:
    """An update's DeploymentConfig; without one everything moves at once and is not watched."""

    steps: tuple[Step, ...]
    termination_wait_s: float
    max_execution_s: float
    alarms: tuple[str, ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Rollout:
        """Raises:
        ServiceError: ValidationException: a part is missing or is not of its kind.
        """
        policy = config.get("BlueGreenUpdatePolicy", {})
        rollback = config.get("AutoRollbackConfiguration", {})
        return cls(
            tuple(_steps(policy.get("TrafficRoutingConfiguration"))),
            policy.get("TerminationWaitInSeconds", 0),
            policy.get("MaximumExecutionTimeoutInSeconds", _MAX_EXECUTION_S),
            tuple(alarm["AlarmName"] for alarm in rollback.get("Alarms", ())),
        )


def _steps(routing: Mapping[str, Any] | None) -> Iterator[Step]:
    if routing is None:
        yield Step(1.0, 0.0)
        return
    wait_s = routing["WaitIntervalInSeconds"]
    match routing["Type"]:
        case "ALL_AT_ONCE":
            yield Step(1.0, wait_s)
        case "CANARY":
            yield Step(_share(routing, "CanarySize", most=0.5), wait_s)
            yield Step(1.0, wait_s)
        case "LINEAR":
            size = _share(routing, "LinearStepSize", most=0.5)
            share = size
            while share < 1 - 1e-9:
                yield Step(share, wait_s)
                share += size
            yield Step(1.0, wait_s)


def _share(routing: Mapping[str, Any], member: str, *, most: float) -> float:
    size = routing.get(member)
    if size is None:
        raise _invalid(f"{member} is needed for {routing['Type']} traffic shifting.")
    if size["Type"] != "CAPACITY_PERCENT":
        raise _invalid(f"The local engine shifts by CAPACITY_PERCENT, not by {size['Type']}.")
    share: float = size["Value"] / 100
    if not 0 < share <= most:
        raise _invalid(f"{member} must be at most {most:.0%} of the capacity.")
    return share


def alarmed(alarms: tuple[str, ...], state: AlarmState) -> str | None:
    """Why an update is to be turned back; None if no alarm says so.

    An alarm that does not exist watches nothing: that is no reason to go on.
    """
    for name in alarms:
        found = state(name)
        if found is None:
            return f"One or more configured alarms do not exist: [{name}]"
        if found == "ALARM":
            return f"One or more configured alarms transitioned to ALARM: [{name}]"
    return None


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
