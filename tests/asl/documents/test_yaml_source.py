"""YAML with places: what JSON can hold, CloudFormation's short forms, and no bombs."""

from __future__ import annotations

import pytest

from pipelines.asl.documents.source import Position, Unreadable
from pipelines.asl.documents.yaml_source import YamlSource

TEXT = """\
StartAt: A
States:
  A:
    Type: Pass
    Retry:
      - a: 1
      - {b: [10, 20]}
"""


@pytest.mark.parametrize(
    ("place", "line", "column"),
    [
        (("StartAt",), 1, 1),
        (("States", "A"), 3, 3),
        (("States", "A", "Retry", 0), 6, 9),
        (("States", "A", "Retry", 1, "b", 1), 7, 18),
        (("States", "A", "Next"), 3, 3),
    ],
)
def test_a_member_stands_where_its_key_does(place, line, column):
    assert YamlSource(TEXT).position(place) == Position(line, column)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !Sub 'x-${Y}'", {"a": {"Fn::Sub": "x-${Y}"}}),
        ("a: !GetAtt F.Arn", {"a": {"Fn::GetAtt": ["F", "Arn"]}}),
        ("a: !Ref Topic", {"a": {"Ref": "Topic"}}),
        ("a: !Join ['', [b, !Ref C]]", {"a": {"Fn::Join": ["", ["b", {"Ref": "C"}]]}}),
        ("a: 2016-03-14T01:59:00Z", {"a": "2016-03-14T01:59:00Z"}),
        ("a: 2010-09-09", {"a": "2010-09-09"}),
        ("1: x", {"1": "x"}),
        (
            "{States: {Yes: {Next: No}}, IsNull: no}",
            {"States": {"Yes": {"Next": "No"}}, "IsNull": False},
        ),
        ("x: &one {p: 1}\ny: {<<: *one, q: 2}", {"x": {"p": 1}, "y": {"p": 1, "q": 2}}),
        ("", None),
    ],
)
def test_a_value_is_what_json_would_have(text, value):
    assert YamlSource(text).value == value


def test_a_key_that_stands_twice_is_told():
    assert YamlSource("a: {k: 1, k: 2}\nb: 1\nb: 2").duplicates == (("a", "k"), ("b",))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "it is not YAML"),
        ("a: *b", "it is not YAML"),
        ("--- a\n--- b", "expected a single document in the stream, but found another"),
        ("? [a]\n: b", "a key is a text"),
        ("a: .nan", "no number of JSON's"),
        ("a: &a [*a]", "an alias stands for something that holds it"),
        ("[" * 20_000, "nested too deep"),
        ("[" * 100_000 + "]" * 100_000, "nested too deep"),  # libyaml itself would crash
        ("a: " + "{b: " * 1_000 + "}" * 1_000, "nested too deep"),
    ],
)
def test_what_json_cannot_hold_is_refused(text, problem):
    with pytest.raises(Unreadable, match=problem):
        YamlSource(text)


def test_a_few_lines_that_stand_for_billions_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    with pytest.raises(Unreadable, match="more than half a million values"):
        YamlSource("\n".join(lines))
