"""Findings as text, JSON and SARIF."""

from __future__ import annotations

import json

from pipelines.checks.reported import Reported, in_order
from pipelines.checks.sarif import sarif
from pipelines.checks.text import json_text, lines

PLAIN = Reported("a b.json", "cfn-lint:E3012", "error", "wrong")
WHOLE = Reported(
    "a b.json",
    "P111",
    "warning",
    "there is no state 'X'",
    line=7,
    column=15,
    machine="Training",
    state="A",
    path="States.A.Next",
    remedy="Name a state of the same scope.",
    made_at=("pipelines/steps/train.py", 27),
)


def test_text_says_where_what_and_what_next():
    assert list(lines([WHOLE])) == [
        "a b.json:7:15: warning P111 in Training at States.A.Next: there is no state 'X'",
        "    Name a state of the same scope.",
        "    made by pipelines/steps/train.py:27",
    ]


def test_text_of_a_finding_without_a_place_names_the_file():
    assert list(lines([PLAIN])) == ["a b.json: error cfn-lint:E3012: wrong"]


def test_json_has_every_field_of_every_finding():
    document = json.loads(json_text([WHOLE]))

    assert document["summary"] == "0 errors, 1 warning"
    assert document["findings"] == [
        {
            "file": "a b.json",
            "line": 7,
            "column": 15,
            "machine": "Training",
            "state": "A",
            "path": "States.A.Next",
            "rule": "P111",
            "severity": "warning",
            "message": "there is no state 'X'",
            "remedy": "Name a state of the same scope.",
            "made_at": {"file": "pipelines/steps/train.py", "line": 27},
        }
    ]


def test_sarif_points_at_the_line_and_at_the_python_that_made_it():
    [run] = json.loads(sarif([WHOLE]))["runs"]

    [result] = run["results"]
    assert result["ruleId"] == "P111"
    assert result["level"] == "warning"
    assert result["message"]["text"] == "there is no state 'X'. Name a state of the same scope."
    [location] = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b.json"},
        "region": {"startLine": 7, "startColumn": 15},
    }
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "States.A.Next"
    [related] = result["relatedLocations"]
    assert related["physicalLocation"]["region"] == {"startLine": 27}


def test_json_and_sarif_can_be_printed_whatever_a_definition_holds():
    strange = Reported("a.json", "P119", "warning", "a half", state="\ud800ü", path="\ud800ü")

    assert "\\ud800ü" in json_text([strange])
    assert json.loads(json_text([strange]))["findings"][0]["state"] == "\ud800ü"
    sarif([strange]).encode("utf-8")


def test_sarif_names_a_file_by_a_uri():
    absolute = Reported("/a folder/b.json", "P119", "warning", "wrong")

    assert [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in json.loads(sarif([PLAIN, absolute]))["runs"][0]["results"]
    ] == ["a%20b.json", "file:///a%20folder/b.json"]


def test_sarif_describes_each_rule_once_and_results_refer_to_it():
    [run] = json.loads(sarif([WHOLE, WHOLE, PLAIN]))["runs"]

    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == ["P111", "cfn-lint:E3012"]
    assert [ids[result["ruleIndex"]] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]


def test_findings_stand_in_the_order_of_the_file_each_once():
    earlier = Reported("a b.json", "P112", "error", "…", line=3)

    assert in_order([WHOLE, PLAIN, earlier, WHOLE]) == [PLAIN, earlier, WHOLE]
