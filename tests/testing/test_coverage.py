"""Coverage: what there is to exercise in a machine, and what of it was."""

from __future__ import annotations

from pipelines.testing import Coverage, fail, simulate
from pipelines.testing.coverage import items, report
from tests.asl.simulation.machines import INVOKE, RETRY

DEFINITION = {
    "StartAt": "Work",
    "States": {
        "Work": {
            "Type": "Task",
            "Resource": INVOKE,
            "Parameters": {"FunctionName": "score"},
            "OutputPath": "$.Payload",
            "TimeoutSeconds": 60,
            "Retry": [{**RETRY, "ErrorEquals": ["Busy"]}, {**RETRY, "ErrorEquals": ["Slow"]}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}],
            "Next": "Good?",
        },
        "Good?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.score", "NumericGreaterThan": 0.9, "Next": "Done"},
                {"Variable": "$.sure", "IsPresent": True, "Next": "Done"},
            ],
            "Default": "Tell",
        },
        "Tell": {"Type": "Pass", "End": True},
        "Done": {"Type": "Succeed"},
    },
}


def execute(coverage: Coverage, score: float = 0.95, **options):
    payload = {"score": score, **options.pop("more", {})}
    run = simulate(DEFINITION, tasks={"Work": {"Payload": payload}}, **options)
    coverage.add("scoring", run)


def test_states_transitions_retriers_and_catchers_can_be_exercised():
    assert [(item.kind, item.label) for item in items(DEFINITION)] == [
        ("state", "Work"),
        ("transition", "Work → Good?"),
        ("retrier", "Work retries Busy"),
        ("retrier", "Work retries Slow"),
        ("catcher", "Work catches States.ALL → Tell"),
        ("state", "Good?"),
        ("transition", "Good? → Tell"),
        ("transition", "Good?, rule 0 → Done"),
        ("transition", "Good?, rule 1 → Done"),
        ("state", "Tell"),
        ("transition", "Tell → the end"),
        ("state", "Done"),
    ]


def test_an_execution_exercises_the_way_that_it_takes():
    coverage = Coverage()

    execute(coverage)

    assert report(coverage).splitlines() == [
        "scoring   41.7 %  3 of 4 states, 2 of 5 transitions, 0 of 2 retriers, 0 of 1 catchers,"
        " 1 execution",
        "  never: retrier    Work retries Busy",
        "  never: retrier    Work retries Slow",
        "  never: catcher    Work catches States.ALL → Tell",
        "  never: transition Good? → Tell",
        "  never: transition Good?, rule 1 → Done",
        "  never: state      Tell",
        "  never: transition Tell → the end",
    ]


def test_two_rules_that_lead_to_one_state_are_two():
    coverage = Coverage()

    execute(coverage, score=0.5, more={"sure": True})

    missing = [item.label for item in coverage.machines["scoring"].missing]
    assert "Good?, rule 0 → Done" in missing
    assert "Good?, rule 1 → Done" not in missing


def test_faults_exercise_retriers_and_catchers():
    coverage = Coverage()

    execute(coverage)
    execute(coverage, faults=[fail("Work", "Busy", times=1), fail("Work", "Slow", attempt=2)])
    execute(coverage, faults=[fail("Work", "Other")])
    execute(coverage, score=0.5, more={"sure": True})
    execute(coverage, score=0.5)

    assert coverage.percent == 100.0
    assert report(coverage) == (
        "scoring  100.0 %  4 of 4 states, 5 of 5 transitions, 2 of 2 retriers, 1 of 1 catchers,"
        " 5 executions"
    )


def test_branches_and_iterations_count_with_their_places():
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
    parallel = {"Type": "Parallel", "Branches": [inner], "End": True}
    definition = {"StartAt": "Both", "States": {"Both": parallel}}
    coverage = Coverage()

    coverage.add("both", simulate(definition))

    assert "States.Both.Branches[0].States.In" in {item.place for item in items(definition)}
    assert coverage.percent == 100.0


def test_a_machine_that_is_never_executed_counts_as_never_exercised():
    coverage = Coverage()

    coverage.declare("scoring", DEFINITION)

    assert coverage.percent == 0.0


def test_variants_of_a_machine_add_up():
    coverage = Coverage()
    for name in ("First", "Second"):
        definition = {"StartAt": name, "States": {name: {"Type": "Succeed"}}}
        coverage.add("variants", simulate(definition))

    assert coverage.machines["variants"].of("state") == (2, 2)


def test_what_several_processes_counted_is_merged():
    first, second = Coverage(), Coverage()
    execute(first)
    execute(second, score=0.5)

    both = Coverage()
    both.merge(first.to_json())
    both.merge(second.to_json())

    assert both.machines["scoring"].executions == 2
    assert both.machines["scoring"].of("state") == (4, 4)


def test_the_json_has_every_item_with_how_often_it_was_exercised():
    coverage = Coverage()
    execute(coverage)

    [machine] = coverage.to_json()["machines"]

    assert (machine["name"], machine["executions"], machine["percent"]) == ("scoring", 1, 41.67)
    assert machine["items"][0] == {
        "kind": "state",
        "place": "States.Work",
        "label": "Work",
        "times": 1,
    }
