"""Reading a file: every state machine in it, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pipelines.asl.documents import functions, serverless
from pipelines.asl.documents.json_source import JsonSource
from pipelines.asl.documents.source import Position, Source, Unreadable
from pipelines.asl.documents.templates import Resource, is_template, resources
from pipelines.asl.documents.texts import located, read_text
from pipelines.asl.documents.yaml_source import YamlSource
from pipelines.asl.model import Place
from pipelines.errors import InputError

_ALIKE = 0.8
"""How much alike a key and `StartAt` are if the one is the other misspelt."""
_LOOKED_FOR = (
    "Looked for StartAt and States, for an AWS::StepFunctions::StateMachine or "
    "AWS::Serverless::StateMachine in Resources, and for stepFunctions.stateMachines."
)


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
    """What a file holds.

    Attributes:
        notes: State machines that only a deployment knows, and why.
        unreadable: State machines of a template that could not be read, each with the reason.
    """

    machines: tuple[Found, ...]
    notes: tuple[str, ...] = ()
    unreadable: tuple[InputError, ...] = ()


def read_file(path: Path) -> Contents:
    """Read a definition, a template or a serverless.yml, as JSON or as YAML.

    A file that has StartAt or States, or seems to mean them, is a definition: what it lacks for
    one is for the rules to say.

    Raises:
        InputError: it cannot be read, or there is no state machine in it.
    """
    source = read_text(path)
    value = source.value
    if serverless.is_service(value):
        found = _contents(path, source, serverless.machines(value))
    elif is_template(value):
        found = _contents(path, source, resources(value))
    elif _is_definition(path, value):
        definition = functions.resolved(value)  # a part of a template, maybe
        machine = Found(path, None, definition, None, None, source.duplicates, source.position)
        return Contents((machine,))
    else:
        found = Contents(())
    if found == Contents(()):
        raise InputError(f"{path}: there is no state machine in this file", hint=_LOOKED_FOR)
    return found


def _is_definition(path: Path, value: Any) -> bool:
    """Whether a file is meant as a definition: by its name, by StartAt or States, or by what seems
    to be one of these misspelt."""
    if ".asl" in path.suffixes:
        return True
    if not isinstance(value, dict):
        return False
    return not {"StartAt", "States"}.isdisjoint(value) or any(
        SequenceMatcher(None, str(key), name).ratio() > _ALIKE and isinstance(item, type)
        for key, item in value.items()
        for name, type in (("StartAt", str), ("States", dict))
    )


def _contents(path: Path, source: Source, written: Iterable[Resource]) -> Contents:
    """The state machines of a template."""
    machines: list[Found] = []
    notes: list[str] = []
    unreadable: list[InputError] = []
    for resource in written:
        try:
            for machine in _machines(path, source, resource):
                if isinstance(machine, str):
                    notes.append(f"{path}: {resource.name} was not checked: {machine}")
                else:
                    machines.append(machine)
        except InputError as error:
            unreadable.append(error)
    return Contents(tuple(machines), tuple(notes), tuple(unreadable))


def _machines(path: Path, source: Source, resource: Resource) -> Iterator[Found | str]:
    """A template's state machine, once for each way of an Fn::If, or why it is not known yet.

    Raises:
        InputError: it cannot be read.
    """
    for name, read in ((resource.definition, _object), ("DefinitionString", _string)):
        if name in resource.properties:
            place = (*resource.place, name)
            for way, written in functions.ways(resource.properties[name]):
                yield read(path, source, resource, (*place, *way), written)
            return
    location = resource.properties.get(resource.location)
    if isinstance(location, str) and not location.startswith("s3:"):
        yield _file(path, resource, location)
    elif location is not None:
        yield f"its {resource.location} is not a file beside the template"
    elif resource.location:
        yield f"it has neither Definition, DefinitionString nor {resource.location}"
    else:
        yield f"it has no {resource.definition}"


def _object(
    path: Path, source: Source, resource: Resource, place: Place, written: Any
) -> Found | str:
    """A Definition: an object, in which CloudFormation's functions may stand.

    Raises:
        InputError: it is in another file, which cannot be read.
    """
    if location := serverless.file_of(written):
        return _file(path, resource, location)
    if functions.is_function(written) or isinstance(written, str):
        return f"its {resource.definition} is only known when it is deployed"
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


def _string(
    path: Path, source: Source, resource: Resource, place: Place, written: Any
) -> Found | str:
    """A DefinitionString: the definition as JSON text, in which Fn::Sub may fill in.

    Raises:
        InputError: the text is not JSON.
    """
    if functions.is_function(written) and "Fn::ToJsonString" in written:
        inside = (*place, "Fn::ToJsonString")
        return _object(path, source, resource, inside, written["Fn::ToJsonString"])
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
        problem = f"the DefinitionString of {resource.name}: {error.problem}"
        raise located(path, Unreadable(problem, position)) from None
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
        for inner in ((), ("Fn::Sub",), ("Fn::Sub", 0)):
            block = source.block_start((*place, *inner))
            if block is not None:
                line, indent = block
                return lambda each: Position(line + each.line - 1, indent + each.column)
    return lambda each: start


def _file(path: Path, resource: Resource, location: str) -> Found:
    """A definition in a file of its own, named relative to the template.

    Raises:
        InputError: it cannot be read.
    """
    file = path.parent / location
    if not file.is_file():
        name = resource.location or resource.definition
        raise InputError(
            f"{path}: the {name} of {resource.name}: {file} is no file",
            hint="Name a file relative to the template's folder.",
        )
    source = read_text(file)
    return Found(
        file,
        resource.name,
        source.value,
        resource.substitutions,
        resource.machine_type,
        source.duplicates,
        source.position,
    )
