"""A state machine under test: loaded once, run many times, its coverage counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.asl.simulation import Simulation, simulate
from pipelines.errors import InputError
from pipelines.testing.coverage.coverage import Coverage


@dataclass(frozen=True)
class StateMachine:
    """A definition with a name, and the fakes that all its executions share.

    Attributes:
        tasks: What tasks answer, unless an execution says otherwise.
        coverage: Where its executions are counted.
    """

    name: str
    definition: Mapping[str, Any] = field(repr=False)
    tasks: Mapping[str, Any] = field(default_factory=dict, repr=False)
    coverage: Coverage = field(default_factory=Coverage, repr=False)

    def __post_init__(self) -> None:
        self.coverage.declare(self.name, self.definition)

    def run(self, input: Any = ..., *, unfired_faults: bool = False, **options: Any) -> Simulation:
        """Simulate an execution; `input` and the options are those of `simulate`.

        Args:
            unfired_faults: Whether a fault may be there that never comes about.

        Raises:
            AssertionError: a fault never came about: the test does not test what it says.
        """
        options["tasks"] = {**self.tasks, **options.get("tasks", {})}
        given = () if input is ... else (input,)
        run = simulate(self.definition, *given, **options)
        self.coverage.add(self.name, run)
        if run.unfired_faults and not unfired_faults:
            names = "; ".join(map(str, run.unfired_faults))
            path = " → ".join(run.states)
            raise AssertionError(f"these faults never came about: {names}\npath: {path}")
        return run


def load_definition(
    source: Mapping[str, Any] | str | Path,
    substitutions: Mapping[str, Any] | None = None,
    *,
    resource: str | None = None,
) -> dict[str, Any]:
    """A definition from a file, or a copy of one; each `${Name}` replaced that is given.

    Args:
        source: A definition, or a file (JSON or YAML) that holds one or is a template with one.
        substitutions: What stands in the place of `${Name}`, by name: text, or a number, true or
            false, which it stays where the placeholder is all of a text.
        resource: The logical id of the state machine in a template; None: it has only one.

    Raises:
        InputError: the file cannot be read, or holds no such state machine, or none of its texts
            has one of the placeholders.
    """
    definition = source if isinstance(source, Mapping) else _read(Path(source), resource)
    text = json.dumps(definition)
    for name, value in (substitutions or {}).items():
        placeholder = f"${{{name}}}"
        if placeholder not in text:
            raise InputError(f"`substitutions` names {name!r}, and nothing has a {placeholder}")
        if not isinstance(value, str):
            text = text.replace(json.dumps(placeholder), json.dumps(value))
            value = json.dumps(value)
        text = text.replace(placeholder, json.dumps(value)[1:-1])
    copy = json.loads(text)
    if not isinstance(copy, dict):
        raise InputError(f"{source} holds no state machine's definition, which is an object")
    return copy


def _read(path: Path, resource: str | None) -> Any:
    from pipelines.asl.documents import read_file

    contents = read_file(path)
    found = [each for each in contents.machines if resource in (None, each.name)]
    if len(found) == 1:
        return found[0].definition
    if contents.unreadable:
        raise contents.unreadable[0]
    if found and len({each.name for each in found}) == 1:
        raise InputError(
            f"{path}: the definition of {found[0].name} depends on a condition (Fn::If)",
            hint="Put the definition that is meant into a file of its own.",
        )
    names = ", ".join(str(each.name) for each in contents.machines) or "none that can be read"
    which = "several state machines" if resource is None else f"no state machine {resource!r}"
    raise InputError(f"{path} has {which}: {names}", hint="; ".join(contents.notes))
