"""Reading a file: every state machine in it, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.asl.documents import functions
from pipelines.asl.documents.json_source import JsonSource
from pipelines.asl.documents.source import MAX_BYTES, Position, Source, Unreadable
from pipelines.asl.documents.templates import Resource, is_template, resources
from pipelines.asl.documents.yaml_source import YamlSource
from pipelines.asl.model import Place
from pipelines.errors import InputError


@dataclass(frozen=True)
class Found:
    """A state machine in a file.

    Attributes:
        file: The file that holds the definition: a template may name another one.
        name: The logical id in a template; None: the file is a definition.
        definition: Any JSON value, with placeholders for what CloudFormation fills in.
        substitutions: The names that `${Name}` may have; None: they are not known.
        type: STANDARD or EXPRESS; None: it is not known.
        duplicates: The places of keys that their object has twice.
        position: Where a place of the definition stands in the file.
    """

    file: Path
    name: str | None
    definition: Any
    substitutions: frozenset[str] | None
    type: str | None
    duplicates: tuple[Place, ...]
    position: Callable[[Place], Position]


@dataclass(frozen=True)
class Contents:
    """What a file holds; `notes` say which state machines could not be read, and why."""

    machines: tuple[Found, ...]
    notes: tuple[str, ...] = ()


def read_file(path: Path) -> Contents:
    """Read a definition or a template, as JSON or as YAML.

    A file that is no template is a definition, whatever it holds: what it lacks for one is for
    the rules to say.

    Raises:
        InputError: it cannot be read, or it is a template without a state machine.
    """
    source = _read(path)
    if not is_template(source.value):
        definition = functions.resolved(source.value)  # a part of a template, maybe
        found = Found(path, None, definition, None, None, source.duplicates, source.position)
        return Contents((found,))
    machines: list[Found] = []
    notes: list[str] = []
    for resource in resources(source.value):
        machine = _machine(path, source, resource)
        if isinstance(machine, str):
            notes.append(f"{path}: {resource.name} was not checked: {machine}")
        else:
            machines.append(machine)
    if not machines and not notes:
        raise InputError(
            f"{path}: this template has no state machine",
            hint="Name a definition, or a template with an AWS::StepFunctions::StateMachine or "
            "an AWS::Serverless::StateMachine.",
        )
    return Contents(tuple(machines), tuple(notes))


def _read(path: Path) -> Source:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", hint="Name a file of JSON or YAML."
        ) from None
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: {len(content):,} bytes are more than {MAX_BYTES:,}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8", hint="Save the file as UTF-8."
        ) from None
    is_json = path.suffix == ".json" or (
        path.suffix not in (".yaml", ".yml") and text.lstrip()[:1] in ("{", "[")
    )
    try:
        return _json(text) if is_json else YamlSource(text)
    except Unreadable as error:
        raise _located(path, error) from None


def _json(text: str) -> JsonSource:
    """JSON in which ``${Name}`` may stand for a whole value, as where Terraform fills it in.

    Raises:
        Unreadable: it is not JSON even then.
    """
    try:
        return JsonSource(text)
    except Unreadable:
        filled = functions.quoted(text)
        if filled == text:
            raise
        return JsonSource(filled)


def _located(path: Path, error: Unreadable) -> InputError:
    at = f":{error.position.line}:{error.position.column}" if error.position else ""
    return InputError(
        f"{path}{at}: {error.problem}", hint="Set that right, and nothing else is in the way."
    )


def _machine(path: Path, source: Source, resource: Resource) -> Found | str:
    """A template's state machine, or why it cannot be read."""
    properties = resource.properties
    if "Definition" in properties:
        return _object(path, source, resource)
    if "DefinitionString" in properties:
        return _string(path, source, resource)
    location = properties.get(resource.location)
    if isinstance(location, str) and not location.startswith("s3:"):
        return _file(path, resource, location)
    if location is not None:
        return f"its {resource.location} is not a file beside the template"
    return f"it has neither Definition, DefinitionString nor {resource.location}"


def _object(path: Path, source: Source, resource: Resource) -> Found | str:
    """A Definition: an object, in which CloudFormation's functions may stand."""
    place = (*resource.place, "Definition")
    written = resource.properties["Definition"]
    if functions.is_function(written):
        return "its Definition is only known when it is deployed"
    return Found(
        path,
        resource.name,
        functions.resolved(written),
        _with_placeholders(resource.substitutions, written),
        resource.machine_type,
        tuple(each[len(place) :] for each in source.duplicates if each[: len(place)] == place),
        lambda inner: source.position((*place, *inner)),
    )


def _with_placeholders(declared: frozenset[str] | None, written: Any) -> frozenset[str] | None:
    """The declared names, and those that stand for CloudFormation's functions."""
    if declared is None:
        return None
    return declared | (functions.names(functions.resolved(written)) - functions.names(written))


def _string(path: Path, source: Source, resource: Resource) -> Found | str:
    """A DefinitionString: the definition as JSON text, in which Fn::Sub may fill in."""
    place = (*resource.place, "DefinitionString")
    written = resource.properties["DefinitionString"]
    text = functions.resolved(written)
    if not isinstance(text, str):
        return "its DefinitionString is no text"
    if functions.is_function(written) and not text.lstrip().startswith("{"):
        return "its DefinitionString is only known when it is deployed"
    start = source.position(place)
    within = _within(source, place)
    try:
        inner = JsonSource(functions.quoted(text))
    except Unreadable as error:
        position = within(error.position) if error.position else start
        raise _located(path, Unreadable(f"DefinitionString: {error.problem}", position)) from None
    return Found(
        path,
        resource.name,
        inner.value,
        # Fn::Sub's own variables cannot be told from others once they are in the text.
        None if functions.is_function(written) else resource.substitutions,
        resource.machine_type,
        inner.duplicates,
        lambda inner_place: within(inner.position(inner_place)),
    )


def _within(source: Source, place: Place) -> Callable[[Position], Position]:
    """From a position in a text to one in its file: exact for YAML's blocks, else the text's."""
    start = source.position(place)
    if isinstance(source, YamlSource):
        for inner in ((), ("Fn::Sub",), (0,), ("Fn::Sub", 0)):
            block = source.block_start((*place, *inner))
            if block is not None:
                line, indent = block
                return lambda each: Position(line + each.line - 1, indent + each.column)
    return lambda each: start


def _file(path: Path, resource: Resource, location: str) -> Found | str:
    """A definition in a file of its own, named relative to the template."""
    file = path.parent / location
    if not file.is_file():
        return f"{file} is no file"
    source = _read(file)
    return Found(
        file,
        resource.name,
        source.value,
        resource.substitutions,
        resource.machine_type,
        source.duplicates,
        source.position,
    )
