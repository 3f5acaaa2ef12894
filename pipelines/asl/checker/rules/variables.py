"""Variables: their names, and which scope can assign them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipelines.asl.checker.rules.examples import machine
from pipelines.asl.checker.rules.expressions import assignments
from pipelines.asl.checker.rules.kinds import is_open
from pipelines.asl.checker.rules.maps import is_distributed
from pipelines.asl.findings import Broken, rule
from pipelines.asl.model import Language, Machine, Scope, show

_SPECIFICATION = "https://states-language.net/spec.html"
MAX_NAME = 80
RESERVED = "states"


def _variable(key: str, language: Language) -> str:
    """The variable that a key of an Assign names."""
    return key.removesuffix(".$") if language == "JSONPath" else key


@rule(
    "P171",
    source=f"{_SPECIFICATION}#state-machine-variables",
    quote="Each variable name, whose length MUST BE less than or equal to 80 Unicode characters, "
    "MUST follow the rules for Unicode Identifiers as described in Unicode Standard Annex #31.",
    bad=machine(Only={"Type": "Pass", "Assign": {"row-count": 5}, "End": True}),
    good=machine(Only={"Type": "Pass", "Assign": {"row_count": 5}, "End": True}),
)
def variables_have_names(machine: Machine) -> Iterator[Broken]:
    """A variable's name begins with a letter or an underscore, goes on with letters, digits and
    underscores, has at most 80 characters and is not `states`, which is reserved."""
    for place, values, state in assignments(machine):
        for key in values:
            name = _variable(str(key), state.language)
            if is_open(name):
                continue
            if not name.isidentifier():
                yield Broken((*place, str(key)), f"{name!r} is no name for a variable")
            elif len(name) > MAX_NAME:
                length = f"{len(name)} characters; at most {MAX_NAME}"
                yield Broken((*place, str(key)), f"the variable's name has {length}")
            elif name == RESERVED:
                yield Broken((*place, str(key)), "the variable `states` is reserved")


def _within(outer: str, inner: str) -> dict[str, object]:
    branch = machine(Work={"Type": "Pass", "Assign": {inner: 2}, "End": True})
    return machine(
        Set={"Type": "Pass", "Assign": {outer: 1}, "Next": "Both"},
        Both={"Type": "Parallel", "Branches": [branch], "End": True},
    )


@rule(
    "P172",
    source=f"{_SPECIFICATION}#variable-scope",
    quote="states in inner scopes MUST NOT assign to a variable with the same name as a variable "
    "in an outer scope.",
    bad=_within("rows", "rows"),
    good=_within("rows", "rows_in_branch"),
)
def no_scope_assigns_an_outer_variable(machine: Machine) -> Iterator[Broken]:
    """A state within a Parallel or Map does not assign a variable that a state of a scope around
    it assigns."""
    names: dict[Scope, set[str]] = defaultdict(set)
    for _, values, state in assignments(machine):
        names[state.scope] |= {_variable(str(key), state.language) for key in values}
    for place, values, state in assignments(machine) if len(names) > 1 else ():
        for key in values:
            name = _variable(str(key), state.language)
            outer = _assigned_around(state.scope, name, names)
            if outer is not None:
                yield Broken(
                    (*place, str(key)),
                    f"the variable {name} belongs to {show(outer.place)}, around this scope",
                    "Give it another name, and hand its value on in the output.",
                )


def _assigned_around(scope: Scope, name: str, names: dict[Scope, set[str]]) -> Scope | None:
    """The scope around this one that assigns the variable, if there is one."""
    while scope.parent is not None:
        if scope.parent.type == "Map" and is_distributed(scope.parent) is not False:
            return None  # its iterations are executions of their own
        scope = scope.parent.scope
        if name in names.get(scope, ()):
            return scope
    return None
