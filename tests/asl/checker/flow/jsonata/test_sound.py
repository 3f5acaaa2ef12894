"""What the analysis claims of JSONata states holds in every execution."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.asl.jsonata import parse
from tests.asl.checker.flow.executions import hold_to_an_execution
from tests.asl.checker.flow.machines import FUNCTION
from tests.asl.checker.flow.test_sound import ANSWERS, INPUTS, NAMES, VALUES, only_known

parse("1")  # imports the library, which raises the recursion limit: Hypothesis must not see that

STEPS = st.lists(
    st.sampled_from([".a", ".b", ".c", "[0]", "[-1]", "[]", "[a = 7]", ".*", ".{'b': a}"]),
    max_size=3,
).map("".join)
ROOTS = st.sampled_from(
    ["$states.input", "$states.input", "$states.input", "$v", "$w", "$states.context.State"]
)
READS = st.builds(lambda root, steps: root + steps, ROOTS, STEPS)
LITERALS = st.sampled_from(["1", "0", "'a'", "'7'", "true", "null", "[]", "{}", "[1, 'a']"])


def _called(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*arguments).map(lambda given: f"${name}({', '.join(given)})")


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["&", "+", "-", "*", "=", "!=", "<", ">=", "and", "or", "in", ".."])
    return st.one_of(
        st.builds("({} {} {})".format, inner, binary, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("({} ? {})".format, inner, inner),
        st.builds("($exists({0}) ? {0} : {1})".format, READS, inner),
        st.builds("{{'a': {}, 'b': {}}}".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({})[0]".format, inner),
        st.builds("({}).a".format, inner),
        st.builds("({})[]".format, inner),
        st.builds("($t := {}; $t)".format, inner),
        st.builds("-{}".format, inner),
        st.builds("({} ~> $count)".format, inner),
        st.builds("$map({}, function($x, $i) {{ $x.a }})".format, inner),
        st.builds("$filter({}, function($x) {{ $x = 7 }})".format, inner),
        *(
            _called(name, inner)
            for name in (
                "count", "string", "number", "boolean", "not", "exists", "keys", "length", "sum",
                "uppercase", "sort", "reverse", "distinct", "type", "max", "spread", "trim",
            )
        ),
        _called("append", inner, inner),
        _called("lookup", inner, st.just("'a'")),
        _called("split", inner, st.just("'-'")),
        _called("join", inner),
        st.builds("$merge([{}, {}])".format, inner, inner),
    )  # fmt: skip


_EXPRESSIONS = st.recursive(READS | READS | LITERALS, _composed, max_leaves=4)
EXPRESSIONS = st.deferred(lambda: _EXPRESSIONS)  # which is too long to be shown in an error
MARKED = EXPRESSIONS.map("{{% {} %}}".format)
_TEMPLATES = st.one_of(
    MARKED,
    st.dictionaries(st.sampled_from("abc"), MARKED | VALUES, max_size=3),
    VALUES,
)
TEMPLATES = st.deferred(lambda: _TEMPLATES)
ASSIGNMENTS = st.fixed_dictionaries({}, optional={"v": MARKED, "w": VALUES})
RESULT = st.sampled_from(
    ["{% $states.result %}", "{% $states.result.a %}", "{% [$states.result, $states.input] %}"]
)
OUTPUTS = {"Output": TEMPLATES, "Assign": ASSIGNMENTS}
ANSWERED = {"Output": TEMPLATES | RESULT, "Assign": ASSIGNMENTS}


def state(number: int, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    """A state that hands over to a later one, so that every execution ends."""
    later = st.sampled_from([*NAMES[number + 1 :], "End"])
    catch = st.lists(
        st.fixed_dictionaries(
            {"ErrorEquals": st.just(["States.ALL"]), "Next": later},
            optional={
                "Output": TEMPLATES | st.just("{% $states.errorOutput.Error %}"),
                "Assign": ASSIGNMENTS,
            },
        ),
        max_size=1,
    )
    rules = st.lists(
        st.fixed_dictionaries({"Condition": MARKED, "Next": later}, optional=OUTPUTS),
        min_size=1,
        max_size=2,
    )
    kinds = [
        st.fixed_dictionaries({"Type": st.just("Pass"), "Next": later}, optional=OUTPUTS),
        st.fixed_dictionaries(
            {"Type": st.just("Choice"), "Choices": rules, "Default": later}, optional=OUTPUTS
        ),
        st.fixed_dictionaries(
            {"Type": st.just("Task"), "Resource": st.just(FUNCTION), "Next": later, "Catch": catch},
            optional={**ANSWERED, "Arguments": TEMPLATES},
        ),
        st.fixed_dictionaries(
            {"Type": st.just("Wait"), "Seconds": MARKED, "Next": later}, optional=OUTPUTS
        ),
    ]
    if depth > 0:
        inner = machines(depth - 1)
        kinds += [
            st.fixed_dictionaries(
                {
                    "Type": st.just("Parallel"),
                    "Branches": st.lists(inner, min_size=1, max_size=2),
                    "Next": later,
                    "Catch": catch,
                },
                optional={**ANSWERED, "Arguments": TEMPLATES},
            ),
            st.fixed_dictionaries(
                {
                    "Type": st.just("Map"),
                    "ItemProcessor": inner,
                    "Next": later,
                    "Catch": catch,
                },
                optional={
                    **ANSWERED,
                    "Items": MARKED | st.just("{% $states.input.c[] %}"),
                    "ItemSelector": TEMPLATES | st.just("{% $states.context.Map.Item.Value %}"),
                },
            ),
        ]
    return st.one_of(kinds)


def machines(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.deferred(lambda: _machines(depth))


def _machines(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    names = NAMES if depth else NAMES[:2]
    ends = st.sampled_from([{"Type": "Succeed"}, {"Type": "Succeed", "Output": "{% $v %}"}])
    states = st.fixed_dictionaries(
        {**{name: state(number, depth) for number, name in enumerate(names)}, "End": ends}
    )
    return states.map(lambda states: {"StartAt": "A", "States": only_known(states)})


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(machines(depth=1), INPUTS, ANSWERS, st.booleans())
def test_no_execution_contradicts_the_analysis(definition, input, answers, is_input_known):
    whole = {"QueryLanguage": "JSONata", **definition}

    hold_to_an_execution(whole, input, answers, is_input_known)
