"""All that can be known of any definition, or of the state machines in any template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.asl.checker import check_all
from pipelines.asl.documents import Found, read_file, read_text
from pipelines.checks.reported import Reported
from pipelines.errors import InputError


@dataclass
class Checked:
    """What came of checking files.

    Attributes:
        machines: How many state machines were checked.
        notes: State machines that only a deployment knows, and why.
        unreadable: The files, or the parts of templates, that could not be read, with the reason.
    """

    findings: list[Reported] = field(default_factory=list)
    machines: int = 0
    notes: list[str] = field(default_factory=list)
    unreadable: list[InputError] = field(default_factory=list)


def check_files(files: Sequence[Path], input_schema: Any = None) -> Checked:
    """Check every state machine in these files; one that cannot be read holds up no other."""
    checked = Checked()
    for file in files:
        try:
            contents = read_file(file)
        except InputError as error:
            checked.unreadable.append(error)
            continue
        checked.notes.extend(contents.notes)
        checked.unreadable.extend(contents.unreadable)
        for machine in contents.machines:
            checked.machines += 1
            checked.findings.extend(_check(machine, input_schema))
    return checked


def read_schema(file: Path) -> dict[str, Any]:
    """The JSON Schema of an execution's input.

    Raises:
        InputError: it cannot be read, or it is no JSON Schema.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    schema: dict[str, Any] = read_text(file).value
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InputError(f"{file}: it is no JSON Schema: {error.message}") from None
    except RecursionError:
        raise InputError(f"{file}: it is no JSON Schema: it is nested too deep") from None
    return schema


def _check(machine: Found, input_schema: Any) -> Iterator[Reported]:
    found = check_all(
        machine.definition,
        substitutions=machine.substitutions,
        type=machine.type,
        input_schema=input_schema,
        duplicates=machine.duplicates,
    )
    for finding in found:
        position = machine.position(finding.place)
        yield Reported.of(finding, machine.file.as_posix(), position, machine=machine.name)
