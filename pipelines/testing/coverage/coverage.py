"""What the executions of a test session have exercised, machine by machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.asl.simulation import Simulation
from pipelines.testing.coverage.items import KINDS, Item, Kind, items


@dataclass
class MachineCoverage:
    """One machine: how often each of its items was exercised.

    Attributes:
        times: Of every item that there is, how many executions exercised it; 0 is never.
        executions: How many executions there were.
    """

    name: str
    times: dict[Item, int] = field(default_factory=dict)
    executions: int = 0

    def add(self, definition: Mapping[str, Any], exercised: Iterable[str] | None) -> None:
        """Add an execution of a definition, by the places that it exercised; None: no execution.

        Variants of one machine, like those of its environments, add up: what one of them does
        not have does not count in it.
        """
        found = items(definition)
        for item in found:
            self.times.setdefault(item, 0)
        if exercised is not None:
            self.executions += 1
            places = set(exercised)
            for item in found:
                self.times[item] += item.place in places

    def of(self, kind: Kind) -> tuple[int, int]:
        """How many items of a kind were exercised, and how many there are."""
        of_kind = [times for item, times in self.times.items() if item.kind == kind]
        return sum(1 for times in of_kind if times), len(of_kind)

    @property
    def missing(self) -> list[Item]:
        """What was never exercised, in the definition's order."""
        return [item for item, times in self.times.items() if not times]

    @property
    def percent(self) -> float:
        """The exercised share of all items; 100 if there are none."""
        counts = [self.of(kind) for kind in KINDS]
        total = sum(there for _, there in counts)
        return 100.0 * sum(done for done, _ in counts) / total if total else 100.0


class Coverage:
    """Every machine of a session, by its name."""

    def __init__(self) -> None:
        self.machines: dict[str, MachineCoverage] = {}

    def declare(self, name: str, definition: Mapping[str, Any]) -> None:
        """Count a machine from now on, even if nothing ever executes it."""
        self._of(name).add(definition, None)

    def add(self, name: str, run: Simulation) -> None:
        """Count an execution."""
        self._of(name).add(run.definition, run.exercised)

    def _of(self, name: str) -> MachineCoverage:
        return self.machines.setdefault(name, MachineCoverage(name))

    @property
    def percent(self) -> float:
        """The exercised share of the items of all machines; 100 if there are none."""
        total = sum(len(machine.times) for machine in self.machines.values())
        missing = sum(len(machine.missing) for machine in self.machines.values())
        return 100.0 * (total - missing) / total if total else 100.0

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON; `merge` reads it again."""
        return {
            "percent": round(self.percent, 2),
            "machines": [
                {
                    "name": machine.name,
                    "percent": round(machine.percent, 2),
                    "executions": machine.executions,
                    "items": [
                        {"kind": item.kind, "place": item.place, "label": item.label, "times": n}
                        for item, n in machine.times.items()
                    ],
                }
                for machine in self.machines.values()
            ],
        }

    def merge(self, document: Mapping[str, Any]) -> None:
        """Add what another process counted: its `to_json`."""
        for machine in document["machines"]:
            mine = self._of(machine["name"])
            mine.executions += machine["executions"]
            for each in machine["items"]:
                item = Item(each["kind"], each["place"], each["label"])
                mine.times[item] = mine.times.get(item, 0) + each["times"]
