"""Maps: what only a distributed one has, and how it reads, batches and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.asl.checker.rules.examples import END, machine
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.findings import Broken, nearest, rule
from pipelines.asl.model import Machine, Object, Place, State

_GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"
_ONLY_DISTRIBUTED = ("ItemReader", "ItemBatcher", "ResultWriter")
_WITHOUT_EFFECT_INLINE = (
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentage",
    "ToleratedFailurePercentagePath",
)
MAX_LABEL = 40
_NOT_IN_LABELS = re.compile(r"[\s?*<>{}\[\]:;,\\|^~$#%&`\"\x00-\x1f\x7f-\x9f]")
_READERS = {"s3:getObject", "s3:listObjectsV2"}
_WRITERS = {"s3:putObject"}
_S3 = re.compile(r"arn:[^:]*:states:[^:]*:[^:]*:(.+)")


def is_distributed(state: State) -> bool | None:
    """Whether a Map runs its iterations as executions of their own; None: that is not known."""
    processor = state.fields.get("ItemProcessor", state.fields.get("Iterator"))
    config = processor.get("ProcessorConfig") if isinstance(processor, Mapping) else None
    mode = config.get("Mode", "INLINE") if isinstance(config, Mapping) else "INLINE"
    return None if is_open(mode) or is_open(processor) else mode == "DISTRIBUTED"


def _map(config: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A machine with a Map, of whose results nothing is kept."""
    processor = {"ProcessorConfig": config, "StartAt": "Work", "States": {"Work": END}}
    each = {"Type": "Map", "ItemProcessor": processor, **fields, "ResultPath": None, "End": True}
    return machine(Each=each)


_DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
_READ = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
    "Parameters": {"Bucket": "data", "Key": "rows.csv"},
}


@rule(
    "P108",
    source=f"{_GUIDE}state-map.html",
    quote="In this mode, the Map state accepts only a JSON array as input.",
    bad=_map({"Mode": "INLINE"}, ItemBatcher={"MaxItemsPerBatch": 100}),
    good=_map(_DISTRIBUTED, ItemBatcher={"MaxItemsPerBatch": 100}),
)
def only_distributed_maps_have_their_fields(machine: Machine) -> Iterator[Broken]:
    """ItemReader, ItemBatcher and ResultWriter belong to a Map whose ProcessorConfig has the Mode
    DISTRIBUTED; such a one also has an ExecutionType."""
    for state in machine.of_type("Map"):
        yield from _inline_with(state, _ONLY_DISTRIBUTED)
        for processor in ("ItemProcessor", "Iterator") if is_distributed(state) else ():
            inner = state.fields.get(processor)
            config = inner.get("ProcessorConfig") if isinstance(inner, Mapping) else None
            if isinstance(config, Mapping) and "ExecutionType" not in config:
                place = state.at(processor, "ProcessorConfig")
                yield Broken(place, "ExecutionType is missing", "Add STANDARD or EXPRESS.")


@rule(
    "P120",
    "warning",
    source=f"{_GUIDE}state-map-distributed.html",
    quote="Defines the number of failed items to tolerate in a Map Run.",
    bad=_map({"Mode": "INLINE"}, ToleratedFailureCount=3),
    good=_map(_DISTRIBUTED, ToleratedFailureCount=3),
)
def only_distributed_maps_tolerate_failures(machine: Machine) -> Iterator[Broken]:
    """The tolerated failures and the Label are those of a distributed Map's run; an inline Map
    has none."""
    for state in machine.of_type("Map"):
        yield from _inline_with(state, _WITHOUT_EFFECT_INLINE)


def _inline_with(state: State, names: tuple[str, ...]) -> Iterator[Broken]:
    """These fields of a Map that is not distributed."""
    for name in names:
        if name in state.fields and is_distributed(state) is False:
            yield Broken(
                state.at(name),
                f"{name} is for distributed Maps, and this one is inline",
                'Set ItemProcessor.ProcessorConfig to {"Mode": "DISTRIBUTED", '
                '"ExecutionType": "STANDARD"}.',
            )


@rule(
    "P109",
    source=f"{_GUIDE}input-output-itemreader.html",
    quote="GIVEN – Use this option to specify the header within the state machine definition.",
    bad=_map(_DISTRIBUTED, ItemReader={**_READ, "ReaderConfig": {"InputType": "CSV"}}),
    good=_map(_DISTRIBUTED, ItemReader=_READ),
)
def a_reader_says_what_it_reads(machine: Machine) -> Iterator[Broken]:
    """An ItemReader reads with s3:getObject or s3:listObjectsV2, and is told the Bucket.  For an
    object it needs the Key and the InputType; for CSV the CSVHeaderLocation; and if that is
    GIVEN, CSVHeaders."""
    for state in machine.of_type("Map"):
        reader = state.fields.get("ItemReader")
        if not isinstance(reader, Mapping):
            continue
        action = _action(reader)
        if action is not None and action not in _READERS:
            known = f"{' or '.join(sorted(_READERS))}{nearest(action, _READERS)}"
            yield Broken(state.at("ItemReader", "Resource"), f"{action!r} is not {known}")
        if action is not None and not {"Parameters", "Arguments"} & reader.keys():
            expected = "Arguments" if state.language == "JSONata" else "Parameters"
            yield Broken(state.at("ItemReader"), f"{expected} is missing", "Add the Bucket.")
        asked = ("Bucket", "Key") if action == "s3:getObject" else ("Bucket",)
        yield from _without(state.at("ItemReader"), reader, *asked)
        config = reader.get("ReaderConfig", {})
        if isinstance(config, Mapping) and action == "s3:getObject":
            yield from _csv(state, config)


def _csv(state: State, config: Object) -> Iterator[Broken]:
    place = state.at("ItemReader", "ReaderConfig")
    if "InputType" not in config and config.get("ManifestType") != "S3_INVENTORY":
        yield Broken(place, "InputType is missing: what the object holds must be said")
    if config.get("InputType") == "CSV" and "CSVHeaderLocation" not in config:
        yield Broken(place, "CSVHeaderLocation is missing", "Add FIRST_ROW or GIVEN.")
    if config.get("CSVHeaderLocation") == "GIVEN" and "CSVHeaders" not in config:
        yield Broken(place, "CSVHeaders is missing, which CSVHeaderLocation says is given")


def _without(place: Place, fields: Object, *members: str) -> Iterator[Broken]:
    """The members of its request that it lacks."""
    for name in ("Parameters", "Arguments"):
        request = fields.get(name)
        if not isinstance(request, Mapping):
            continue
        for member in members:
            if not {member, f"{member}.$"} & request.keys():
                yield Broken((*place, name), f"{member} is missing")


def _action(fields: Object) -> str | None:
    """The action of an ItemReader's or ResultWriter's Resource; None: it is not known."""
    resource = fields.get("Resource")
    if not isinstance(resource, str) or is_open(resource):
        return None
    match = _S3.fullmatch(resource)
    return match[1] if match else resource


@rule(
    "P110",
    source="https://states-language.net/spec.html#map-state",
    quote='An ItemBatcher Configuration MUST contain at least one of "MaxItemsPerBatch", '
    '"MaxItemsPerBatchPath", "MaxInputBytesPerBatch", or "MaxInputBytesPerBatchPath".',
    bad=_map(_DISTRIBUTED, ItemBatcher={"BatchInput": {"model": "m1"}}),
    good=_map(_DISTRIBUTED, ItemBatcher={"BatchInput": {"model": "m1"}, "MaxItemsPerBatch": 100}),
)
def a_batcher_has_a_limit(machine: Machine) -> Iterator[Broken]:
    """An ItemBatcher has MaxItemsPerBatch, MaxInputBytesPerBatch or the Path form of one."""
    for state in machine.of_type("Map"):
        batcher = state.fields.get("ItemBatcher")
        if isinstance(batcher, Mapping) and not any(
            str(name).startswith("Max") for name in batcher
        ):
            yield Broken(
                state.at("ItemBatcher"), "MaxItemsPerBatch or MaxInputBytesPerBatch is missing"
            )


@rule(
    "P115",
    source=f"{_GUIDE}input-output-resultwriter.html",
    quote="The ResultWriter field cannot be empty. You must specify one of these sets of "
    "sub-fields.",
    bad=_map(_DISTRIBUTED, ResultWriter={}),
    good=_map(_DISTRIBUTED, ResultWriter={"WriterConfig": {"OutputType": "JSON"}}),
)
def a_writer_says_where_it_writes(machine: Machine) -> Iterator[Broken]:
    """A ResultWriter has a WriterConfig, or the Resource s3:putObject with the Bucket to write
    to, or both."""
    for state in machine.of_type("Map"):
        writer = state.fields.get("ResultWriter")
        if not isinstance(writer, Mapping):
            continue
        place, action = state.at("ResultWriter"), _action(writer)
        parameters = [name for name in ("Parameters", "Arguments") if name in writer]
        if action is not None and action not in _WRITERS:
            yield Broken((*place, "Resource"), f"{action!r} is not {' or '.join(_WRITERS)}")
        if "Resource" in writer and not parameters:
            expected = "Arguments" if state.language == "JSONata" else "Parameters"
            yield Broken(place, f"{expected} is missing", "Add the Bucket to write to.")
        yield from _without(place, writer, "Bucket")
        if "Resource" not in writer and (parameters or "WriterConfig" not in writer):
            yield Broken(place, "Resource is missing", "Add arn:aws:states:::s3:putObject.")


@rule(
    "P116",
    source=f"{_GUIDE}state-map-distributed.html",
    quote="Labels can't exceed 40 characters in length, must be unique within a state machine "
    "definition, and can't contain any of the following characters: whitespace, …",
    bad=_map(_DISTRIBUTED, Label="all rows"),
    good=_map(_DISTRIBUTED, Label="AllRows"),
)
def a_label_can_stand_in_an_arn(machine: Machine) -> Iterator[Broken]:
    """A Label has 1 to 40 characters without blanks, wildcards, brackets and the like, and no
    other Map of the machine has it."""
    seen: set[str] = set()
    for state in machine.of_type("Map"):
        label = state.fields.get("Label")
        if not isinstance(label, str) or is_open(label):
            continue
        place = state.at("Label")
        if not 1 <= len(label) <= MAX_LABEL:
            yield Broken(place, f"the label has {len(label)} characters; 1 to {MAX_LABEL} can be")
        elif match := _NOT_IN_LABELS.search(label):
            yield Broken(place, f"a label cannot have the character {match[0]!r}")
        elif label in seen:
            yield Broken(place, f"another Map has the label {label!r}, too")
        seen.add(label)
