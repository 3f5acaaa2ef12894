"""What the analysis claims holds in every execution: the type of each state's input allows the
input that it gets, and a state in which an error is certain never succeeds.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.asl.simulation import TaskFailed
from tests.asl.checker.flow.executions import hold_to_an_execution
from tests.asl.checker.flow.machines import FUNCTION

NAMES = ("A", "B", "C", "D")
KEYS = st.sampled_from("abc")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "7"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
STEPS = st.sampled_from([".a", ".b", ".c", "[0]", "[1]"])
ROOTS = st.sampled_from(["$", "$", "$", "$v", "$w", "$$.Execution.Input", "$$.State"])
SINGLE = st.builds(lambda root, steps: root + "".join(steps), ROOTS, st.lists(STEPS, max_size=2))
MANY = st.builds(lambda path, last: path + last, SINGLE, st.sampled_from(["[*]", "[*].a", "..a"]))
PATHS = SINGLE | SINGLE | MANY
PLACES = st.sampled_from(["$", "$.a", "$.b", "$.a.b", "$.c[0]", None])
CALLS = st.one_of(
    st.builds("States.Format('{{}}-{{}}', {}, {})".format, SINGLE, SINGLE),
    st.builds("States.Array({}, {})".format, PATHS, SINGLE),
    st.builds("States.ArrayLength({})".format, PATHS),
    st.builds("States.ArrayGetItem({}, {})".format, PATHS, st.sampled_from("01")),
    st.builds("States.ArrayUnique({})".format, PATHS),
    st.builds("States.ArrayContains({}, {})".format, PATHS, SINGLE),
    st.builds("States.ArrayPartition({}, 2)".format, PATHS),
    st.builds("States.JsonMerge({}, {}, false)".format, SINGLE, SINGLE),
    st.builds("States.StringToJson({})".format, SINGLE),
    st.builds("States.JsonToString({})".format, SINGLE),
    st.builds("States.MathAdd({}, 1)".format, SINGLE),
    st.builds("States.StringSplit({}, '-')".format, SINGLE),
)
EXPRESSIONS = PATHS | PATHS | CALLS
TEMPLATES = st.dictionaries(
    st.sampled_from(["a", "b.$", "c.$", "a.$"]), st.just(None), min_size=1, max_size=3
).flatmap(
    lambda keys: st.fixed_dictionaries(
        {key: EXPRESSIONS if key.endswith(".$") else VALUES for key in keys if key != "a"}
        | {key: EXPRESSIONS if key.endswith(".$") else VALUES for key in keys if key == "a"}
    )
)
ASSIGNMENTS = st.fixed_dictionaries({}, optional={"v.$": EXPRESSIONS, "w": VALUES})
DATA_FIELDS = {
    "InputPath": PATHS | st.none(),
    "OutputPath": PATHS | st.none(),
    "ResultPath": PLACES,
    "Parameters": TEMPLATES,
    "Assign": ASSIGNMENTS,
}
COMPARISONS = st.one_of(
    st.fixed_dictionaries({"Variable": SINGLE, "IsPresent": st.booleans()}),
    st.fixed_dictionaries({"Variable": SINGLE, "IsString": st.booleans()}),
    st.fixed_dictionaries({"Variable": SINGLE, "IsNumeric": st.booleans()}),
    st.fixed_dictionaries({"Variable": SINGLE, "IsNull": st.booleans()}),
    st.fixed_dictionaries({"Variable": SINGLE, "StringEquals": st.sampled_from(["a", "7"])}),
    st.fixed_dictionaries({"Variable": SINGLE, "NumericGreaterThan": st.integers(0, 1)}),
    st.fixed_dictionaries({"Variable": SINGLE, "BooleanEquals": st.booleans()}),
    st.fixed_dictionaries({"Variable": SINGLE, "StringEqualsPath": SINGLE}),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"And": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"Or": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"Not": inner}),
    ),
    max_leaves=3,
)


def some(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names}


def state(number: int, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """A state that hands over to a later one, so that every execution ends."""
    later = st.sampled_from([*NAMES[number + 1 :], "End"])
    catch = st.lists(
        st.fixed_dictionaries(
            {"ErrorEquals": st.just(["States.ALL"]), "Next": later},
            optional={"ResultPath": PLACES, "Assign": ASSIGNMENTS},
        ),
        max_size=1,
    )
    kinds = [
        st.fixed_dictionaries(
            {"Type": st.just("Pass"), "Next": later},
            optional={
                **some(DATA_FIELDS, "InputPath", "OutputPath", "ResultPath", "Parameters"),
                "Result": VALUES,
                "Assign": ASSIGNMENTS,
            },
        ),
        st.fixed_dictionaries(
            {"Type": st.just("Choice"), "Default": later},
            optional={"InputPath": PATHS, "OutputPath": PATHS, "Assign": ASSIGNMENTS},
        ).flatmap(
            lambda choice: st.lists(
                st.builds(
                    lambda rule, target, assign: {**rule, "Next": target, **assign},
                    CONDITIONS,
                    later,
                    st.fixed_dictionaries({}, optional={"Assign": ASSIGNMENTS}),
                ),
                min_size=1,
                max_size=2,
            ).map(lambda rules: {**choice, "Choices": rules})
        ),
        st.fixed_dictionaries(
            {"Type": st.just("Task"), "Resource": st.just(FUNCTION), "Next": later, "Catch": catch},
            optional={**DATA_FIELDS, "ResultSelector": TEMPLATES},
        ),
        st.fixed_dictionaries(
            {"Type": st.just("Wait"), "Next": later, "SecondsPath": SINGLE},
            optional=some(DATA_FIELDS, "InputPath", "OutputPath", "Assign"),
        ),
    ]
    if depth > 0:
        inner = machines(depth - 1)
        kinds += [
            st.fixed_dictionaries(
                {
                    "Type": st.just("Parallel"),
                    "Next": later,
                    "Branches": st.lists(inner, min_size=1, max_size=2),
                    "Catch": catch,
                },
                optional={**DATA_FIELDS, "ResultSelector": TEMPLATES},
            ),
            st.fixed_dictionaries(
                {"Type": st.just("Map"), "Next": later, "ItemProcessor": inner, "Catch": catch},
                optional={
                    **some(DATA_FIELDS, "InputPath", "OutputPath", "ResultPath", "Assign"),
                    "ItemsPath": SINGLE,
                    "ItemSelector": TEMPLATES | st.just({"b.$": "$$.Map.Item.Value", "c.$": "$"}),
                    "ResultSelector": TEMPLATES,
                },
            ),
        ]
    return st.one_of(kinds)


def machines(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.deferred(lambda: _machines(depth))


def _machines(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    names = NAMES if depth else NAMES[:2]
    ends = st.sampled_from([{"Type": "Succeed"}, {"Type": "Succeed", "OutputPath": "$.a"}])
    states = st.fixed_dictionaries(
        {**{name: state(number, depth) for number, name in enumerate(names)}, "End": ends}
    )
    return states.map(lambda states: {"StartAt": "A", "States": only_known(states)})


def only_known(states: dict[str, Any]) -> dict[str, Any]:
    """Branches are shorter than the machine: what leads further leads to the end."""

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: "End"
                if key in ("Next", "Default") and item not in states
                else item
                if key in ("Branches", "ItemProcessor")
                else known(item)
                for key, item in value.items()
            }
        return [known(item) for item in value] if isinstance(value, list) else value

    return {name: known(state) for name, state in states.items()}


ANSWERS = st.lists(VALUES | st.just(TaskFailed("Broken", "because")), min_size=1, max_size=3)


INPUTS = st.one_of(
    st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c": VALUES}),
    st.fixed_dictionaries(
        {"a": st.sampled_from("a7"), "b": st.integers(0, 2), "c": st.lists(VALUES, max_size=2)}
    ),
    VALUES,
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(machines(depth=1), INPUTS, ANSWERS, st.booleans())
def test_no_execution_contradicts_the_analysis(definition, input, answers, is_input_known):
    hold_to_an_execution(definition, input, answers, is_input_known)
