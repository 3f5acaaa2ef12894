"""The two query languages: which fields belong to which, and who can change the language."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.asl.checker.rules.examples import jsonata
from pipelines.asl.checker.rules.fields import SPECIFICATION, shaped
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Machine

_INSTEAD = {
    "Arguments": "Parameters",
    "CausePath": "Cause with an expression",
    "ErrorPath": "Error with an expression",
    "HeartbeatSecondsPath": "HeartbeatSeconds with an expression",
    "InputPath": "expressions of $states.input",
    "Items": "ItemsPath",
    "ItemsPath": "Items",
    "MaxConcurrencyPath": "MaxConcurrency with an expression",
    "Output": "ResultSelector, ResultPath and OutputPath",
    "OutputPath": "Output",
    "Parameters": "Arguments",
    "Result": "Output",
    "ResultPath": "Output",
    "ResultSelector": "Output",
    "SecondsPath": "Seconds with an expression",
    "TimeoutSecondsPath": "TimeoutSeconds with an expression",
    "TimestampPath": "Timestamp with an expression",
}


@rule(
    "P106",
    source=f"{SPECIFICATION}#november-22-2024",
    quote="Disable JSONPath-only fields for JSONata",
    bad=jsonata(Only={"Type": "Pass", "OutputPath": "$.x", "End": True}),
    good=jsonata(Only={"Type": "Pass", "Output": "{% $states.input.x %}", "End": True}),
)
def every_field_is_of_the_states_language(machine: Machine) -> Iterator[Broken]:
    """InputPath, Parameters, Result, ResultSelector, ResultPath, OutputPath, ItemsPath and the
    Path forms are for JSONPath; Arguments, Output and Items for JSONata.  A state's language is
    its own QueryLanguage or the machine's, whatever the Map or Parallel around it has."""
    for place, found, shape, language in shaped(machine):
        foreign = shape.foreign[language]
        for name in found if not foreign.isdisjoint(found) else ():
            if name in foreign:
                instead = _INSTEAD.get(name)
                other = shape.fields[name].language
                yield Broken(
                    (*place, name),
                    f"{name} is for {other}, and the state's QueryLanguage is {language}",
                    f"Use {instead}." if instead else "",
                )


@rule(
    "P107",
    source=f"{SPECIFICATION}#query-language",
    quote='The interpreter MAY restrict specific combinations of the top-level "QueryLanguage" '
    'field and a state\'s "QueryLanguage" field.',
    bad=jsonata(Only={"Type": "Pass", "QueryLanguage": "JSONPath", "End": True}),
    good=jsonata(Only={"Type": "Pass", "End": True}),
)
def a_jsonata_machine_has_no_jsonpath_states(machine: Machine) -> Iterator[Broken]:
    """In a machine whose QueryLanguage is JSONPath single states can be JSONata, but not the
    other way round: ``'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state
    machine`` is what AWS answers."""
    if machine.language != "JSONata":
        return
    for state in machine.states:
        if state.language == "JSONPath":
            yield Broken(
                state.at("QueryLanguage"),
                "the machine's QueryLanguage is JSONata, and its states cannot be JSONPath",
                "Rewrite the state in JSONata, or set the machine to JSONPath and its states to "
                "JSONata.",
            )
